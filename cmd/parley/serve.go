package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/server"
)

// drain is how long requests in hand may take after a signal.
const drain = 10 * time.Second

type serveFlags struct {
	data, addr, base, clearance          string
	insecure, noIntrospection, mutations bool
	memory                               int64 // MiB
	warm                                 bool
	blocks                               string
}

// addrFlag adds --addr, whose default is the environment's PARLEY_ADDR.
func addrFlag(cmd *cobra.Command, addr *string) {
	fallback := os.Getenv("PARLEY_ADDR")
	if fallback == "" {
		fallback = "127.0.0.1:8080"
	}
	cmd.Flags().StringVar(addr, "addr", fallback, "address to listen on (environment: PARLEY_ADDR)")
}

func (p *program) serve() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve GraphQL over HTTP",
		Long: `Serve answers GraphQL at /graphql, and /healthz and /readyz. There is no sign-in
yet, so it listens on this machine only, unless --insecure says otherwise, and
answers requests only that are addressed to this machine.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.checkAddr("use 127.0.0.1, or say --insecure"); err != nil {
				return err
			}
			if f.memory < 0 {
				return usageError{fmt.Errorf("--memory %d: want a number of MiB, or 0 to keep no rows in memory", f.memory)}
			}
			if p.memory = f.memory << 20; p.memory == 0 {
				p.memory = -1
			}
			if err := p.blocksOf(&f); err != nil {
				return err
			}
			open := p.with
			if f.mutations {
				open = p.change
			}
			return open(cmd.Context(), f.data, func(db *graph.DB) error { return p.serveDB(cmd.Context(), db, &f, nil) })
		},
	}
	dataFlag(cmd, &f.data)
	addrFlag(cmd, &f.addr)
	flags := cmd.Flags()
	flags.StringVar(&f.base, "base-path", "", "put this before all paths, such as /parley, for a proxy that serves more than this")
	flags.StringVar(&f.clearance, "clearance", "", "let readers see what is marked up to this TLP label (default TLP:CLEAR)")
	flags.BoolVar(&f.insecure, "insecure", false, "listen on other addresses than this machine's own")
	flags.Int64Var(&f.memory, "memory", 256, "keep about so many MiB of rows in memory that are read again and again")
	flags.BoolVar(&f.warm, "warm", false, "read rows into memory before the first request")
	flags.StringVar(&f.blocks, "blocks", "leave", "with --warm: keep edges in blocks on the disk, too, from which they are read faster; drop these; or leave them as they are")
	flags.BoolVar(&f.mutations, "mutations", false, "let readers write, too: whoever reaches the address may then change the database")
	flags.BoolVar(&f.noIntrospection, "no-introspection", false, "do not tell the schema")
	return cmd
}

// blocksOf reads what becomes of blocks.
func (p *program) blocksOf(f *serveFlags) (err error) {
	if p.blocks, err = graph.ParseBlocks(f.blocks); err != nil {
		return usageError{fmt.Errorf("--blocks: %w", err)}
	}
	if p.blocks != graph.LeaveBlocks && !f.warm {
		return usageError{fmt.Errorf("--blocks %s: say --warm, too", p.blocks)}
	}
	return nil
}

// serveDB serves until the context ends, then drains. ready is told the address.
func (p *program) serveDB(ctx context.Context, db *graph.DB, f *serveFlags, ready func(addr string)) error {
	clearance, err := graph.ParseMarking(f.clearance)
	if err != nil {
		return usageError{err}
	}
	if f.warm {
		if err := db.Warm(ctx); err != nil {
			return err
		}
	}
	host, local, err := f.host()
	if err != nil {
		return err
	}
	s, err := server.New(db, &server.Options{
		Clearance: clearance, Now: p.now, Logger: p.logger(), NoIntrospection: f.noIntrospection, Mutations: f.mutations, BasePath: f.base, Local: local, Hosts: []string{host},
		Scratch: p.scratch,
	})
	if err != nil {
		return err
	}
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", f.addr)
	if err != nil {
		return fmt.Errorf("%w: give another address with --addr, or end what listens there", err)
	}
	fmt.Fprintf(p.stderr, "serving http://%s%s/graphql\n", l.Addr(), f.base)
	if ready != nil {
		ready(l.Addr().String())
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	fmt.Fprintln(p.stderr, "draining")
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	err = s.Shutdown(late)
	if served := <-done; served != nil && !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// checkAddr refuses an address that is none, and one that other machines reach,
// unless that is wanted. instead says what else to do.
func (f *serveFlags) checkAddr(instead string) error {
	_, local, err := f.host()
	if err != nil || local || f.insecure {
		return err
	}
	return usageError{fmt.Errorf("--addr %s would be reached from other machines without sign-in or encryption: %s", f.addr, instead)}
}

// host is the host of the address, and whether only this machine reaches it.
func (f *serveFlags) host() (host string, local bool, err error) {
	host, port, err := net.SplitHostPort(f.addr)
	if err != nil {
		return "", false, usageError{fmt.Errorf("--addr %q: want host:port", f.addr)}
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > math.MaxUint16 {
		return "", false, usageError{fmt.Errorf("--addr %q: want a port from 0, which is any free one, to %d", f.addr, math.MaxUint16)}
	}
	ip := net.ParseIP(host)
	return host, host == "localhost" || (ip != nil && ip.IsLoopback()), nil
}

// logger writes to standard error: as text, or as JSON where that is no terminal.
func (p *program) logger() *slog.Logger {
	if f, ok := p.stderr.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return slog.New(slog.NewTextHandler(p.stderr, nil))
		}
	}
	return slog.New(slog.NewJSONHandler(p.stderr, nil))
}
