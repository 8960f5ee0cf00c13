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
// The types come from the ontology. kinds.go and groups.go turn its kinds into
// tables: the rows of a kind are the fields of its roles, links and attributes,
// its parts are what points to it. A group of kinds, a union in SDL, is an
// interface: an abstract one has the fields that all its kinds have, one that
// entities may be of themselves, such as Actor, those that any has. query.go
// gives each kind its root fields: one, a plain list, a connection, an
// aggregate. lists.go reads what a list is asked for; filter.go, compare.go and
// about.go make tests of its filter, order.go its order, connection.go and
// cursor.go its pages.
//
// What package negotiation answers are fields of a negotiation and root fields:
// talks.go has the list of them and reads their arguments, and each has a file
// of its own (matrix.go, contacts.go). found.go is what an answer is told with:
// one page of all entities that it names, and its evidence, looked up once.
//
// With Options.Mutations there are acts: act.go reads who acts and in which
// document, draft.go how something is said, values.go and typed.go what, and
// mutation.go performs it in one transaction. subscription.go follows the
// change log: subscribing gives an iter.Seq2[any, error] of events, each the
// source of the selection below.
//
// Names of the ontology that the API has for itself are refused by package
// schema (Clashes). Print writes a schema as SDL. SpecifiedBy and Specifications
// tell where its scalars are specified, Order lists the values of enumerations.
//
// A Request travels in the context. It says what the reader may see, and
// gathers how names were resolved for the answer's extensions. By its From an
// operation reads through a view that it is given, such as that of an excerpt.
package gqlschema
