package server

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The public audit suite of GraphQL over HTTP (graphql-http on npm) is the
// measure of conformance: all 61 audits, without warnings.
func TestAudit(t *testing.T) {
	const dir = "testdata/audit"
	if _, err := os.Stat(filepath.Join(dir, "node_modules")); err != nil && os.Getenv("CI") == "" {
		t.Skip("run npm ci in " + dir + " first")
	}
	address, _ := listen(t, testServer(t, Options{}))
	run := exec.CommandContext(t.Context(), "node", "run.mjs", address+"/graphql")
	run.Dir = dir
	out, err := run.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "61 of 61") {
		t.Errorf("%v\n%s", err, out)
	}
}
