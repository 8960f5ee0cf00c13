package gqlschema_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parleydb/parley/schema/gqlschema"
)

const clients = "testdata/clients"

// client runs one of the clients of the public ecosystem in a folder.
func client(t *testing.T, dir, program string, args ...string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("the clients run without -short")
	}
	if _, err := os.Stat(filepath.Join(clients, "node_modules")); err != nil && os.Getenv("CI") == "" {
		t.Skip("run npm ci in schema/gqlschema/" + clients + " first")
	}
	run := exec.CommandContext(t.Context(), program, args...)
	run.Dir = dir
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// written is a folder with the printed schema, mutations included.
func written(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "schema.graphql"), gqlschema.Print(writing(t).schema))
	return dir
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func absolute(t *testing.T, elements ...string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(append([]string{clients}, elements...)...))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// TestReferenceImplementation has graphql-js validate the printed schema and
// queries over it.
func TestReferenceImplementation(t *testing.T) {
	out := client(t, clients, "node", "validate.mjs", filepath.Join(written(t), "schema.graphql"), "queries.graphql")
	if !strings.Contains(out, "0 errors, ") || !strings.Contains(out, " 10 queries") {
		t.Error(out)
	}
}

// TestCodegen has graphql-codegen write types for the schema and the queries.
func TestCodegen(t *testing.T) {
	dir := written(t)
	config, err := json.Marshal(map[string]any{
		"schema":    filepath.Join(dir, "schema.graphql"),
		"documents": absolute(t, "queries.graphql"),
		"generates": map[string]any{filepath.Join(dir, "types.ts"): map[string]any{"plugins": []string{"typescript", "typescript-operations"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "codegen.json"), string(config))
	client(t, clients, absolute(t, "node_modules", ".bin", "graphql-codegen"), "--config", filepath.Join(dir, "codegen.json"))
	types, err := os.ReadFile(filepath.Join(dir, "types.ts"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"export type Meeting = ", "__typename?: 'Meeting';", "export type MeetingsQuery = ", "export type PageQueryVariables = ", "export type FollowSubscription = "} {
		if !strings.Contains(string(types), want) {
			t.Errorf("%q is not in the types", want)
		}
	}
}

// TestRelay has relay-compiler compile a component that pages through a
// connection and fetches it again by id.
func TestRelay(t *testing.T) {
	dir := written(t)
	component, err := os.ReadFile(filepath.Join(clients, "component.js"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "src"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "src", "component.js"), string(component))
	write(t, filepath.Join(dir, "relay.config.json"), `{"src": "./src", "schema": "./schema.graphql", "language": "javascript"}`)
	out := client(t, dir, absolute(t, "node_modules", ".bin", "relay-compiler"), "relay.config.json")
	for _, name := range []string{"componentQuery", "componentPageQuery", "component_actor"} {
		if _, err := os.Stat(filepath.Join(dir, "src", "__generated__", name+".graphql.js")); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	}
}
