// Package jsonl reads Parley's own datasets: JSON lines, one object a line,
// UTF-8. FORMAT.md beside this file describes the format with examples, and
// dataset.schema.json is its JSON Schema.
//
// [Read] is strict. Unknown and repeated names, wrong types, unknown kinds and
// properties, dates that are not EDTF and invalid UTF-8 end the reading with an
// error that names the file, the line and the column. What takes more than one
// line to see, such as a document that is nowhere declared, is reported by
// graph.DB.Load with the place that each statement carries.
package jsonl
