package badgerkv

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"

	"github.com/parleydb/parley/graph/kv"
)

// Options are the choices of Open; nil stands for the zero Options.
type Options struct {
	// Now is the clock that transaction times and time limits are taken from;
	// nil is time.Now.
	Now func() time.Time
	// ReadOnly lets several processes read a store that was closed cleanly.
	// Update and Load report kv.ErrReadOnly.
	ReadOnly bool
	// NoSync lets Update return before its rows are on the disk: they survive
	// the end of the process, but not that of the machine.
	NoSync bool
	// Unpacked writes tables as they are: they take 2.5 times the space, and
	// less time to seek in where the rows are many and not read again soon.
	Unpacked bool
	// Logger is told what the engine does; nil drops it.
	Logger *slog.Logger
}

// format numbers what the store keeps in its directory. The engine refuses
// directories with another number.
const format = 1

// compactors is the number of goroutines that merge tables; the engine wants at
// least two.
const compactors = 2

// engine are the engine's settings. Those not named are its defaults.
func (o *Options) engine(dir string) badger.Options {
	pack := options.ZSTD
	if o.Unpacked {
		pack = options.None
	}
	e := badger.DefaultOptions(dir).
		WithExternalMagic(format).
		WithReadOnly(o.ReadOnly).
		WithSyncWrites(!o.NoSync && !syncsLog).
		WithLogger(nil).
		WithMetricsEnabled(false).
		WithDetectConflicts(false). // writers take turns
		WithNumVersionsToKeep(1).
		// The engine takes up to 15 % of MemTableSize in one transaction; a
		// group has at most maxGroup and one update. Each table in memory
		// reserves about 1.3 times this size.
		WithMemTableSize(64 << 20).
		WithNumMemtables(1).
		WithNumCompactors(compactors).
		WithBaseTableSize(16 << 20).
		// Packed, tables take 0.4 of the space. Their blocks are unpacked into a
		// cache, without which each seek would unpack one. Tables that are not
		// packed, as 0.1.0 made them, are read as they are until they are merged.
		WithCompression(pack).
		WithZSTDCompressionLevel(1).
		WithBlockCacheSize(64 << 20).
		// Values lie beside their keys. Those that do not, the engine loses
		// without a word when its value log is damaged.
		WithValueThreshold(kv.MaxValue + 1).
		WithValueLogFileSize(64 << 20)
	if o.Logger != nil {
		e = e.WithLogger(logger{o.Logger})
	}
	return e
}

// logger passes on what the engine says.
type logger struct{ to *slog.Logger }

func (l logger) Errorf(f string, args ...any)   { l.to.Error(line(f, args)) }
func (l logger) Warningf(f string, args ...any) { l.to.Warn(line(f, args)) }
func (l logger) Infof(f string, args ...any)    { l.to.Debug(line(f, args)) }
func (l logger) Debugf(f string, args ...any)   { l.to.Debug(line(f, args)) }

func line(f string, args []any) string {
	return "badger: " + strings.TrimSpace(fmt.Sprintf(f, args...))
}
