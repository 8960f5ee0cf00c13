package parley_test

import (
	"bytes"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// layers is the import graph that is allowed: each package, and those of this
// module that it may import. Tests are not held to it.
const layers = `
.:
cmd/parley: examples/ukraine-2025 graph graph/negotiation graph/kv graph/kv/badgerkv graph/kv/memkv loaders loaders/notes schema schema/gqlschema server
examples/customkind:
examples/embed: graph graph/kv/memkv schema
examples/ukraine-2025:
graph: graph/edtf graph/internal/resident graph/internal/sorted graph/kv internal/pipe
graph/edtf:
graph/graphtest: graph graph/edtf graph/kv graph/kv/badgerkv graph/kv/memkv
graph/internal/resident: graph/kv
graph/internal/sorted: graph/kv
graph/kv:
graph/kv/badgerkv: graph/internal/sorted graph/kv graph/kv/internal/guard graph/kv/internal/rows
graph/kv/internal/guard: graph/kv
graph/kv/internal/rows: graph/kv graph/kv/internal/guard
graph/kv/kvtest: graph/kv
graph/kv/kvtest/simkv: graph/kv graph/kv/internal/guard graph/kv/internal/rows
graph/kv/memkv: graph/kv graph/kv/internal/guard graph/kv/internal/rows
graph/negotiation: graph
internal/pipe:
loaders: graph graph/edtf internal/pipe loaders/icews loaders/internal/place loaders/jsonl loaders/notes
loaders/icews: graph graph/edtf loaders/internal/place
loaders/internal/place: graph/edtf
loaders/internal/sample: graph graph/edtf schema
loaders/jsonl: graph graph/edtf loaders/internal/place
loaders/notes: graph graph/edtf loaders/internal/place
schema: graph
schema/gqlschema: graph graph/edtf graph/negotiation schema
server: graph graph/edtf graph/kv schema/gqlschema server/exec
server/exec:
`

func TestLayers(t *testing.T) {
	allowed := map[string][]string{}
	for _, line := range strings.Split(strings.TrimSpace(layers), "\n") {
		name, imports, _ := strings.Cut(line, ":")
		allowed[name] = strings.Fields(imports)
	}
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	const module = "github.com/parleydb/parley"
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		fields := strings.Fields(line)
		name := local(fields[0], module)
		may, ok := allowed[name]
		if !ok {
			t.Errorf("%s is in no layer: add it to the list, with what it may import", name)
		}
		for _, imp := range fields[1:] {
			if strings.HasPrefix(imp, module) && !slices.Contains(may, local(imp, module)) {
				t.Errorf("%s imports %s, which is not below it", name, local(imp, module))
			}
		}
		delete(allowed, name)
	}
	for name := range allowed {
		t.Errorf("there is no package %s any more: take it off the list", name)
	}
	if t.Failed() {
		t.Logf("the import graph that is allowed:\n%s", bytes.TrimSpace([]byte(layers)))
	}
}

func local(path, module string) string {
	if path == module {
		return "."
	}
	return strings.TrimPrefix(path, module+"/")
}
