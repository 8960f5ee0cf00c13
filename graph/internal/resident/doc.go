// Package resident keeps rows of a store in memory, packed, in the order of
// their keys, so that what is read often is not read from the engine again.
//
// Rows whose keys share a prefix, the length of which a Layout tells, make a run,
// of which those chunks are kept that somebody read twice; a stretch is the rows
// of a chunk while they are gathered, and a part is a chunk that does not hold
// all of its run. A small run is read as a whole, wherever somebody begins; an
// image that is full makes small chunks, so that what is read beside the rows
// asked for pushes out little else. Since rows hold the past themselves, one
// Image, which is of the store and not of an answer, serves every point. Beside
// the rows of a chunk stands what a Pack makes of them for those who read many,
// which Packed and a Run hand out; in their place, where that gives them back, as
// Rows do.
//
// An image answers exactly as the reader does that it is put before, on the
// same snapshot. Each write stamps its run with the transaction's time before
// it can be seen. A chunk tells up to which time it is known to be right, and a
// reader since which time its snapshot is; where the newest stamp of the run
// lies behind one of the two, the rows are read from the store, and a chunk
// that is out of date is made anew. Runs that share a stamp by chance are read
// anew more often than they need, and that is all. A Room is memory that one
// reader after another uses.
//
// Blocks, with BlockOptions, keep chunks in the store itself, from which an
// image is filled sooner; a Comparison finds those that are not as the rows are.
package resident
