package main

import (
	"bytes"
	"context"
	"testing"
)

func TestRun(t *testing.T) {
	var out bytes.Buffer
	if err := run(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	want := "on 2025-12-16, known on 2025-12-15: UNDECIDED since 2025-12-15\n" +
		"on 2025-12-16, known on 2025-12-16: REJECT since 2025-12-16\n"
	if out.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", out.String(), want)
	}
}
