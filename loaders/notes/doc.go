// Package notes reads and writes notes, the text format for people: a line
// names a document, the next lines say what stands in it, one assertion a line.
//
//	document s000 "Envoys said ready for Moscow" ; published ?
//	by US officials [BACKGROUND] via CNN
//	guarantee o-guar: US > Ukraine ; on guarantees ; TABLED
//	position Russia on eu-accession: OPEN ; if "a peace deal"
//
// FORMAT.md beside this file is the grammar. The keywords are the kinds and
// roles of a graph.Ontology, so a kind of one's own has a line without code.
//
// Three steps lead from text to statements. The lexer cuts lines into tokens;
// the parser turns tokens into statements in which names stand as they were
// written; and both are pure. Then [Names] finds the entities that are named,
// among what the files of a load declare and in a database, and the voice is
// found out where it is not stated. [Read] does it for one file by itself,
// [Statements] for the files of a load.
//
// [Print] writes statements as notes that are read as the same statements;
// [Export] writes what a graph.View shows of its documents. [Format] puts a
// file in order without an ontology: it works on the lexer's tokens.
package notes
