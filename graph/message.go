package graph

import (
	"errors"
	"strings"
)

// Message is the text of an error for people: without the names that programs
// tell errors apart by, where these say nothing more.
func Message(err error) string {
	text := err.Error()
	for _, sentinel := range []error{ErrRefused, ErrConflict, ErrValue} {
		if errors.Is(err, sentinel) {
			text = strings.ReplaceAll(text, sentinel.Error()+": ", "")
		}
	}
	for _, sentinel := range []error{ErrNotFound, ErrKey, ErrCursor, ErrFormat, ErrDamaged} {
		if errors.Is(err, sentinel) {
			text = strings.ReplaceAll(text, sentinel.Error(), strings.TrimPrefix(sentinel.Error(), "graph: "))
		}
	}
	return strings.TrimPrefix(text, "graph: ")
}
