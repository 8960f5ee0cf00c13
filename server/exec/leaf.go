package exec

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/graphql-go/graphql"
)

// leafWriter writes the value of a leaf as JSON, or says why it is none. The
// library would write "12" as an Int and anything at all as a String.
type leafWriter func(out []byte, v any) ([]byte, error)

func leafWriterOf(t graphql.Type) leafWriter {
	switch t {
	case graphql.String, graphql.ID:
		return func(out []byte, v any) ([]byte, error) { return writeText(out, v, t) }
	case graphql.Int:
		return writeInt
	case graphql.Float:
		return writeFloat
	case graphql.Boolean:
		return writeBool
	}
	if enum, ok := t.(*graphql.Enum); ok {
		return func(out []byte, v any) ([]byte, error) { return writeEnum(out, v, enum) }
	}
	scalar, _ := t.(*graphql.Scalar)
	return func(out []byte, v any) ([]byte, error) { return writeCustom(out, v, scalar) }
}

// noLeaf tells of a value that its type has no room for. The value itself may
// be secret; its Go type is not.
func noLeaf(v any, t graphql.Type) error {
	return fmt.Errorf("a %T is no %s", v, t)
}

func writeText(out []byte, v any, t graphql.Type) ([]byte, error) {
	switch v := v.(type) {
	case string:
		return appendString(out, v), nil
	case *string:
		return appendString(out, *v), nil
	case fmt.Stringer:
		return appendString(out, v.String()), nil
	case encoding.TextMarshaler:
		b, err := v.MarshalText()
		return appendString(out, string(b)), err
	case bool:
		if t == graphql.String {
			return appendString(out, strconv.FormatBool(v)), nil
		}
	}
	switch r := deref(v); {
	case r.Kind() == reflect.String:
		return appendString(out, r.String()), nil
	case r.CanInt():
		return appendString(out, strconv.FormatInt(r.Int(), 10)), nil
	case r.CanUint():
		return appendString(out, strconv.FormatUint(r.Uint(), 10)), nil
	case r.CanFloat() && t == graphql.String && finite(r.Float()):
		return appendString(out, string(appendFloat(nil, r.Float()))), nil
	}
	return out, noLeaf(v, t)
}

func deref(v any) reflect.Value {
	r := reflect.ValueOf(v)
	if r.Kind() == reflect.Pointer {
		r = r.Elem()
	}
	return r
}

func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }

func writeInt(out []byte, v any) ([]byte, error) {
	if n, ok := v.(int); ok && n >= math.MinInt32 && n <= math.MaxInt32 {
		return strconv.AppendInt(out, int64(n), 10), nil
	}
	switch r := deref(v); {
	case r.CanInt() && r.Int() >= math.MinInt32 && r.Int() <= math.MaxInt32:
		return strconv.AppendInt(out, r.Int(), 10), nil
	case r.CanUint() && r.Uint() <= math.MaxInt32:
		return strconv.AppendUint(out, r.Uint(), 10), nil
	case r.CanFloat() && r.Float() == math.Trunc(r.Float()) && r.Float() >= math.MinInt32 && r.Float() <= math.MaxInt32:
		return strconv.AppendInt(out, int64(r.Float()), 10), nil
	case r.CanInt() || r.CanUint() || r.CanFloat():
		return out, fmt.Errorf("%v is no Int of 32 bits", r)
	}
	return out, noLeaf(v, graphql.Int)
}

func writeFloat(out []byte, v any) ([]byte, error) {
	switch r := deref(v); {
	case r.Kind() == reflect.Float32 && finite(r.Float()):
		return strconv.AppendFloat(out, r.Float(), 'g', -1, 32), nil
	case r.CanFloat() && finite(r.Float()):
		return appendFloat(out, r.Float()), nil
	case r.CanInt():
		return strconv.AppendInt(out, r.Int(), 10), nil
	case r.CanUint():
		return strconv.AppendUint(out, r.Uint(), 10), nil
	case r.CanFloat():
		return out, fmt.Errorf("%v is no Float", r)
	}
	return out, noLeaf(v, graphql.Float)
}

func writeBool(out []byte, v any) ([]byte, error) {
	if r := deref(v); r.Kind() == reflect.Bool {
		return strconv.AppendBool(out, r.Bool()), nil
	}
	return out, noLeaf(v, graphql.Boolean)
}

func writeEnum(out []byte, v any, t *graphql.Enum) ([]byte, error) {
	r := deref(v)
	if !r.Comparable() {
		return out, noLeaf(v, t)
	}
	name, ok := t.Serialize(v).(string)
	if !ok {
		return out, fmt.Errorf("a %T is no value of %s", v, t)
	}
	return append(append(append(out, '"'), name...), '"'), nil
}

// writeCustom writes what a custom scalar makes of a value.
func writeCustom(out []byte, v any, t *graphql.Scalar) ([]byte, error) {
	switch v := t.Serialize(v).(type) {
	case nil:
		return out, noLeaf(v, t)
	case string:
		return appendString(out, v), nil
	default:
		b, err := json.Marshal(v, json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
		if err != nil {
			return out, fmt.Errorf("%s: %w", t, err)
		}
		return append(out, b...), nil
	}
}

// isNil tells whether a value stands for null: nil, or a pointer that is. A nil
// slice is an empty list.
func isNil(v any) bool {
	switch v.(type) {
	case nil:
		return true
	case string, int, bool, float64:
		return false
	}
	r := reflect.ValueOf(v)
	return (r.Kind() == reflect.Pointer || r.Kind() == reflect.Func) && r.IsNil()
}
