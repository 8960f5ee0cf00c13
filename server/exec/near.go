package exec

import (
	"maps"
	"slices"
	"strings"

	"github.com/antzucaro/matchr"
	"github.com/graphql-go/graphql"
)

const (
	longestMisspelled = 40 // bytes of a name that is compared with known ones
	mostCorrections   = 10 // errors that say what may have been meant
)

// near says which known name may have been meant: ": did you mean …?", or "".
// A few errors say so, since each compares with all names.
func (c *checker) near(name string, known []string) string {
	if len(name) > longestMisspelled || len(c.errors) >= mostCorrections {
		return ""
	}
	best, distance := "", len(name)/2+1
	for _, k := range known {
		if d := matchr.OSA(strings.ToLower(name), strings.ToLower(k)); d < distance {
			best, distance = k, d
		}
	}
	if best == "" {
		return ""
	}
	return ": did you mean " + best + "?"
}

func typeNames(m map[string]graphql.Type) []string { return slices.Sorted(maps.Keys(m)) }
func fieldNames(t graphql.Type) []string           { return slices.Sorted(maps.Keys(fieldsOf(t))) }
func inputNames(t *graphql.InputObject) []string   { return slices.Sorted(maps.Keys(t.Fields())) }
func argNames(list []*graphql.Argument) (s []string) {
	for _, a := range list {
		s = append(s, a.PrivateName)
	}
	slices.Sort(s)
	return s
}
