package graph_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Each rule, trap and golden test is in the table, and is held by a test that
// is there and named after it; or nothing of that name is there yet.
func TestReadmeTable(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]tableRow{}
	kind := ""
	for _, line := range strings.Split(string(text), "\n") {
		f := strings.Split(line, "|")
		if len(f) != 5 || strings.HasPrefix(f[1], "---") {
			continue
		}
		what, _, _ := strings.Cut(strings.TrimSpace(f[1]), " ")
		if heading, ok := map[string]string{"rule": "Rule", "trap": "", "golden": "Golden", "proof": "Proof"}[what]; ok {
			kind = heading
			continue
		}
		row := tableRow{strings.TrimSpace(f[2]), strings.TrimSpace(f[3])}
		if kind == "Proof" {
			row.find(t, f[1])
			continue
		}
		rows[kind+what] = row
	}
	for kind, n := range map[string]int{"Rule": 16, "T": 10, "Golden": 12} {
		for i := 1; i <= n; i++ {
			name := fmt.Sprint(kind, i)
			row, ok := rows[name]
			if !ok {
				t.Errorf("%s is not in the table", name)
				continue
			}
			row.check(t, name)
		}
	}
}

type tableRow struct{ file, test string }

// check finds the test, which must be named after what it holds.
func (r tableRow) check(t *testing.T, name string) {
	t.Helper()
	if r.file == "later" {
		for _, dir := range []string{".", "../examples/ukraine-2025"} {
			if found := testNamed(t, dir, name); found != "" {
				t.Errorf("%s is said to come later, and %s is there: name it in the table", name, found)
			}
		}
		return
	}
	r.find(t, name)
	// A golden test may be one of the rule that it follows from.
	if !after(name, r.test) && (!strings.HasPrefix(name, "Golden") || !strings.HasPrefix(r.test, "TestRule")) {
		t.Errorf("%s is held by %s, which is not named after it", name, r.test)
	}
}

// find looks for the test in its file.
func (r tableRow) find(t *testing.T, name string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(r.file)))
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	if !strings.Contains(string(text), "func "+r.test+"(t *testing.T)") {
		t.Errorf("%s: there is no test %q in %s", name, r.test, r.file)
	}
}

// after tells whether a test is named after a rule: TestRule1Bases after
// Rule1, and not TestRule10Visible.
func after(name, test string) bool {
	rest, ok := strings.CutPrefix(test, "Test"+name)
	return ok && rest != "" && (rest[0] < '0' || rest[0] > '9')
}

var testFunc = regexp.MustCompile(`func (Test\w+)\(t \*testing\.T\)`)

// testNamed finds a test in a directory that is named after a rule.
func testNamed(t *testing.T, dir, name string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range testFunc.FindAllStringSubmatch(string(text), -1) {
			if after(name, m[1]) {
				return m[1]
			}
		}
	}
	return ""
}
