// Package loaders brings files into the claim graph.
//
// [Run] opens files, finds out their formats and loads all that they state in
// one transaction, all or nothing; [Report] says what that did. The formats are
// packages of their own, each with one function that turns bytes into
// statements and knows nothing of databases:
//
//   - jsonl, the native datasets in JSON lines, documented in jsonl/FORMAT.md;
//   - icews, event quads as ICEWS and temporal knowledge graphs have them;
//   - notes, lines as people write them, documented in notes/FORMAT.md, whose
//     names are looked up among the other files and in the database.
//
// What is wrong in a file is an [Error], which reads
// file:line:column: what: detail. What only the whole load shows, such as a
// reference to an entity that is nowhere declared, is an error of package
// graph that begins with the place of the statement.
package loaders
