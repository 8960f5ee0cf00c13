package graph

import (
	"cmp"
	"slices"
	"strings"
)

// identities tells which entities became one, or two again, between the views.
func (d *differ) identities() ([]Change, error) {
	was, is := d.before.same(), d.after.same()
	joined, err := d.regrouped(was, is, is)
	if err != nil {
		return nil, err
	}
	parted, err := d.regrouped(is, was, is)
	return append(joined, parted...), err
}

// regrouped lists the clusters of one side whose members are apart in the
// other, as changes of their oldest members.
func (d *differ) regrouped(apart, together, is *clusters) ([]Change, error) {
	if together == nil {
		return nil, nil
	}
	var list []Change
	for _, members := range together.members {
		if !d.whole && !slices.ContainsFunc(members, func(n num) bool { return d.within[is.head(n)] }) {
			continue
		}
		var heads []num
		for _, n := range members {
			heads = appendNew(heads, apart.head(n))
		}
		if len(heads) < 2 {
			continue
		}
		c, ok, err := d.identity(members, heads, together == is)
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, c)
		}
	}
	return list, nil
}

// identity is the change of a cluster that was made, or fell apart into heads.
// Only what both views show tells of a change.
func (d *differ) identity(members, heads []num, made bool) (c Change, ok bool, err error) {
	whole, parts := d.after, d.before
	if !made {
		whole, parts = d.before, d.after
	}
	one, err := whole.called(members[:1])
	if err != nil {
		return c, false, err
	}
	several, err := parts.called(heads)
	if err != nil || len(several) < 2 {
		return c, false, err
	}
	c = Change{Kind: Identity, Before: strings.Join(several, "; "), After: strings.Join(one, "; "), Said: MinTime}
	if !made {
		c.Before, c.After = c.After, c.Before
	}
	if c.Subject, err = d.after.id(members[0]); err != nil {
		return c, false, err
	}
	c.Summary = c.Before + " → " + c.After
	if made {
		err = d.judgements(&c, members)
	}
	return c, true, err
}

// called gives the labels of those entities that the view shows.
func (rd *reading) called(list []num) (labels []string, err error) {
	for _, n := range list {
		shown, err := rd.visible(rd.same().head(n))
		if err != nil {
			return nil, err
		}
		if !shown {
			continue
		}
		id, err := rd.id(n)
		if err != nil {
			return nil, err
		}
		label, err := rd.label(id, nil)
		if err != nil {
			return nil, err
		}
		labels = append(labels, label)
	}
	return labels, nil
}

// judgements adds the assertions that make a cluster, the newest recorded first.
func (d *differ) judgements(c *Change, members []num) error {
	var relations []num
	for i, a := range members {
		for _, b := range members[i+1:] {
			found, err := d.after.judgedPairs(a, b)
			if err != nil {
				return err
			}
			relations = append(relations, found...)
		}
	}
	for _, n := range relations {
		claims, err := d.after.attributeClaims(n, fieldJudgement)
		if err != nil {
			return err
		}
		for _, claim := range claims {
			_, list, err := d.after.hear(claim, nil)
			if err != nil {
				return err
			}
			for _, e := range list {
				c.Said = max(c.Said, e.Said)
				c.Sources = append(c.Sources, e.Evidence)
			}
		}
	}
	slices.SortStableFunc(c.Sources, func(a, b Evidence) int {
		return cmp.Or(cmp.Compare(b.Recorded.From, a.Recorded.From), slices.Compare(a.Assertion.ID[:], b.Assertion.ID[:]))
	})
	return nil
}

// attributeClaims lists the claims of an attribute that are held.
func (rd *reading) attributeClaims(n num, property string) (list []num, err error) {
	err = rd.rowsOf(n, property, func(k, _ []byte) error {
		list = append(list, get5(k[len(k)-5:]))
		return nil
	}, famAttribute)
	return list, err
}
