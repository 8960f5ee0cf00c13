// Package parley is the root of a negotiation-state knowledge graph. It holds
// no code: the graph is in package graph, the command in cmd/parley. README.md
// says what is where.
package parley
