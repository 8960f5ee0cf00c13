package server

import (
	stdjson "encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/parleydb/parley/server/exec"
)

// request is what a client asks, as GraphQL over HTTP has it.
type request struct {
	Query         *string        `json:"query"`
	OperationName *string        `json:"operationName"`
	Variables     map[string]any `json:"variables"`
	Extensions    map[string]any `json:"extensions"`

	hash string // by which the query wants to be kept
}

// read reads a request.
func (s *Server) read(w http.ResponseWriter, r *http.Request) (*request, int, *fault) {
	var rq *request
	var status int
	var f *fault
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		rq, f = fromURL(r.URL)
		status = http.StatusBadRequest
	case http.MethodPost:
		rq, status, f = s.fromBody(w, r)
	default:
		w.Header().Set("Allow", "GET, HEAD, POST")
		return nil, http.StatusMethodNotAllowed, faultf(exec.CodeRequest, "use GET or POST")
	}
	if f == nil {
		status, f = http.StatusBadRequest, s.queries.complete(rq)
	}
	return rq, status, f
}

func fromURL(u *url.URL) (*request, *fault) {
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, faultf(exec.CodeRequest, "the address cannot be read: %v", err)
	}
	rq := &request{}
	for name, list := range values {
		if len(list) > 1 {
			return nil, faultf(exec.CodeRequest, "parameter %q is given twice", clip(name))
		}
		if f := rq.set(name, list[0]); f != nil {
			return nil, f
		}
	}
	return rq, nil
}

// set takes one parameter of an address.
func (rq *request) set(name, value string) *fault {
	switch name {
	case "query":
		rq.Query = &value
	case "operationName":
		rq.OperationName = &value
	case "variables":
		return decode([]byte(value), &rq.Variables, name)
	case "extensions":
		return decode([]byte(value), &rq.Extensions, name)
	}
	return nil
}

func (s *Server) fromBody(w http.ResponseWriter, r *http.Request) (*request, int, *fault) {
	if f := contentType(r.Header); f != nil {
		return nil, http.StatusUnsupportedMediaType, f
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.limits.Body))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return nil, http.StatusRequestEntityTooLarge, faultf(exec.CodeLimit, "the body has more than %d bytes", s.limits.Body)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, http.StatusRequestTimeout, faultf(exec.CodeTime, "the body did not come in time")
	}
	if err != nil {
		return nil, http.StatusBadRequest, faultf(exec.CodeRequest, "the body broke off")
	}
	rq := &request{}
	if f := decode(body, rq, "body"); f != nil {
		return nil, http.StatusBadRequest, f
	}
	return rq, 0, nil
}

// contentType accepts JSON in UTF-8, not compressed.
func contentType(h http.Header) *fault {
	media, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	charset := params["charset"]
	switch {
	case strings.HasPrefix(media, "multipart/"):
		return faultf(exec.CodeRequest, "files cannot be sent, and multipart requests are not read: send the request as %s", mediaJSON)
	case err != nil || media != mediaJSON:
		return faultf(exec.CodeRequest, "send the request as %s", mediaJSON)
	case charset != "" && !strings.EqualFold(charset, "utf-8"):
		return faultf(exec.CodeRequest, "send the request in UTF-8")
	case h.Get("Content-Encoding") != "" && !strings.EqualFold(h.Get("Content-Encoding"), "identity"):
		return faultf(exec.CodeRequest, "send the request uncompressed")
	}
	return nil
}

// decode reads JSON, which must be UTF-8 without half surrogate pairs and must
// not give a name twice.
func decode(text []byte, into any, what string) *fault {
	err := json.Unmarshal(text, into, json.WithUnmarshalers(numbers))
	if err == nil {
		return nil
	}
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		return faultf(exec.CodeRequest, "%s is not JSON: at byte %d: %v", what, syntax.ByteOffset, syntax.Err)
	}
	var semantic *json.SemanticError
	if errors.As(err, &semantic) && semantic.JSONPointer == "" && semantic.JSONKind == '[' {
		return faultf(exec.CodeRequest, "%s: want a JSON object, not an array: there are no batches, so send each operation as a request of its own", what)
	}
	if semantic != nil && semantic.JSONPointer == "" {
		return faultf(exec.CodeRequest, "%s: want a JSON object, not %s", what, article[semantic.JSONKind])
	}
	if semantic != nil {
		return faultf(exec.CodeRequest, "%s: %q is of the wrong type", what, clip(string(semantic.JSONPointer)))
	}
	return faultf(exec.CodeRequest, "%s is not JSON", what)
}

// numbers keeps the numbers of variables as they are written: as float64, an id
// of more than 53 bits would become another.
var numbers = json.UnmarshalFromFunc(func(d *jsontext.Decoder, into *any) error {
	if d.PeekKind() != '0' {
		return errors.ErrUnsupported
	}
	v, err := d.ReadValue()
	*into = stdjson.Number(v)
	return err
})

// article names the kinds of JSON values that are no objects.
var article = map[jsontext.Kind]string{'[': "an array", '"': "a string", '0': "a number", 't': "true", 'f': "false", 'n': "null"}
