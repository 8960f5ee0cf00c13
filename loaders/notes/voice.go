package notes

import (
	"context"
	"slices"

	"github.com/parleydb/parley/graph"
)

// stand is a way in which somebody stands for somebody else: an entity of a
// kind that links the two.
type stand struct{ kind, from, to string }

// standing lists the relations by which somebody is on somebody's side, and
// direct the properties of an entity that say whose side it is on.
var (
	standing = []stand{{"Affiliated", "member", "party"}, {"Represents", "agent", "principal"}, {"HoldsOffice", "person", "office"}}
	direct   = []stand{{"Office", "", "body"}, {"AnonymousSource", "", "side"}, {"Delegation", "", "party"}}
	parties  = stand{"Negotiation", "party", ""}
	outlet   = "MediaOutlet"
	person   = "Person"
)

// far is how many steps a side is followed: an envoy of a president of a state.
const far = 4

// voice finds out whose mouth it is, relative to the filler of the kind's first
// role. A party speaks for itself through the persons on its side; sources that
// are not named, and bodies, are its own side.
func (r *resolver) voice(ctx context.Context, d *graph.Draft) (graph.Voice, error) {
	if len(d.Chain) == 0 {
		curation, err := r.curated(ctx, d.Document)
		if curation {
			return graph.Analyst, err
		}
		return graph.Narrator, err
	}
	f := r.kinds[d.Relation.Kind]
	holder, ok := filler(d.Relation, f.first)
	if !ok {
		return graph.VoiceNone, nil
	}
	who, err := r.identity(ctx, holder)
	if err != nil {
		return 0, err
	}
	speaker := d.Chain[len(d.Chain)-1]
	sides, err := r.sidesOf(ctx, speaker)
	if err != nil {
		return 0, err
	}
	kind, err := r.kindOfRef(ctx, speaker)
	switch i := slices.Index(sides, who); {
	case err != nil:
		return 0, err
	case i == 0 || i > 0 && kind == person:
		return graph.Self, nil
	case i > 0:
		return graph.OwnSide, nil
	case kind == outlet:
		return graph.Narrator, nil
	}
	return r.stranger(ctx, sides)
}

// stranger is the voice of somebody who is not on the holder's side.
func (r *resolver) stranger(ctx context.Context, sides []string) (graph.Voice, error) {
	for _, s := range sides {
		party, err := r.isParty(ctx, s)
		if err != nil || party {
			return graph.OtherParty, err
		}
	}
	return graph.ThirdParty, nil
}

// filler is the first entity that fills a role.
func filler(r *graph.Relation, role *graph.Property) (graph.Ref, bool) {
	if role == nil {
		return graph.Ref{}, false
	}
	for _, f := range r.Fields {
		if f.Name == role.Name && len(f.Values) > 0 && f.Values[0].Inline == nil {
			return f.Values[0].Value.Ref(), true
		}
	}
	return graph.Ref{}, false
}

func (n *Names) kindOfRef(ctx context.Context, r graph.Ref) (string, error) {
	if r.ID.IsZero() {
		kind, _, err := n.kindOf(ctx, r.Key)
		return kind, err
	}
	if n.view == nil {
		return "", nil
	}
	e, err := n.view.Find(ctx, r)
	return e.Kind, err
}

// curated tells whether a document holds what a person added.
func (n *Names) curated(ctx context.Context, doc graph.Ref) (bool, error) {
	if curation, ok := n.curation[doc.Key]; ok || n.view == nil {
		return curation, nil
	}
	s, err := n.store(ctx, doc.Key)
	if err != nil || !s.ok {
		return false, err
	}
	list, err := n.view.Documents(ctx, []graph.EntityID{s.entity.ID})
	return err == nil && list[0].Curation, err
}

// sidesOf lists whom somebody stands for, himself first.
func (r *resolver) sidesOf(ctx context.Context, speaker graph.Ref) ([]string, error) {
	self, err := r.identity(ctx, speaker)
	if err != nil {
		return nil, err
	}
	if err := r.sides.settle(ctx, r.Names); err != nil {
		return nil, err
	}
	list := []string{self}
	for step, from := 0, 0; step < far && from < len(list); step++ {
		next := list[from:]
		from = len(list)
		for _, who := range next {
			inStore, err := r.inStoreSides(ctx, who)
			if err != nil {
				return nil, err
			}
			for _, m := range append(slices.Clone(r.sides.of[who]), inStore.sides...) {
				if !slices.Contains(list, m) {
					list = append(list, m)
				}
			}
		}
	}
	return list, nil
}

func (r *resolver) isParty(ctx context.Context, who string) (bool, error) {
	s, err := r.inStoreSides(ctx, who)
	return s.party || r.sides.party[who], err
}
