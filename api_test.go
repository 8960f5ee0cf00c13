package parley_test

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/api anew")

// TestAPI holds the public Go API to its golden files, so that a change of it is
// a visible diff.
func TestAPI(t *testing.T) {
	for _, dir := range []string{"graph", "graph/edtf", "graph/kv", "graph/negotiation", "schema", "schema/gqlschema", "loaders", "server", "server/exec"} {
		t.Run(dir, func(t *testing.T) {
			golden := filepath.Join("testdata", "api", strings.ReplaceAll(dir, "/", "_")+".txt")
			got := api(t, dir)
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("the API of %s is not that of %s; if the change is meant: go test . -run TestAPI -update\n%s", dir, golden, firstDiff(got, want))
			}
		})
	}
}

// api writes down each exported declaration of a package, without comments and
// function bodies, in the order of go doc.
func api(t *testing.T, dir string) []byte {
	t.Helper()
	fset := token.NewFileSet()
	names, err := filepath.Glob(dir + "/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, n := range names {
		if strings.HasSuffix(n, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, n, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	p, err := doc.NewFromFiles(fset, files, dir)
	if err != nil {
		t.Fatal(err)
	}
	w := apiWriter{fset: fset}
	w.values(p.Consts, p.Vars)
	w.funcs(p.Funcs)
	for _, typ := range p.Types {
		w.decl(typ.Decl)
		w.values(typ.Consts, typ.Vars)
		w.funcs(typ.Funcs, typ.Methods)
	}
	return w.Bytes()
}

type apiWriter struct {
	bytes.Buffer
	fset *token.FileSet
}

func (w *apiWriter) values(lists ...[]*doc.Value) {
	for _, v := range slices.Concat(lists...) {
		w.decl(v.Decl)
	}
}

func (w *apiWriter) funcs(lists ...[]*doc.Func) {
	for _, f := range slices.Concat(lists...) {
		w.decl(f.Decl)
	}
}

func (w *apiWriter) decl(d ast.Decl) {
	ast.Inspect(d, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GenDecl:
			n.Doc = nil
		case *ast.FuncDecl:
			n.Doc, n.Body = nil, nil
		case *ast.Field:
			n.Doc, n.Comment = nil, nil
		case *ast.ValueSpec:
			n.Doc, n.Comment = nil, nil
		case *ast.TypeSpec:
			n.Doc, n.Comment = nil, nil
		}
		return true
	})
	fmt.Fprintln(w, w.text(d))
}

// text prints a declaration without empty lines and alignment, which come from
// its comments.
func (w *apiWriter) text(d ast.Decl) string {
	var b bytes.Buffer
	if err := (&printer.Config{Mode: printer.UseSpaces, Tabwidth: 2}).Fprint(&b, w.fset, d); err != nil {
		return err.Error()
	}
	lines := slices.DeleteFunc(strings.Split(b.String(), "\n"), func(l string) bool { return strings.TrimSpace(l) == "" })
	for i, l := range lines {
		indent := len(l) - len(strings.TrimLeft(l, " "))
		lines[i] = l[:indent] + strings.Join(strings.Fields(l), " ")
	}
	return strings.Join(lines, "\n")
}

// firstDiff is the first line in which two texts differ.
func firstDiff(got, want []byte) string {
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d: got  %s\nline %d: want %s", i+1, g[i], i+1, w[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(g), len(w))
}
