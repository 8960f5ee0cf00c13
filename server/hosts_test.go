package server

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// A page of another site, whose name leads here, asks under that name.
func TestHosts(t *testing.T) {
	s := testServer(t, Options{Local: true, Hosts: []string{"desk.example"}})
	address, served := listen(t, s)
	for host, status := range map[string]int{
		"localhost": 200, "LOCALHOST:8080": 200, "localhost.": 200, "127.0.0.1:1": 200, "127.8.9.1": 200, "[::1]:8080": 200, "[::1]": 200,
		"desk.example:8080": 200, "Desk.Example": 200,
		"evil.example": 421, "evil.example:8080": 421, "localhost.evil.example": 421, "127.0.0.1.evil.example": 421, "10.0.0.1": 421, "0.0.0.0": 421,
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/graphql", strings.NewReader(simple))
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		r.Header.Set("Content-Type", "application/json")
		got, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(got.Body)
		got.Body.Close()
		if got.StatusCode != status || (status == 421) != strings.Contains(string(body), "address it as localhost") {
			t.Errorf("Host %s: %d, want %d: %s", host, got.StatusCode, status, body)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// Without Local, a server answers under any name.
func TestAnyHost(t *testing.T) {
	r := post(simple)
	r.Host = "parley.example"
	if got := send(t, testServer(t, Options{}), r); got.Status != 200 {
		t.Errorf("%d: %s", got.Status, got.Body)
	}
}
