package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/graphql-go/graphql"
)

// graphqlGo is what one would build for the same question: graphql-go with its
// default resolvers over SQLite.
type graphqlGo struct {
	db        *sql.DB
	newest    *sql.Stmt
	relations map[int]string
	schema    graphql.Schema
}

// event is what its API shows of a relation.
type event struct {
	Relation string `json:"relation"`
	Other    string `json:"other"`
	Outwards bool   `json:"outwards"`
	Day      int    `json:"day"`
}

// serve opens the database with a connection for each client and serves it.
func (l *library) serve(ctx context.Context, dir string) (*serving, error) {
	db, err := l.open(l.file(dir), clients, forServing()...)
	if err != nil {
		return nil, err
	}
	g := &graphqlGo{db: db}
	if g.newest, err = db.PrepareContext(ctx, sqlNamed); err == nil {
		if g.relations, err = relationNumbers(ctx, db); err == nil {
			g.schema, err = g.newSchema()
		}
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	s := &http.Server{Handler: g, ReadHeaderTimeout: time.Minute}
	served := &serving{name: "graphql-go, " + l.name, client: graphqlGoClient()}
	return served, served.begin(ctx, s.Serve, func(ctx context.Context) error { return errors.Join(s.Shutdown(ctx), db.Close()) })
}

func (g *graphqlGo) newSchema() (graphql.Schema, error) {
	events := graphql.NewObject(graphql.ObjectConfig{Name: "Event", Fields: graphql.Fields{
		"relation": shown(graphql.String, func(e *event) any { return e.Relation }),
		"other":    shown(graphql.String, func(e *event) any { return e.Other }),
		"outwards": shown(graphql.Boolean, func(e *event) any { return e.Outwards }),
		"day":      shown(graphql.Int, func(e *event) any { return e.Day }),
	}})
	return graphql.NewSchema(graphql.SchemaConfig{Query: graphql.NewObject(graphql.ObjectConfig{Name: "Query", Fields: graphql.Fields{
		"events": {
			Type:    graphql.NewList(events),
			Args:    graphql.FieldConfigArgument{"of": {Type: graphql.NewNonNull(graphql.String)}, "from": {Type: graphql.Int}, "to": {Type: graphql.Int}},
			Resolve: g.events,
		},
	}})})
}

func shown(t graphql.Output, get func(*event) any) *graphql.Field {
	return &graphql.Field{Type: t, Resolve: func(p graphql.ResolveParams) (any, error) { return get(p.Source.(*event)), nil }}
}

func (g *graphqlGo) events(p graphql.ResolveParams) (any, error) {
	rows, err := g.newest.QueryContext(p.Context, p.Args["of"], p.Args["from"], p.Args["to"])
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []*event
	for rows.Next() {
		var e event
		var id, relation, other, document int
		if err := rows.Scan(&id, &e.Day, &e.Outwards, &relation, &other, &document, &e.Other); err != nil {
			return nil, err
		}
		e.Relation = g.relations[relation]
		list = append(list, &e)
	}
	return list, rows.Err()
}

func (g *graphqlGo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var q struct {
		Query     string
		Variables map[string]any
	}
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(graphql.Do(graphql.Params{Schema: g.schema, RequestString: q.Query, VariableValues: q.Variables, Context: r.Context()}))
}

// graphqlGoClient asks it.
func graphqlGoClient() client {
	return client{
		query: `query($x:String!,$a:Int,$b:Int){events(of:$x,from:$a,to:$b){relation other outwards day}}`,
		variables: func(x string, q *query) map[string]any {
			return map[string]any{"x": x, "a": q.from, "b": q.to}
		},
		rows: graphqlGoRows,
	}
}

func graphqlGoRows(body []byte) ([]row, error) {
	var r struct {
		Data   struct{ Events []event }
		Errors []struct{ Message string }
	}
	if err := json.Unmarshal(body, &r); err != nil || len(r.Errors) > 0 {
		return nil, errors.Join(err, fmt.Errorf("errors: %v", r.Errors))
	}
	rows := make([]row, len(r.Data.Events))
	for i, e := range r.Data.Events {
		rows[i] = row{day: e.Day, relation: e.Relation, name: e.Other, out: e.Outwards}
	}
	return rows, nil
}
