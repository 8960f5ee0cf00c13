// Package sorted keeps more rows in the order of their keys than memory holds.
//
// Rows takes rows in any order; the newest of a key stands for it. What was put
// last is in memory, what was put before in files, each sorted: runs. A run is
// written, and read, while the next rows come in. Reading, of which Get and Scan
// are capable at any time, is meant to be rare, but for the one Scan at the end.
package sorted
