package server

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleydb/parley/server/exec"
)

// listen serves on a port of this machine and gives its address.
func listen(t *testing.T, s *Server) (address string, served <-chan error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	return "http://" + l.Addr().String(), done
}

func TestShutdown(t *testing.T) {
	s := testServer(t, Options{})
	address, served := listen(t, s)
	status := func(path string) int {
		r, err := http.Get(address + path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		return r.StatusCode
	}
	if status("/healthz") != 200 || status("/readyz") != 200 {
		t.Error("not ready")
	}
	r, err := http.Post(address+"/graphql", "application/json", strings.NewReader(simple))
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(r.Body)
	r.Body.Close()
	if string(body) != `{"data":{"node":{"id":"7"}}}` {
		t.Error(string(body))
	}
	if err := s.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
	if err := s.Shutdown(t.Context()); err != nil {
		t.Errorf("a second time: %v", err)
	}
}

func TestDrainingIsNotReady(t *testing.T) {
	s := testServer(t, Options{})
	s.draining.Store(true)
	r, _ := http.NewRequest(http.MethodGet, "/readyz", nil)
	if got := send(t, s, r); got.Status != http.StatusServiceUnavailable {
		t.Errorf("ready: %d", got.Status)
	}
	r, _ = http.NewRequest(http.MethodGet, "/healthz", nil)
	if got := send(t, s, r); got.Status != http.StatusOK {
		t.Errorf("healthy: %d", got.Status)
	}
}

// A request that does not end in time is cut off, and has left the database
// when Shutdown returns.
func TestShutdownCutsOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := testServer(t, Options{Limits: Limits{Time: time.Hour}})
		done := make(chan *reply, 1)
		go func() { done <- send(t, s, post(`{"query":"{ wait }"}`)) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		synctest.Wait()
		select {
		case got := <-done:
			if got.code() != exec.CodeTime {
				t.Error(got.Body)
			}
		default:
			t.Error("still running after Shutdown")
		}
		if got := send(t, s, post(simple)); got.Status != http.StatusServiceUnavailable {
			t.Errorf("after Shutdown: %d %s", got.Status, got.Body)
		}
	})
}
