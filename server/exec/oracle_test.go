package exec

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/language/parser"
)

// writer makes valid queries up, over the schema of the cases but for the
// fields that fail.
type queryWriter struct {
	*rand.Rand
	types     *types
	fragments []string
	variables []string
	aliases   int
}

// fails are fields that have an error to give, which the library gives
// otherwise.
var fails = regexp.MustCompile(`(?i)err|^nn(Null|Boom)|^thunk|^boom$|^bad$|^one$`)

func (w *queryWriter) document() string {
	w.fragments, w.variables, w.aliases = nil, nil, 0
	body := w.selections(w.types.schema.QueryType(), 0)
	head := ""
	if len(w.variables) > 0 {
		head = "query(" + strings.Join(w.variables, ", ") + ") "
	}
	return head + body + " " + strings.Join(w.fragments, " ")
}

func (w *queryWriter) selections(t graphql.Type, depth int) string {
	parts := []string{"__typename" + w.directive()}
	names := (&Traits{}).fields(t)
	for range 1 + w.IntN(4) {
		switch objects := w.types.objects(t); {
		case w.IntN(4) == 0 && depth < 4:
			on := objects[w.IntN(len(objects))]
			inner := w.selections(on, depth+1)
			if w.IntN(2) == 0 {
				parts = append(parts, "... on "+on.Name()+w.directive()+" "+inner)
				continue
			}
			name := fmt.Sprint("F", len(w.fragments))
			w.fragments = append(w.fragments, "fragment "+name+" on "+on.Name()+" "+inner)
			parts = append(parts, "..."+name+w.directive())
		case len(names) > 0:
			parts = append(parts, w.field(t, names[w.IntN(len(names))], depth))
		}
	}
	return "{ " + strings.Join(parts, " ") + " }"
}

func (w *queryWriter) field(t graphql.Type, name string, depth int) string {
	def := w.types.field(t, name)
	within := inner(def.Type)
	if fails.MatchString(name) || (!graphql.IsLeafType(within) && depth > 3) {
		return "__typename"
	}
	w.aliases++
	text := fmt.Sprintf("a%d: %s", w.aliases, name)
	if name == "echo" {
		text += w.arguments()
	}
	text += w.directive()
	if !graphql.IsLeafType(within) {
		text += " " + w.selections(within, depth+1)
	}
	return text
}

func (w *queryWriter) directive() string {
	if w.IntN(6) > 0 {
		return ""
	}
	return fmt.Sprintf(" @%s(if: %v)", []string{"skip", "include"}[w.IntN(2)], w.IntN(2) == 0)
}

// arguments are some of those of echo, as literals or by variables with defaults.
func (w *queryWriter) arguments() string {
	choices := [][3]string{
		{"i", "Int", "-7"}, {"f", "Float", "1.5e3"}, {"s", "String", `"é \"x\" \u00fc"`}, {"b", "Boolean", "true"}, {"id", "ID", `"seven"`}, {"c", "Color", "GREEN"},
		{"li", "[Int]", "[1, 2]"}, {"ll", "[[Int]]", "[[1], [2, 3]]"}, {"lnn", "[Int!]", "4"}, {"in", "In", `{b: "x", d: {b: "y", c: [1]}}`}, {"def", "Int", "8"}, {"s", "String", "\"\"\"\n  block\n    \"text\"\n\"\"\""},
	}
	x := choices[w.IntN(len(choices))]
	if w.IntN(2) == 0 {
		return "(" + x[0] + ": " + x[2] + ")"
	}
	name := fmt.Sprint("$v", len(w.variables))
	w.variables = append(w.variables, name+": "+x[1]+" = "+x[2])
	return "(" + x[0] + ": " + name + ")"
}

