package server

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/parleydb/parley/server/exec"
)

// queries are kept for clients that send no more than a hash, after the
// protocol of automatic persisted queries: the last used ones, up to so many
// bytes. Only a query that was executed is kept.
type queries struct {
	limit int
	mu    struct {
		sync.Mutex
		bytes int
		kept  *simplelru.LRU[string, string]
	}
}

// mostQueries bounds how many are kept, however short they are.
const mostQueries = 10_000

func newQueries(limit int) *queries {
	q := &queries{limit: limit}
	q.mu.kept, _ = simplelru.NewLRU(mostQueries, func(_, query string) { q.mu.bytes -= len(query) }) // fails for sizes below 1
	return q
}

// complete gives a request the query that its hash stands for, and holds a
// query against its hash.
func (q *queries) complete(rq *request) *fault {
	extension, given := rq.Extensions["persistedQuery"]
	if given && extension != nil {
		hash, f := hashOf(extension)
		if f != nil {
			return f
		}
		if rq.Query == nil {
			return q.find(rq, hash)
		}
		if sum := sha256.Sum256([]byte(*rq.Query)); hash != hex.EncodeToString(sum[:]) {
			return faultf(codeMismatch, "PersistedQueryMismatch: sha256Hash is not the SHA-256 of the query")
		}
		rq.hash = hash
	}
	if rq.Query == nil {
		return faultf(exec.CodeRequest, "the request has no query")
	}
	return nil
}

// hashOf reads the extension persistedQuery.
func hashOf(extension any) (string, *fault) {
	members, _ := extension.(map[string]any)
	if version, _ := members["version"].(json.Number); version != "1" {
		return "", faultf(exec.CodeRequest, `extensions.persistedQuery: want {"version": 1, "sha256Hash": …}`)
	}
	hash, _ := members["sha256Hash"].(string)
	if b, err := hex.DecodeString(hash); err != nil || len(b) != sha256.Size {
		return "", faultf(exec.CodeRequest, "extensions.persistedQuery.sha256Hash: want the SHA-256 of the query as %d hexadecimal digits", 2*sha256.Size)
	}
	return strings.ToLower(hash), nil
}

func (q *queries) find(rq *request, hash string) *fault {
	q.mu.Lock()
	defer q.mu.Unlock()
	query, ok := q.mu.kept.Get(hash)
	if !ok {
		return faultf(codeNotPersisted, "PersistedQueryNotFound") // clients compare the message
	}
	rq.Query = &query
	return nil
}

// keep keeps the query of a request that came with a hash.
func (q *queries) keep(rq *request) {
	if rq.hash == "" || len(*rq.Query) > q.limit {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.mu.kept.Contains(rq.hash) {
		return
	}
	q.mu.kept.Add(rq.hash, *rq.Query)
	for q.mu.bytes += len(*rq.Query); q.mu.bytes > q.limit; {
		q.mu.kept.RemoveOldest()
	}
}
