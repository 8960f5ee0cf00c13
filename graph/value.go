package graph

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unique"

	"golang.org/x/text/unicode/norm"

	"github.com/parleydb/parley/graph/edtf"
)

// ValueType is the type of a value. The numbers are kept on disk.
type ValueType uint8

// The types of values.
const (
	NoValue   ValueType = iota
	Text                // NFC text, with a language, a script and a scope where they matter
	Code                // a name out of an enumeration, or an identifier of some code list
	Integer             // 64 bits, signed
	Number              // IEEE 754 double, finite
	Boolean             //
	Date                // EDTF date or interval, levels 0 and 1
	Reference           // an entity
)

var valueTypes = []string{"", "TEXT", "CODE", "INTEGER", "NUMBER", "BOOLEAN", "DATE", "REFERENCE"}

func (t ValueType) String() string { return codeName(valueTypes, t) }

// Value is what a claim says of its subject: a literal or a reference to an
// entity. Values are compared with ==. The zero Value is no value.
type Value struct {
	typ    ValueType
	text   string                // of Text, Code and Date
	tongue unique.Handle[tongue] // of Text; zero: nothing is said of it
	bits   uint64                // of Integer, Number and Boolean
	entity EntityID              // of Reference
	key    unique.Handle[Key]    // of a Reference by key; zero: it is by id alone
}

// tongue is what a text is written in. Values are many and their tongues few:
// they share them, and stay small.
type tongue struct {
	lang   string // BCP 47
	script string // ISO 15924
	scope  string // of a name: the use that it is limited to, such as "government"
}

// shared is the handle of a value; that of the zero value is zero.
func shared[T comparable](v T) (h unique.Handle[T]) {
	var none T
	if v != none {
		h = unique.Make(v)
	}
	return h
}

// sharedBy is the value of a handle.
func sharedBy[T comparable](h unique.Handle[T]) (v T) {
	if h != (unique.Handle[T]{}) {
		v = h.Value()
	}
	return v
}

// TextOf is a text without a language.
func TextOf(s string) Value { return Value{typ: Text, text: norm.NFC.String(s)} }

// NameOf is a text with a language (BCP 47), a script (ISO 15924) and a scope,
// each of which may be empty.
func NameOf(s, lang, script, scope string) Value {
	return Value{typ: Text, text: norm.NFC.String(s), tongue: shared(tongue{lang, script, scope})}
}

// CodeOf is a name out of an enumeration.
func CodeOf(s string) Value { return Value{typ: Code, text: norm.NFC.String(s)} }

// IntegerOf is a whole number.
func IntegerOf(n int64) Value { return Value{typ: Integer, bits: uint64(n)} }

// NumberOf is a number; what is not finite gives no value.
func NumberOf(f float64) Value {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return Value{}
	}
	return Value{typ: Number, bits: math.Float64bits(f + 0)} // + 0 turns −0 into 0
}

// BooleanOf is true or false.
func BooleanOf(b bool) Value {
	if b {
		return Value{typ: Boolean, bits: 1}
	}
	return Value{typ: Boolean}
}

// DateOf is an EDTF date or interval, as text; errors are those of edtf.Parse.
func DateOf(s string) (Value, error) {
	i, err := edtf.Parse(s)
	if err != nil {
		return Value{}, err
	}
	return Value{typ: Date, text: i.String()}, nil
}

// EntityOf refers to an entity by its id.
func EntityOf(id EntityID) Value { return Value{typ: Reference, entity: id} }

// RefOf refers to an entity by id or external key.
func RefOf(r Ref) Value { return Value{typ: Reference, entity: r.ID, key: shared(r.Key)} }

// Type returns the value's type.
func (v Value) Type() ValueType { return v.typ }

// Entity returns the entity that a Reference points to. It is zero for other
// values, and for a reference by key that no transaction has resolved.
func (v Value) Entity() EntityID { return v.entity }

// Ref returns the reference of a Reference.
func (v Value) Ref() Ref { return Ref{v.entity, sharedBy(v.key)} }

// Language returns the BCP 47 language of a text, or "".
func (v Value) Language() string { return sharedBy(v.tongue).lang }

// Script returns the ISO 15924 script of a text, or "".
func (v Value) Script() string { return sharedBy(v.tongue).script }

// Scope returns the use that a name is limited to, or "".
func (v Value) Scope() string { return sharedBy(v.tongue).scope }

// Int returns the whole number of an Integer.
func (v Value) Int() int64 { return int64(v.bits) }

// Float returns the number of a Number or an Integer.
func (v Value) Float() float64 {
	if v.typ == Integer {
		return float64(int64(v.bits))
	}
	return math.Float64frombits(v.bits)
}

// Bool returns the truth of a Boolean.
func (v Value) Bool() bool { return v.typ == Boolean && v.bits != 0 }

// String returns the text of a Text, Code or Date, and other values written as
// text; a Reference is its id, or its key.
func (v Value) String() string {
	switch v.typ {
	case Text, Code, Date:
		return v.text
	case Integer:
		return strconv.FormatInt(int64(v.bits), 10)
	case Number:
		return strconv.FormatFloat(v.Float(), 'g', -1, 64)
	case Boolean:
		return strconv.FormatBool(v.Bool())
	case Reference:
		return v.Ref().String()
	}
	return ""
}

// valid refuses values that no row can hold.
func (v Value) valid() error {
	switch {
	case v.typ == NoValue:
		return fmt.Errorf("%w: no value", ErrValue)
	case v.typ == Reference && v.entity.IsZero():
		return fmt.Errorf("%w: no entity", ErrValue)
	case len(v.text) > MaxText:
		return fmt.Errorf("%w: text of %d bytes: at most %d", ErrValue, len(v.text), MaxText)
	case (v.typ == Text || v.typ == Code) && strings.TrimSpace(v.text) == "":
		return fmt.Errorf("%w: empty text: leave out what is not stated", ErrValue)
	}
	return nil
}

// MaxText is the length in bytes of the longest text in a value, summary or key.
const MaxText = 64 << 10
