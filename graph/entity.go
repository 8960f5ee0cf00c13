package graph

import (
	"crypto/sha1"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// EntityID identifies an entity. It is a UUID: version 7 where the database
// minted it, version 5 where it is derived from an external key or from the
// identity fields of a relation, so that loading again finds it.
type EntityID uuid.UUID

// ClaimID identifies a claim by what it says (rule 2).
type ClaimID uuid.UUID

// AssertionID identifies an assertion by its document and its key there (rule 3).
type AssertionID uuid.UUID

// ErrKey reports an external key that is not of the form scheme:id.
var ErrKey = errors.New("graph: bad key")

func (id EntityID) String() string    { return uuid.UUID(id).String() }
func (id ClaimID) String() string     { return uuid.UUID(id).String() }
func (id AssertionID) String() string { return uuid.UUID(id).String() }

// IsZero tells whether the id is the zero id, which nothing has.
func (id EntityID) IsZero() bool { return id == EntityID{} }

// IsZero tells whether the id is the zero id, which nothing has.
func (id ClaimID) IsZero() bool { return id == ClaimID{} }

// IsZero tells whether the id is the zero id, which nothing has.
func (id AssertionID) IsZero() bool { return id == AssertionID{} }

// ParseEntityID reads the usual text of a UUID.
func ParseEntityID(s string) (EntityID, error) {
	u, err := uuid.Parse(s)
	return EntityID(u), err
}

// ParseClaimID reads the usual text of a UUID.
func ParseClaimID(s string) (ClaimID, error) {
	u, err := uuid.Parse(s)
	return ClaimID(u), err
}

// ParseAssertionID reads the usual text of a UUID.
func ParseAssertionID(s string) (AssertionID, error) {
	u, err := uuid.Parse(s)
	return AssertionID(u), err
}

// namespace is the root of all derived ids. Changing it would make every
// reload mint new entities.
var namespace = uuid.MustParse("6f1c9d0e-2a54-5d3b-9b7a-0c4f8e21d7a3")

// derive is UUID version 5 (RFC 9562) over a tag, which keeps the kinds of ids
// apart, and the canonical bytes.
func derive(tag byte, canonical []byte) uuid.UUID {
	b := append(make([]byte, 0, 256), namespace[:]...)
	sum := sha1.Sum(append(append(b, tag), canonical...))
	id := uuid.UUID(sum[:16])
	id[6] = id[6]&0x0f | 5<<4 // version
	id[8] = id[8]&0x3f | 0x80 // variant
	return id
}

// Key is an external key: the id that some scheme gives to an entity, such as
// iso3166:UA or wikidata:Q212.
type Key struct{ Scheme, ID string }

// ParseKey reads "scheme:id". The scheme ends at the first colon; the id may
// contain any character but must not be empty.
func ParseKey(s string) (Key, error) {
	scheme, id, ok := strings.Cut(s, ":")
	k := Key{scheme, id}
	if !ok {
		return Key{}, fmt.Errorf("%w: %q: want scheme:id", ErrKey, s)
	}
	return k, k.valid()
}

func (k Key) String() string { return k.Scheme + ":" + k.ID }

// IsZero tells whether no key is given.
func (k Key) IsZero() bool { return k == Key{} }

func (k Key) valid() error {
	if k.Scheme == "" || k.ID == "" || len(k.Scheme) > 64 || len(k.ID) > 1024 || strings.ContainsAny(k.Scheme, " \t\x00:") {
		return fmt.Errorf("%w: %q: want scheme:id, a scheme without spaces of at most 64 bytes and an id of at most 1,024", ErrKey, k.String())
	}
	return nil
}

func (k Key) entity() EntityID { return EntityID(derive('e', []byte(k.String()))) }

// Ref names an entity by its id or, when the id is zero, by an external key; a
// view knows it by the keys that it was told of.
type Ref struct {
	ID  EntityID
	Key Key
}

// ByID refers to an entity by its id.
func ByID(id EntityID) Ref { return Ref{ID: id} }

// ByKey refers to an entity by external key, "scheme:id". A malformed key is
// reported when a transaction resolves it.
func ByKey(s string) Ref {
	scheme, id, _ := strings.Cut(s, ":")
	return Ref{Key: Key{scheme, id}}
}

// IsZero tells whether nothing is named.
func (r Ref) IsZero() bool { return r == Ref{} }

func (r Ref) String() string {
	if r.ID.IsZero() && !r.Key.IsZero() {
		return r.Key.String()
	}
	return r.ID.String()
}

// Entity is an identity and a kind; everything else about it is claims.
type Entity struct {
	ID   EntityID
	Kind string
	Keys []Key
}

// KindDocument is the kind of every document.
const KindDocument = "Document"
