package jsonl

import (
	"bytes"
	"errors"
	"hash/maphash"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// node is a JSON value and the column at which it begins.
type node struct {
	kind    jsontext.Kind
	text    string // of a string: what it says; of a number: as it is written
	column  int    // in bytes, from 1
	members []member
	items   []node
}

// member is a name in an object and its value.
type member struct {
	name   string
	column int
	value  node
}

// parse reads the one JSON object of a line. Syntax errors are
// *jsontext.SyntacticError.
func parse(line []byte, words *known) (node, error) {
	p := parser{jsontext.NewDecoder(bytes.NewReader(line)), words}
	n, err := p.value()
	if err != nil {
		return node{}, err
	}
	if _, err := p.dec.ReadToken(); err == nil {
		return node{}, &jsontext.SyntacticError{ByteOffset: p.dec.InputOffset() - 1, Err: errSecond}
	} else if !errors.Is(err, io.EOF) {
		return node{}, err
	}
	return n, nil
}

var errSecond = errors.New("a second value: one object a line")

type parser struct {
	dec   *jsontext.Decoder
	words *known
}

// known keeps words that came before, some of which come again and again.
type known struct {
	seed  maphash.Seed
	words [1 << 10]string
	hand  []byte
}

func newKnown() *known { return &known{seed: maphash.MakeSeed()} }

// word is the text of b.
func (k *known) word(b []byte) string {
	w := &k.words[maphash.Bytes(k.seed, b)%uint64(len(k.words))]
	if *w != string(b) {
		*w = string(b)
	}
	return *w
}

// unquoted is the text of a string as it stands in JSON.
func (k *known) unquoted(raw []byte) (_ string, err error) {
	k.hand, err = jsontext.AppendUnquote(k.hand[:0], raw)
	return k.word(k.hand), err
}

func (p parser) value() (node, error) {
	switch p.dec.PeekKind() {
	case jsontext.KindBeginObject:
		return p.object()
	case jsontext.KindBeginArray:
		return p.array()
	}
	return p.scalar()
}

func (p parser) object() (node, error) {
	n, err := p.open()
	for err == nil && p.dec.PeekKind() != jsontext.KindEndObject {
		var name, value node
		if name, err = p.scalar(); err == nil {
			value, err = p.value()
			n.members = append(n.members, member{name.text, name.column, value})
		}
	}
	return n, p.close(err)
}

func (p parser) array() (node, error) {
	n, err := p.open()
	for err == nil && p.dec.PeekKind() != jsontext.KindEndArray {
		var item node
		item, err = p.value()
		n.items = append(n.items, item)
	}
	return n, p.close(err)
}

// open reads the bracket that an object or array begins with, close the last one.
func (p parser) open() (node, error) {
	token, err := p.dec.ReadToken()
	return node{kind: token.Kind(), column: int(p.dec.InputOffset())}, err
}

func (p parser) close(err error) error {
	if err == nil {
		_, err = p.dec.ReadToken()
	}
	return err
}

func (p parser) scalar() (node, error) {
	raw, err := p.dec.ReadValue()
	if err != nil {
		return node{}, err
	}
	n := node{kind: raw.Kind(), column: int(p.dec.InputOffset()) - len(raw) + 1}
	if n.kind == jsontext.KindString {
		n.text, err = p.words.unquoted(raw)
	} else {
		n.text = p.words.word(raw)
	}
	return n, err
}

// a names the type of a node in messages.
func (n *node) a() string {
	switch n.kind {
	case jsontext.KindString:
		return "a string"
	case jsontext.KindNumber:
		return "a number"
	case jsontext.KindBeginObject:
		return "an object"
	case jsontext.KindBeginArray:
		return "an array"
	case jsontext.KindNull:
		return "null: leave out what is not stated"
	}
	return n.text
}
