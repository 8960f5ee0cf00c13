// Package schema reads ontologies: it turns GraphQL schema documents with a
// few directives into a graph.Ontology, and checks statements against it.
//
// An ontology is a set of Source files. Negotiation is the one that Parley
// ships: negotiation.graphql, which declares who sits at the table and what is
// said, offered and disputed, and cameo.graphql, the CAMEO event codes. The
// directives are documented in directives.graphql. Parse compiles any set of
// files; what is wrong in them is reported with file, line and column, all of
// it at once.
//
// Object types are kinds; unions are groups of kinds, which roles may name;
// fields are roles and attributes; enumerations are closed lists of codes and
// may carry a machine. `extend` adds to what another file declares. Unlike in
// an API, object types may be empty, and a property name has one type in the
// whole ontology, because rows of data are keyed by it.
//
// Validate and Evolve are the functions for graph.Options: the one checks
// statements, the other what an ontology would lose of what a store holds.
//
// One, Many and Field tell what the GraphQL API calls a kind, a list of a kind
// and a property. Names that it has for itself, among them EntityFields and
// RelationFields, are refused: Clashes lists them, CheckNames makes an error.
package schema
