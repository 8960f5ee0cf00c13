package server

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/parleydb/parley/schema"
)

// Introspection tells where scalars are specified, and the values of an
// enumeration in the order of the ontology.
func TestIntrospectedTraits(t *testing.T) {
	s := ukraine(t, nil)
	var got struct {
		EDTF   struct{ SpecifiedByURL string }
		Stance struct{ EnumValues []struct{ Name string } }
	}
	body := ask(t, s, `{ EDTF: __type(name: "EDTF") { specifiedByURL } Stance: __type(name: "Stance") { enumValues { name } } }`, "")
	if err := json.Unmarshal(body.Data, &got); err != nil {
		t.Fatal(err)
	}
	if got.EDTF.SpecifiedByURL != "https://www.loc.gov/standards/datetime/" {
		t.Errorf("EDTF is specified by %q", got.EDTF.SpecifiedByURL)
	}
	var names []string
	for _, v := range got.Stance.EnumValues {
		names = append(names, v.Name)
	}
	if want := schema.Negotiation().Enum("Stance").Values; !slices.Equal(names, want) {
		t.Errorf("stances %v, want %v", names, want)
	}
}
