package loaders

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/parleydb/parley/loaders/internal/place"
)

// Format is a file format.
type Format string

// The formats.
const (
	Auto  Format = "auto" // found out by content, and by name where there is none
	JSONL Format = "jsonl"
	ICEWS Format = "icews"
	Notes Format = "notes"
)

var formats = []Format{Auto, JSONL, ICEWS, Notes}

// ParseFormat reads a format by its name; the empty string is Auto.
func ParseFormat(s string) (Format, error) {
	names := make([]string, len(formats))
	for i, f := range formats {
		if names[i] = string(f); s == names[i] {
			return f, nil
		}
	}
	if s == "" {
		return Auto, nil
	}
	return "", fmt.Errorf("unknown format %q: %s", s, place.Suggest(s, names))
}

// of settles the format of a file.
func (f Format) of(file string, content *bufio.Reader) (Format, error) {
	f, err := ParseFormat(string(f))
	if err != nil || f != Auto {
		return f, err
	}
	head, err := content.Peek(content.Size())
	if err != nil && !errors.Is(err, io.EOF) && len(head) == 0 {
		return "", fmt.Errorf("%s: %w", place.At(nameOf(file), 1, 1), err)
	}
	line, _, ended := bytes.Cut(bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\ufeff"))), []byte{'\n'})
	switch name := strings.TrimSuffix(strings.ToLower(file), ".gz"); {
	case filepath.Ext(name) == ".notes" || bytes.HasPrefix(line, []byte("document ")):
		return Notes, nil
	case bytes.HasPrefix(line, []byte{'{'}):
		return JSONL, nil
	case bytes.Count(line, []byte{'\t'}) == 3:
		return ICEWS, nil
	case filepath.Ext(name) == ".jsonl" || filepath.Ext(name) == ".ndjson":
		return JSONL, nil
	case len(line) == 0 && err != nil:
		return "", fmt.Errorf("%s: empty: %s", nameOf(file), wantFormats)
	case !ended && err == nil:
		return "", &Error{File: nameOf(file), Line: 1, Column: 1, What: "line too long", Detail: fmt.Sprintf("more than %d bytes", len(head))}
	}
	return "", fmt.Errorf("%s: unknown format: %s", nameOf(file), wantFormats)
}

const wantFormats = "want a dataset in JSON lines (jsonl), quads parted by tabs (icews) or notes (notes)"
