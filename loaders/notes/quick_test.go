package notes_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/parleydb/parley/loaders/notes"
	"github.com/parleydb/parley/schema"
)

func TestSampleLines(t *testing.T) {
	const text = `document s000 "Envoys said ready for Moscow as talks speed up" ; published ?
state us "US"
state ua "Ukraine"
state ru "Russia"
bloc eur "Europeans"
mediaOutlet cnn "CNN"
anonymousSource officials "US officials": side US
issue i-eu: alias eu-accession
issue i-g: alias guarantees
issue forum
issue reconstruction
place berlin "Berlin"
company blackrock "BlackRock"
facility znpp: alias ZNPP
by US officials [BACKGROUND] via CNN
guarantee o-guar: US > Ukraine ; on guarantees ; TABLED ; deadline LIMITED_UNSPECIFIED
position Russia on eu-accession: OPEN ; if "a peace deal"
position US on forum: DEFERS ; "final issues are for the parties"
by narrator
meeting m-berlin-1215: US, Ukraine, Europeans ; HELD ; 2025-12-14/2025-12-15 ; at Berlin
meeting m-blackrock: BlackRock, Ukraine ; HELD ; when ? ; at ? ; on reconstruction
dispute d-znpp: over ZNPP ; OPEN ; claimants ?
`
	for s, err := range notes.Read("s", strings.NewReader(text), schema.Negotiation()) {
		if err != nil {
			t.Fatal(err)
		}
		if s.Draft != nil && s.Draft.Relation != nil {
			fmt.Printf("%s %s %v chain %v voice %v %+v\n", s.Where, s.Draft.Relation.Kind, s.Draft.Relation.Key, s.Draft.Chain, s.Draft.Voice, s.Draft.Relation.Fields)
		}
	}
}
