package gqlschema

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/edtf"
)

func (b *builder) actInput() *graphql.InputObject {
	return b.input("ActInput", "Who acts, and why. It is kept in the change log.", func() graphql.InputObjectConfigFieldMap {
		return graphql.InputObjectConfigFieldMap{
			"author":         {Type: must(graphql.String).(graphql.Input)},
			"reason":         {Type: graphql.String},
			"idempotencyKey": {Type: graphql.String, Description: "Makes the act happen once: another one with the same key does nothing and gives the first one's transaction."},
		}
	})
}

func actOf(args map[string]any, clearance graph.Marking) (graph.Act, error) {
	given, _ := args["act"].(map[string]any)
	text := func(name string) string { s, _ := given[name].(string); return s }
	act := graph.Act{Author: text("author"), Reason: text("reason"), IdempotencyKey: text("idempotencyKey"), Cause: "GraphQL", Clearance: clearance}
	if act.Author == "" {
		return act, newFault(codeInput, "act.author: who acts?", nil)
	}
	return act, nil
}

func (b *builder) documentInput() *graphql.InputObject {
	return b.input("DocumentInput", "The document in which something stands: one of these.", func() graphql.InputObjectConfigFieldMap {
		return graphql.InputObjectConfigFieldMap{
			"id":   {Type: graphql.ID},
			"key":  {Type: graphql.String, Description: "scheme:id"},
			"note": {Type: graphql.String, Description: "What the author knows and no document says: it becomes a document of curation by the author."},
		}
	})
}

// documentArg reads the document of a draft: one that there is, or a note.
func (r *reader) documentArg() (func(*graph.Tx) (graph.Ref, error), error) {
	given, ok := r.p.Args["document"].(map[string]any)
	if !ok {
		return func(*graph.Tx) (graph.Ref, error) { return graph.Ref{}, nil }, nil
	}
	arg, err := only(given, "id", "key", "note")
	if err != nil {
		return nil, under("document", err)
	}
	text, _ := given[arg].(string)
	if arg != "note" {
		ref, err := refIn("document."+arg, text)
		return func(*graph.Tx) (graph.Ref, error) { return ref, nil }, err
	}
	author, _ := r.p.Args["act"].(map[string]any)["author"].(string)
	if text == "" {
		return nil, newFault(codeInput, "document.note: what is known?", nil)
	}
	return func(tx *graph.Tx) (graph.Ref, error) { return note(tx, author, text) }, nil
}

// note finds or makes the document of what an author knows.
func note(tx *graph.Tx, author, text string) (graph.Ref, error) {
	sum := sha256.Sum256([]byte(author + "\x00" + text))
	key := graph.Key{Scheme: "note", ID: hex.EncodeToString(sum[:16])}
	id, err := tx.Find(graph.Ref{Key: key})
	if errors.Is(err, graph.ErrNotFound) {
		id, err = tx.Document(graph.Document{Key: key, Curation: true, Publisher: author, Title: text})
	}
	return graph.ByID(id), err
}

func (b *builder) newDocumentInput() *graphql.InputObject {
	return b.input("NewDocumentInput", "A document; only what is known need be given.", func() graphql.InputObjectConfigFieldMap {
		return graphql.InputObjectConfigFieldMap{
			"key":       {Type: must(graphql.String).(graphql.Input), Description: "scheme:id"},
			"curation":  {Type: graphql.Boolean, DefaultValue: false, Description: "Whether it holds what a person adds by hand."},
			"publisher": {Type: graphql.String},
			"title":     {Type: graphql.String},
			"url":       {Type: graphql.String},
			"language":  {Type: locale},
			"published": {Type: edtfScalar},
			"retrieved": {Type: edtfScalar},
			"hash":      {Type: graphql.String, Description: "Of its content."},
			"versionOf": {Type: graphql.String, Description: "The document, by id or key, of which it is a later version."},
		}
	})
}

func (r *reader) newDocument() (d graph.Document, err error) {
	given, _ := r.p.Args["input"].(map[string]any)
	text := func(name string) string { s, _ := given[name].(string); return s }
	if d.Key, err = graph.ParseKey(text("key")); err != nil {
		return d, under("input.key", err)
	}
	d.Curation, _ = given["curation"].(bool)
	d.Publisher, d.Title, d.URL, d.Language, d.Hash = text("publisher"), text("title"), text("url"), text("language"), text("hash")
	if d.Published, err = dateIn("input.published", text("published")); err != nil {
		return d, err
	}
	if d.Retrieved, err = dateIn("input.retrieved", text("retrieved")); err != nil {
		return d, err
	}
	if s := text("versionOf"); s != "" {
		ref, ok := refOf(s)
		if !ok {
			return d, newFault(codeInput, fmt.Sprintf("input.versionOf: %q is no id and no key", clip(s)), nil)
		}
		d.VersionOf = ref
	}
	return d, nil
}

// dateIn reads a date; "" is none.
func dateIn(path, s string) (edtf.Date, error) {
	if s == "" {
		return edtf.Date{}, nil
	}
	d, err := edtf.ParseDate(s)
	if err != nil {
		err = under(path, err)
	}
	return d, err
}
