package exec

import (
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The codes of errors, in the extensions of each. Clients may rely on them.
const (
	CodeRequest   = "BAD_REQUEST" // the request itself: here, an operation that its method does not allow
	CodeSyntax    = "SYNTAX"      // the document is not GraphQL
	CodeInvalid   = "INVALID"     // the document does not fit the schema
	CodeLimit     = "LIMIT"       // more than the limits allow
	CodeOperation = "OPERATION"   // which operation is meant, or it is not offered
	CodeInput     = "BAD_INPUT"   // a value of an argument or variable
	CodeTime      = "TIMEOUT"     // the context ended first
	CodeInternal  = "INTERNAL"    // the log has the rest, under the same id
)

// Error is an error as a response lists it.
type Error struct {
	Message    string         `json:"message"`
	Locations  []Location     `json:"locations,omitempty"`
	Path       []any          `json:"path,omitempty"`
	Extensions map[string]any `json:"extensions,omitempty"`

	at []int // byte offsets in the document, from which Locations are computed
}

// Location is a place in a document, both counted from 1, columns in characters.
type Location struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

// Errorf makes an error with a code.
func Errorf(code string, format string, args ...any) *Error {
	return &Error{Message: fmt.Sprintf(format, args...), Extensions: map[string]any{"code": code}}
}

func (e *Error) Error() string { return e.Message }

// Code is the code of an error, or "".
func (e *Error) Code() string {
	code, _ := e.Extensions["code"].(string)
	return code
}

// in tells where in the document the error lies.
func (e *Error) in(offsets ...int) *Error {
	e.at = offsets
	return e
}

// Errors are all that is wrong with a request.
type Errors []*Error

func (list Errors) Error() string {
	switch len(list) {
	case 0:
		return "no error"
	case 1:
		return list[0].Message
	}
	return fmt.Sprintf("%s (and %d more errors)", list[0].Message, len(list)-1)
}

// JSON is the list as a response has it. An error whose extensions JSON cannot
// write goes without them.
func (list Errors) JSON() []byte {
	b, err := list.marshal()
	if err == nil {
		return b
	}
	bare := make(Errors, len(list))
	for i, e := range list {
		bare[i] = &Error{e.Message, e.Locations, nil, map[string]any{"code": CodeInternal}, nil}
	}
	b, _ = bare.marshal()
	return b
}

func (list Errors) marshal() ([]byte, error) {
	return json.Marshal([]*Error(list), json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
}

// Body is an answer that has nothing but the list.
func (list Errors) Body() []byte {
	return append(append([]byte(`{"errors":`), list.JSON()...), '}')
}

// atMost cuts a list to a limit and says how many were left off.
func (list Errors) atMost(limit int) Errors {
	if len(list) <= limit {
		return list
	}
	return append(list[:limit:limit], Errorf(CodeLimit, "%d more errors", len(list)-limit))
}

// locate turns offsets into lines and columns.
func (list Errors) locate(document string) Errors {
	var starts []int
	for _, e := range list {
		for _, offset := range e.at {
			if starts == nil {
				starts = lineStarts(document)
			}
			e.Locations = append(e.Locations, locationOf(document, starts, offset))
		}
		e.at = nil
	}
	return list
}

// lineStarts lists the offsets at which lines begin.
func lineStarts(document string) []int {
	starts := make([]int, 1, 1+strings.Count(document, "\n"))
	for i := range len(document) {
		if c := document[i]; c == '\n' || (c == '\r' && (i+1 == len(document) || document[i+1] != '\n')) {
			starts = append(starts, i+1)
		}
	}
	return starts
}

func locationOf(document string, starts []int, offset int) Location {
	offset = min(max(offset, 0), len(document))
	line := sort.SearchInts(starts, offset+1)
	return Location{line, 1 + utf8.RuneCountInString(document[starts[line-1]:offset])}
}

// clip shortens what a client sent for a message.
func clip(s string) string {
	if r := []rune(s[:min(len(s), 1000)]); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}
