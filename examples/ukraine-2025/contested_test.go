package ukraine2025_test

import (
	"slices"
	"testing"

	"github.com/parleydb/parley/graph"
)

// judged stands for the property of a pair that no property shows.
const judged = "judged"

// contested lists the pairs of facts that the curator found to contradict each
// other, with what shows it: a property of one subject that they give two
// values, or a judgement of the curator.
var contested = []struct{ id, one, other, conflict, by string }{
	{"c01", "P006", "P007", "NEGATION", judged},
	{"c02", "S007", "S008", "NEGATION", judged},
	{"c03", "O002", "O003", "VALUE", "deadline"},
	{"c04", "O002", "O006", "TEMPORAL", "deadline"},
	{"c05", "S012", "S013", "VALUE", "points"},
	{"c06", "S014", "S015", "VALUE", judged},
	{"c07", "M001", "M002", "VALUE", judged},
	{"c08", "O011", "O012", "VALUE", "text"},
	{"c09", "P024", "P025", "NEGATION", judged},
	{"c10", "P026", "P027", "VALUE", judged},
	{"c11", "S022", "S023", "NEGATION", judged},
	{"c12", "S023", "S024", "QUOTE_VARIANT", judged},
	{"c13", "M016", "M017", "VALUE", "place"},
	{"c14", "P053", "P055", "NEGATION", judged},
	{"c15", "P052", "P055", "NEGATION", judged},
	{"c16", "P054", "P055", "NEGATION", judged},
	{"c17", "P053", "P056", "QUOTE_VARIANT", judged},
	{"c18", "S032", "S034", "VALUE", judged},
	{"c19", "P067", "P068", "VALUE", judged},
	{"c20", "P066", "P067", "QUOTE_VARIANT", judged},
	{"c21", "R035", "R036", "VALUE", "amount"},
	{"c22", "S037", "S038", "NEGATION", judged},
	{"c23", "P079", "P080", "VALUE", judged},
	{"c24", "O026", "O027", "TEMPORAL", judged},
	{"c25", "P089", "P090", "FORUM", judged},
	{"c26", "P103", "P104", "VALUE", judged},
	{"c27", "P099", "P100", "VALUE", judged},
	{"c28", "S050", "S051", "NEGATION", judged},
	{"c31", "S055", "S056", "TEMPORAL", judged},
	{"c34", "M049", "M050", "VALUE", "minutes"},
	{"c41", "R015", "R016", "VALUE", judged},
	{"c42", "R031", "R032", "VALUE", judged},
	{"c43", "R032", "R033", "VALUE", judged},
	{"c44", "F36", "F38", "FORUM", judged},
	{"c47", "V010", "V011", "QUOTE_VARIANT", judged},
	{"c48", "V038", "V050", "VALUE", judged},
	{"c49", "V006", "V007", "VALUE", judged},
	{"c51", "P093", "P058", "TEMPORAL", judged},
	{"c52", "V064", "V075", "QUOTE_VARIANT", judged},
	{"c53", "O033", "P152", "VALUE", judged},
	{"c54", "S032", "S046", "VALUE", judged},
	{"c55", "P093", "P153", "VALUE", judged},
}

// Each contested pair is shown by one property of one subject, which takes one
// value or counts and is given two, or else by a judgement, and never by both.
func TestContested(t *testing.T) {
	db, _ := load(t, mainFile, seedFile)
	said := map[string][]saying{}
	for s := range sayings(t, db) {
		said[s.Assertion.Key] = append(said[s.Assertion.Key], s)
	}
	judgements := 0
	for _, c := range contested {
		judgement := said["contradiction/"+c.id]
		if c.by != judged {
			if !differ(db.Ontology(), said[c.one], said[c.other], c.by) || len(judgement) > 0 {
				t.Errorf("%s: %s and %s do not give %s two values, or are judged too", c.id, c.one, c.other, c.by)
			}
			continue
		}
		judgements++
		if !names(judgement, "one", said[c.one]) || !names(judgement, "other", said[c.other]) || !hasConflict(judgement, c.conflict) {
			t.Errorf("%s: no judgement %s of %s and %s", c.id, c.conflict, c.one, c.other)
		}
	}
	found := 0
	for _, err := range everything(db.At(graph.Point{}), "Contradicts") {
		if err != nil {
			t.Fatal(err)
		}
		found++
	}
	if found != judgements {
		t.Errorf("%d judgements, want %d", found, judgements)
	}
}

// differ tells whether two assertions give a property of one subject two
// values, although it takes one or is a count.
func differ(o *graph.Ontology, one, other []saying, property string) bool {
	for _, a := range one {
		p := o.Property(a.kind, property)
		if a.claim.Property != property || (!p.Single && p.Max != 1 && p.Type != graph.Integer) {
			continue
		}
		for _, b := range other {
			if b.claim.Subject == a.claim.Subject && b.claim.Property == property && b.claim.Value != a.claim.Value {
				return true
			}
		}
	}
	return false
}

// names tells whether a side of a judgement is a relation that an assertion states.
func names(judgement []saying, side string, assertion []saying) bool {
	return slices.ContainsFunc(judgement, func(j saying) bool {
		return j.claim.Property == side && slices.ContainsFunc(assertion, func(a saying) bool {
			return a.claim.Subject == j.claim.Value.Entity()
		})
	})
}

func hasConflict(judgement []saying, conflict string) bool {
	return slices.ContainsFunc(judgement, func(j saying) bool {
		return j.claim.Property == "conflict" && j.claim.Value.String() == conflict
	})
}
