package server

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/kv"
)

// Proof is what a pack was found to prove: that the query has this answer by
// the excerpt, and that the excerpt is part of the change log with this head.
// That the log has nothing else to say is not proven: an excerpt tells of what
// was read for its own query. When it was made, and at which point it was asked where
// another one gives the same answer, is its maker's word.
type Proof struct {
	Question
	KnownOn graph.TS  // the newest transaction that the answer knows
	Made    time.Time // by the clock of the database
	Answer  []byte    // JSON
	Log     graph.Dumped
}

// PackError tells what is wrong with a pack.
type PackError struct{ Msg string }

func (e *PackError) Error() string { return "server: evidence pack: " + e.Msg }

// IsPack tells by its beginning whether a text is a pack.
func IsPack(begin []byte) bool { return bytes.HasPrefix(begin, []byte(`{"parleyEvidence":`)) }

// VerifyPack proves a pack: it makes a database of the excerpt in an empty
// store, asks the query again as of the moment when the pack was made, and
// compares the answers byte for byte. A head of the log that was kept
// elsewhere, if given, must be the excerpt's own (graph.VerifyDump).
func VerifyPack(ctx context.Context, empty kv.Store, r io.Reader, opts *VerifyOptions) (*Proof, error) {
	if opts == nil {
		opts = &VerifyOptions{}
	}
	return asker(opts.Limits).prove(ctx, empty, r, opts.Head)
}

func (s *Server) prove(ctx context.Context, empty kv.Store, r io.Reader, log string) (*Proof, error) {
	text := bufio.NewReader(r)
	head, err := readHead(text)
	if err != nil {
		return nil, err
	}
	p := &Proof{Made: head.Made, Answer: head.Answer}
	p.Question, p.KnownOn, err = head.question()
	if err != nil {
		return nil, &PackError{"its first line: " + graph.Message(err)}
	}
	db, done, err := graph.OpenExcerpt(ctx, empty, text, &graph.Options{Now: func() time.Time { return head.Made }})
	if err != nil {
		return nil, fmt.Errorf("server: evidence pack: its log: %w", err)
	}
	if p.Log = done; log != "" && log != done.Head {
		return nil, &PackError{fmt.Sprintf("its log has the head %s, want %s: it is part of another log, or was written anew", done.Head, log)}
	}
	if p.KnownOn > done.Newest {
		return nil, &PackError{fmt.Sprintf("its first line tells of %s, its log ends with %s", graph.FormatTS(p.KnownOn), graph.FormatTS(done.Newest))}
	}
	return p, s.again(ctx, db, p, head)
}

// VerifyOptions of a proof; nil works.
type VerifyOptions struct {
	Head   string // of the log, as it was kept elsewhere; "": any
	Limits Limits
}

// maxHead bounds the first line of a pack.
const maxHead = 64 << 20

func readHead(text *bufio.Reader) (*packHead, error) {
	var line []byte
	for {
		part, err := text.ReadSlice('\n')
		line = append(line, part...)
		if err == nil {
			break
		}
		if err != bufio.ErrBufferFull || len(line) > maxHead {
			return nil, &PackError{"it does not begin with a line of its own: want {\"parleyEvidence\":1, …}"}
		}
	}
	return parseHead(line)
}

func parseHead(line []byte) (*packHead, error) {
	var of struct {
		Version int `json:"parleyEvidence"`
	}
	if !IsPack(line) {
		return nil, &PackError{"its first line does not begin with {\"parleyEvidence\": it is something else, such as a dump"}
	}
	if err := json.Unmarshal(line, &of); err == nil && of.Version != packVersion {
		return nil, &PackError{fmt.Sprintf("it is of version %d: this program knows version %d", of.Version, packVersion)}
	}
	if at := bytes.LastIndex(line, []byte(beforeSum)); at < 0 || !bytes.Equal(summed(line[:at]), line) {
		return nil, &PackError{"its first line was altered: it does not have its hash"}
	}
	var head packHead
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	d.UseNumber()
	err := d.Decode(&head)
	if _, more := d.Token(); err == nil && more != io.EOF {
		err = errors.New("something stands behind the object")
	}
	if err != nil {
		return nil, &PackError{"its first line: " + err.Error()}
	}
	return &head, nil
}

// question reads what the first line says of the query and its point.
func (h *packHead) question() (q Question, knownOn graph.TS, err error) {
	q = Question{Query: h.Query, Operation: h.Operation, Variables: h.Variables, On: h.On, Languages: h.Languages}
	if q.Policy, err = graph.ParsePolicy(h.Policy); err != nil {
		return q, 0, err
	}
	if q.Undated, err = graph.ParseUndated(cmp.Or(h.Undated, graph.FromRecorded.String())); err != nil {
		return q, 0, err
	}
	if q.Clearance, err = graph.ParseMarking(h.Clearance); err != nil {
		return q, 0, err
	}
	if _, err = graph.ParseBasis(h.Basis); err != nil {
		return q, 0, err
	}
	knownOn, err = graph.Recorded.KnownOn(h.KnownOn)
	return q, knownOn, err
}

// again asks the query of the excerpt.
func (s *Server) again(ctx context.Context, db *graph.DB, p *Proof, head *packHead) error {
	point := graph.Point{Policy: p.Policy, Undated: p.Undated, Clearance: p.Clearance}
	if p.On != "" {
		on, err := graph.ParseOn(p.On)
		if err != nil {
			return &PackError{"its first line: " + graph.Message(err)}
		}
		point.On = on
	}
	answer, err := s.askAt(ctx, db, db.At(point).UpTo(p.KnownOn), head)
	if err != nil {
		return fmt.Errorf("server: evidence pack: asked again: %w", err)
	}
	if !bytes.Equal(answer, head.Answer) {
		return &PackError{fmt.Sprintf("asked again, the query has another answer, from byte %d on: %s", differ(answer, head.Answer), near(answer, differ(answer, head.Answer)))}
	}
	return nil
}

// differ is where two texts begin to differ.
func differ(a, b []byte) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// near is what stands around a byte of a text.
func near(text []byte, at int) string {
	return string(bytes.ToValidUTF8(text[max(0, at-40):min(len(text), at+40)], nil))
}
