package server

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"
)

// write sends a response.
func write(w http.ResponseWriter, media string, r *response) {
	h := w.Header()
	h.Add("Vary", "Accept, Accept-Language")
	h.Set("Cache-Control", "no-store")
	if r.etag != "" {
		h.Set("ETag", r.etag)
		h.Set("Cache-Control", "private, no-cache") // to be kept, and asked for again with the tag
	}
	if r.status != http.StatusNotModified {
		h.Set("Content-Type", media+"; charset=utf-8")
		h.Set("Content-Length", strconv.Itoa(len(r.body)))
	}
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body) // the client has gone: nobody is left to tell
}

// compressed has answers sent as zstd or gzip where the client takes it and
// they are not too small to gain by it.
func compressed(next http.Handler) (http.Handler, error) {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(compressFrom), gzhttp.CompressionLevel(gzip.BestSpeed), gzhttp.ContentTypes([]string{mediaGraphQL, mediaJSON, mediaPack}))
	if err != nil {
		return nil, err
	}
	return wrap(next), nil
}

// compressFrom is the size of a packet: what fits into one arrives no sooner
// when it is smaller.
const compressFrom = 1400

// etag names an answer by what it says. It is weak, since the answer may be
// sent compressed.
func etag(body []byte) string {
	sum := sha256.Sum256(body)
	return `W/"` + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"`
}

// unchanged tells whether a client has an answer already.
func unchanged(h http.Header, etag string) bool {
	for _, header := range h.Values("If-None-Match") {
		for tag := range strings.SplitSeq(header, ",") {
			tag = strings.TrimSpace(tag)
			if tag == "*" || strings.TrimPrefix(tag, "W/") == strings.TrimPrefix(etag, "W/") {
				return true
			}
		}
	}
	return false
}
