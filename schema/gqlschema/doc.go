// Package gqlschema is the GraphQL schema over graph.View: New gives the types,
// the fields and their resolvers; package server checks and runs documents.
//
// # Reading the source
//
// A root field makes a view from its arguments on, knownOn and basis, and every
// field below it stays at that point. What a list finds is a page: its entities
// are read together, once for each thing that is asked of them, however many
// there are. A node is one entity of a page. Following a role leads from a page
// to the page of all that fills it, so that each level of a query costs a fixed
// number of reads.
//
// The types of the negotiation are a table in kinds.go: each row names the
// field, the role or attribute behind it, and what fills it. Fields that the
// ontology of the database does not declare are left out of the schema.
//
// A Request travels in the context. It says what the reader may see, and
// gathers how names were resolved for the answer's extensions.
package gqlschema
