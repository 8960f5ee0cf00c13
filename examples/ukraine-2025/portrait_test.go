package ukraine2025_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// portrait is all that package negotiation answers on the talks at a view, and
// what became different since an earlier one, with all sources; not, when it was
// recorded, and how many documents say nothing of when they came out, which every
// answer tells of those that may be missing, too (rule 6).
type portrait struct {
	text  strings.Builder
	heard []graph.Evidence
}

func portraitOf(t testing.TB, db *graph.DB, from, to graph.View) *portrait {
	t.Helper()
	talks := idOf(t, db, "ua25:ukraine-peace-2025")
	p := &portrait{}
	tell := func(answer any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&p.text, "\n%T ", answer)
		p.write(reflect.ValueOf(answer))
	}
	tell(negotiation.MatrixOf(ctx, to, &negotiation.MatrixQuery{Negotiation: talks}))
	tell(negotiation.Deadlines(ctx, to, 14, &negotiation.InstrumentQuery{Negotiation: talks}))
	tell(negotiation.Conditions(ctx, to, &negotiation.ConditionQuery{Negotiation: talks}))
	tell(negotiation.Contacts(ctx, to, &negotiation.ContactQuery{Negotiation: talks}))
	tell(negotiation.Conflicts(ctx, to, &negotiation.ConflictQuery{Negotiation: talks}))
	tell(negotiation.GapsOf(ctx, to, &negotiation.GapQuery{Negotiation: talks}))
	tell(negotiation.PulseOf(ctx, to, &negotiation.PulseQuery{Negotiation: talks}))
	tell(negotiation.Transitions(ctx, to, &negotiation.TransitionQuery{Negotiation: talks}))
	tell(negotiation.DraftTextOf(ctx, to, &negotiation.DraftQuery{Negotiation: talks}))
	tell(negotiation.TravelOf(ctx, to, &negotiation.TravelQuery{Negotiation: talks, From: idOf(t, db, "ua25:us"), To: idOf(t, db, "ua25:ru")}))
	changes, err := negotiation.ChangesOf(ctx, from, to, &negotiation.ChangesQuery{Negotiation: talks})
	changes.From, changes.To, changes.UndatedDocuments = graph.Point{}, graph.Point{}, 0
	tell(changes, err)
	return p
}

// write writes a value with all that is exported of it.
func (p *portrait) write(v reflect.Value) {
	if v.CanInterface() {
		switch one := v.Interface().(type) {
		case graph.Evidence:
			p.heard = append(p.heard, one)
		case fmt.Stringer:
			fmt.Fprintf(&p.text, "%s ", one)
			return
		}
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			p.write(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Name != "Recorded" {
				p.write(v.Field(i))
			}
		}
	case reflect.Slice:
		p.text.WriteString("[")
		for i := range v.Len() {
			p.write(v.Index(i))
		}
		p.text.WriteString("]")
	case reflect.Map:
		p.writeMap(v)
	default:
		fmt.Fprintf(&p.text, "%v ", v)
	}
}

func (p *portrait) writeMap(v reflect.Value) {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	for _, k := range keys {
		fmt.Fprintf(&p.text, "%v: ", k)
		p.write(v.MapIndex(k))
	}
}

// difference is where two portraits part, with what stands around it.
func difference(a, b *portrait) string {
	one, other := a.text.String(), b.text.String()
	if one == other {
		return ""
	}
	i := 0
	for i < min(len(one), len(other)) && one[i] == other[i] {
		i++
	}
	around := func(s string) string { return s[max(0, i-200):min(len(s), i+200)] }
	return fmt.Sprintf("…%s…\nand\n…%s…", around(one), around(other))
}
