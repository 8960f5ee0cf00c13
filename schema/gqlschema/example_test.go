package gqlschema_test

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv/memkv"
	"github.com/parleydb/parley/loaders"
	"github.com/parleydb/parley/schema"
	"github.com/parleydb/parley/schema/gqlschema"
)

func Example() {
	ctx := context.Background()
	db, err := graph.Open(ctx, memkv.New(nil), &graph.Options{Ontology: schema.Negotiation(), Validate: schema.Validate})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	if _, err := loaders.Run(ctx, db, graph.Act{Author: "desk"}, []string{"../../examples/ukraine-2025/seed.jsonl"}, nil); err != nil {
		fmt.Println(err)
		return
	}
	s, err := gqlschema.New(db, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	request := &gqlschema.Request{Clearance: graph.Clear}
	result := graphql.Do(graphql.Params{Schema: s, Context: gqlschema.WithRequest(ctx, request),
		RequestString: `{ disputes(about: "Zaporizhzhia") { about { name } state notStated since } }`})
	answer, err := json.MarshalIndent(result.Data, "", "  ")
	fmt.Println(string(answer), err, request.Resolved()[0].Label)
	// Output:
	// {
	//   "disputes": [
	//     {
	//       "about": {
	//         "name": "Zaporizhzhia Nuclear Power Plant"
	//       },
	//       "notStated": [
	//         "claimants"
	//       ],
	//       "since": "2025-12-15",
	//       "state": "OPEN"
	//     }
	//   ]
	// } <nil> Zaporizhzhia Nuclear Power Plant
}