// On valid queries that do not fail, the engine answers what the library does.
func TestAnswersAsTheLibrary(t *testing.T) {
	s := casesSchema(t)
	e := New(s, &Options{Limits: Limits{Depth: 50}, Logger: silent})
	for seed := range uint64(400) {
		w := &queryWriter{Rand: rand.New(rand.NewPCG(seed, 7)), types: e.types}
		query := w.document()
		got := do(t, e, Request{Query: query})
		reference := graphql.Do(graphql.Params{Schema: s, RequestString: query, Context: t.Context()})
		if got.code() != "" || reference.HasErrors() {
			t.Fatalf("seed %d: %s\nengine:  %s\nlibrary: %v", seed, query, got.Body, reference.Errors)
		}
		var data any
		if err := json.Unmarshal(got.Data, &data); err != nil {
			t.Fatal(err)
		}
		if want := asJSON(t, reference.Data); !reflect.DeepEqual(data, want) {
			t.Fatalf("seed %d: %s\nengine:  %v\nlibrary: %v", seed, query, data, want)
		}
	}
}

func asJSON(t *testing.T, v any) (out any) {
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var words = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|\.\.\.|[\w$@]+|[^\s\w]`)

// mutate changes words of a document: leaves one out, repeats one, or puts one
// in the place of another.
func mutate(r *rand.Rand, document string) string {
	list := words.FindAllString(document, -1)
	for range 1 + r.IntN(2) {
		i := r.IntN(len(list))
		switch r.IntN(12) {
		case 0:
			list = append(list[:i:i], list[i+1:]...)
		case 1:
			list = append(list[:i:i], append([]string{list[i]}, list[i:]...)...)
		default:
			for range 50 { // of the same sort, so that most stay documents
				if i, j := r.IntN(len(list)), r.IntN(len(list)); sortOf(list[i]) == sortOf(list[j]) && list[i] != list[j] {
					list[i] = list[j]
					break
				}
			}
		}
		if len(list) == 0 {
			return ""
		}
	}
	return strings.Join(list, " ")
}

// sortOf tells words from variables, directives, numbers and signs.
func sortOf(word string) byte {
	switch c := word[0]; {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_':
		return 'a'
	case c >= '0' && c <= '9', c == '"':
		return '0'
	default:
		return c
	}
}

// Of documents that are right or slightly wrong, the engine takes those that the
// library takes.
func TestValidatesAsTheLibrary(t *testing.T) {
	s := casesSchema(t)
	e := New(s, &Options{Limits: Limits{Depth: 50}, Logger: silent})
	counts := map[string]int{}
	seeds := uint64(2000)
	if os.Getenv("PARLEY_NIGHTLY") != "" {
		seeds = 100_000
	}
	if testing.Short() {
		seeds = 1000
	}
	for seed := range seeds {
		w := &queryWriter{Rand: rand.New(rand.NewPCG(seed, 8)), types: e.types}
		query := mutate(w.Rand, w.document())
		d, bad := parse(query, &e.limits)
		tree, err := parser.Parse(parser.ParseParams{Source: query})
		if bad != nil || err != nil {
			if (bad == nil) != (err == nil) {
				counts["syntax differs"]++
			}
			continue
		}
		ours := e.types.validate(d, 10)
		if len(ours) > 0 && strings.HasPrefix(ours[0].Message, "two fragments") {
			continue // which may overflow the library's stack
		}
		theirs := graphql.ValidateDocument(&s, tree, graphql.SpecifiedRules)
		switch {
		case len(ours) == 0 && theirs.IsValid:
			counts["valid"]++
		case len(ours) > 0 && !theirs.IsValid:
			counts["invalid"]++
		case len(ours) > 0 && strings.Contains(ours[0].Message, "conflict"):
			counts["conflict across nested fragments"]++ // which the library misses
		default:
			t.Errorf("seed %d: %s\nengine:  %v\nlibrary: %v", seed, query, ours, theirs.Errors)
		}
	}
	t.Log(counts)
	if counts["valid"] < 100 || counts["invalid"] < 300 {
		t.Errorf("too few documents of each kind: %v", counts)
	}
}
