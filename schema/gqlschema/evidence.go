package gqlschema

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/edtf"
)

// said is evidence together with the documents and speakers that it names, all
// of them read at once.
type said struct {
	of        map[graph.ClaimID][]*graph.Evidence
	documents map[graph.EntityID]graph.Document
	papers    *page // of the documents
	speakers  *page // of everybody in a chain
}

// said looks up the documents and speakers of evidence.
func (b *builder) said(ctx context.Context, v graph.View, list []graph.Evidence) (*said, error) {
	found, err := v.Origins(ctx, list, requestOf(ctx).Languages...)
	if err != nil {
		return nil, err
	}
	s := &said{of: map[graph.ClaimID][]*graph.Evidence{}, documents: found.Documents}
	var documents, speakers []graph.EntityID
	for i := range list {
		e := &list[i]
		s.of[e.Claim] = append(s.of[e.Claim], e)
		documents, speakers = append(documents, e.Document), append(speakers, e.Chain...)
	}
	s.papers, s.speakers = b.page(v, documents), b.page(v, speakers)
	s.papers.documents = lazy[map[graph.EntityID]graph.Document]{made: true, value: found.Documents}
	s.speakers.names = lazy[map[graph.EntityID]graph.Named]{made: true, value: found.Speakers}
	return s, nil
}

// once leaves one piece of evidence of each assertion, the newest said first.
func (s *said) once(list []*graph.Evidence) []*graph.Evidence {
	seen := map[graph.AssertionID]bool{}
	var kept []*graph.Evidence
	for _, e := range list {
		if !seen[e.Assertion.ID] {
			seen[e.Assertion.ID] = true
			kept = append(kept, e)
		}
	}
	slices.SortStableFunc(kept, func(a, b *graph.Evidence) int {
		return cmp.Or(cmp.Compare(s.when(b), s.when(a)), bytes.Compare(a.Assertion.ID[:], b.Assertion.ID[:]))
	})
	return kept
}

// when is the day on which something was said, else published; MinTime where
// neither is known.
func (s *said) when(e *graph.Evidence) graph.Time {
	for _, d := range []edtf.Date{e.Asserted, s.documents[e.Document].Published} {
		if d.IsZero() {
			continue
		}
		if from, _, ok := d.Bounds(); ok {
			return graph.Time(from)
		}
	}
	return graph.MinTime
}

// source is where one assertion comes from, made short.
type source struct {
	said *said
	*graph.Evidence
	alike []*graph.Evidence // that reads the same
	about []graph.ClaimID   // of a record about a subject: the subject's claims that it is about
}

// sources gives the evidence in the order given; what reads the same, such as
// several statements of one briefing in one article, is given once.
func (s *said) sources(list []*graph.Evidence) []source {
	sources := make([]source, 0, len(list))
	seen := make(map[string]int, len(list))
	for _, e := range list {
		line := fmt.Sprint(e.Document, e.Chain, e.Asserted, e.Level, e.Quote, e.Deny)
		if i, ok := seen[line]; ok {
			sources[i].alike = append(sources[i].alike, e)
			continue
		}
		seen[line] = len(sources)
		sources = append(sources, source{said: s, Evidence: e})
	}
	return sources
}

// assertions are those of which a source is the line, each once.
func (s source) assertions() any {
	list := []source{{said: s.said, Evidence: s.Evidence}}
	for _, e := range s.alike {
		if !slices.ContainsFunc(list, func(one source) bool { return one.Assertion.ID == e.Assertion.ID }) {
			list = append(list, source{said: s.said, Evidence: e})
		}
	}
	return list
}

func (s source) document() graph.Document { return s.said.documents[s.Document] }

// publisher is who published the document, else what it is called.
func (s source) publisher() string {
	d := s.document()
	if d.Publisher != "" {
		return d.Publisher
	}
	return cmp.Or(d.Title, keyText(d.Key), d.ID.String())
}

// who is the innermost speaker, else the publisher.
func (s source) who(ctx context.Context) (string, error) {
	if n := len(s.Chain); n > 0 {
		return s.said.speakers.label(ctx, s.Chain[n-1])
	}
	return s.publisher(), nil
}

// via is everybody between that speaker and the page, from the speaker
// outwards; the publisher comes last.
func (s source) via(ctx context.Context) ([]string, error) {
	list := []string{}
	if len(s.Chain) == 0 {
		return list, nil
	}
	last, err := s.who(ctx)
	if err != nil {
		return nil, err
	}
	for i := len(s.Chain) - 2; i >= 0; i-- {
		label, err := s.said.speakers.label(ctx, s.Chain[i])
		if err != nil {
			return nil, err
		}
		list = append(list, label)
	}
	if publisher := s.document().Publisher; publisher != "" {
		list = append(list, publisher)
	}
	return slices.DeleteFunc(list, func(label string) bool {
		same := label == last
		last = label
		return same
	}), nil
}

// speaker is the root of a chain: an entity, or the name of a publisher.
type speaker struct {
	node *node
	name string
}

// roots lists who affirms, each once, the newest said first.
func (s *said) roots(list []*graph.Evidence) []speaker {
	var roots []speaker
	seen := map[string]bool{}
	for _, e := range list {
		src := source{said: s, Evidence: e}
		if src.Deny {
			continue
		}
		var root speaker
		var key string
		if n := len(src.Chain); n > 0 {
			root.node = &node{s.speakers, src.Chain[n-1]}
			key = root.node.id.String()
		} else {
			root.name = src.publisher()
			key = "publisher " + root.name
		}
		if !seen[key] {
			seen[key] = true
			roots = append(roots, root)
		}
	}
	return roots
}

// day is the day of a time, counted from 1970.
func day(t graph.Time) int {
	return int(time.UnixMilli(int64(t)).UTC().Unix() / (24 * 60 * 60))
}

// age is the number of days between the newest affirmation and the reference:
// the newest that was there by then, else the first that came later, which
// gives a negative age. ok is false where nothing says when it was said.
func (s *said) age(list []*graph.Evidence, reference graph.Time) (days int, ok bool) {
	for _, e := range list { // the newest first
		when := s.when(e)
		if e.Deny || when == graph.MinTime {
			continue
		}
		days, ok = day(reference)-day(when), true
		if days >= 0 {
			return days, true
		}
	}
	return days, ok
}

// reference is the day from which ages count: the last of the view, else today.
func (b *builder) reference(v graph.View) graph.Time {
	on := v.Point().On
	if on.IsZero() || on.To == graph.MaxTime {
		return graph.TimeOf(b.now())
	}
	return on.To - 1
}

func keyText(k graph.Key) string {
	if k.IsZero() {
		return ""
	}
	return k.String()
}
