// Package badgerkv is the store for one machine: rows lie in a directory, kept
// by the Badger engine, which nothing else in Parley imports.
//
// Open opens a directory and gives a Store, which implements kv.Store, kv.Bulk
// and kv.Filler. What it promises is the contract of package kv; Run of package
// kvtest holds it to that. On top of it, keys that begin with "!badger!" are
// the engine's own and are refused with kv.ErrKey, as keys are that begin with
// a zero byte: under one of those, the store keeps the highest transaction time.
//
// # Reading
//
// Views of the same state share one engine transaction, a snapshot, and take
// turns with its iterators, since opening those costs more than most views read.
// Each commit opens the next snapshot; the one before is closed with its last
// view, so that an idle store holds nothing back that the engine could tidy
// away.
//
// # Writing
//
// Writers take turns, so that transaction times are the order of commits and
// nothing can conflict. The engine makes each of its transactions durable by
// itself, which would cost every update its own wait for the disk; so updates
// that wait at the same time become one group. Each runs its function in its
// caller's goroutine, on top of what those before it wrote. The first of them
// commits the group, and the others wait for that. Meanwhile the next group begins
// on top of it, so that functions run while the disk is waited for: where a commit
// fails, what was written on top of it fails, too. Since no goroutine of the store
// runs anybody's function, a panic lands where it belongs and can take nothing
// down with it.
//
// A commit takes two steps. It becomes a record of the journal, the file JOURNAL, and
// the disk is waited for; then the engine is given its rows, new views see them, and
// its updates return. So the next group is recorded while the engine is given one. The
// engine's own log is waited for where the journal does not do: for what is too long
// for it and for what Load writes, and, once the journal is full, for all that it
// holds, before it is written from its beginning again. That goes by way of a
// descriptor of the log: told to do it itself, the engine does it for its value log,
// too, which nothing is written to. Elsewhere than on Linux there is no journal, and
// the engine makes each commit durable; with NoSync nobody does. Open and Close
// remove the journal and Scrub empties it, so that nothing that was erased stays in
// it.
//
// Fill sorts all rows, in memory and in temporary files, and writes them in the
// order of their keys into tables beside the engine's, which nothing has to
// merge any more. Then it closes the engine, puts another manifest in the place
// of the one that names the old tables, and opens the engine again. So there is
// one moment at which the new rows take the place of the old; tables that no
// manifest names are removed by the engine when it is opened. Views that begin
// while it is closed read a copy of the old rows, of which there are few.
//
// When a commit fails, it is open whether it will be found after the next Open. The
// store then refuses further writes, with the first failure in each error, and goes
// on reading.
//
// # Damage
//
// Open reads what the engine would not survive or would make worse, before the
// engine sees it, and reports kv.ErrDamaged; what is refused stays as it is, to
// the byte. That is the manifest, the ends of tables, and every entry of the
// logs that a killed process left. The tables' rows are compared with their
// checksums when rows of the same first byte are first read, and in the
// background; from then on reads of that byte, and all writes, are refused.
//
// A process that is killed leaves one transaction unfinished at the end of the
// newest log. A machine that goes down may leave any parts of what was written to the
// log since the disk was waited for. Where the journal has all transactions from the
// first that is not whole to the last, Open cuts the log in front of that one and gives
// the engine these again; the last, where nothing of it was acknowledged and the
// journal does not have it, is dropped without a word. All else is damage: an
// entry that cannot be read in front of another transaction, a gap in the numbers
// that the engine gives its transactions, within a log, between logs, or between
// tables and logs, and an end before the last transaction that was
// acknowledged. That one stands in the file PARLEY, which is written after each
// commit, without waiting for the disk, and for good by Close. Damage that was found
// while the store was open is noted there, too, so that the store stays refused.
//
// What cannot be told from a crash: that the last transactions were cut off at
// the end of log and journal when the machine, rather than the process, went down
// before the disk had got PARLEY, or with NoSync, or when PARLEY is missing, as it is
// with stores of release 0.1.0. What is not seen: changes to files while a
// store is open, except by Verify, damage to a table that the engine merges with
// others before the background has got to it, and damage to a journal that is not
// needed.
//
// # Care
//
// Compact makes reading faster after much has been loaded.
package badgerkv
