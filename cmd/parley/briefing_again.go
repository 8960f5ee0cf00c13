package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/parleydb/parley/graph"
)

// imprint is what a briefing carries, so that it can be computed again: its
// point, and digests of what it says and of its text.
type imprint struct {
	Negotiation string   `json:"negotiation"`
	On          string   `json:"on"`
	KnownOn     string   `json:"knownOn,omitempty"`
	Basis       string   `json:"basis"`
	Policy      string   `json:"policy"`
	Undated     string   `json:"undated,omitempty"` // if not as usual
	Rank        string   `json:"rank"`
	Clearance   string   `json:"clearance"`
	Languages   []string `json:"languages,omitempty"`
	Since       string   `json:"since"`
	Recorded    string   `json:"recorded"` // the newest transaction
	Digest      string   `json:"digest"`   // of what it says, SHA-256
	Text        string   `json:"text"`     // of what is printed below, SHA-256
}

// The imprint stands in a comment on the first line.
const (
	imprintBegin = "<!-- parley briefing 1 "
	imprintEnd   = " -->\n"
)

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// digest is that of all statements, in their order.
func (b *brief) digest() string {
	var w strings.Builder
	for _, p := range b.parts {
		for _, i := range p.items {
			fmt.Fprintf(&w, "%q %q %q\n", i.key, i.label, i.says)
		}
	}
	return digest(w.String())
}

// markdown is a briefing as it is printed.
func (b *brief) markdown(q *inquiry, since string) (string, error) {
	body := b.body()
	p := q.view.Point()
	mark := imprint{Negotiation: q.negotiation.String(), On: q.flags.on, KnownOn: q.flags.knownOn, Basis: p.Basis.String(), Policy: p.Policy.String(), Rank: q.rank.String(),
		Clearance: p.Clearance.String(), Languages: q.languages, Since: since, Recorded: graph.FormatTS(q.view.TS()), Digest: b.digest(), Text: digest(body)}
	if p.Undated != graph.FromRecorded {
		mark.Undated = p.Undated.String()
	}
	line, err := json.Marshal(mark) // leaves no > in it
	return imprintBegin + string(line) + imprintEnd + body, err
}

// readImprint reads an earlier briefing; edited tells that its text is not as it was printed.
func readImprint(file string) (mark imprint, edited bool, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return mark, false, err
	}
	rest, found := strings.CutPrefix(strings.ReplaceAll(string(text), "\r\n", "\n"), imprintBegin)
	line, body, whole := strings.Cut(rest, imprintEnd)
	if !found || !whole || json.Unmarshal([]byte(line), &mark) != nil {
		return mark, false, fmt.Errorf("%s is no briefing: its first line is not the comment that parley briefing writes", file)
	}
	return mark, digest(body) != mark.Text, nil
}

// flags are those by which the earlier briefing was asked for.
func (m *imprint) flags(f *askFlags) *askFlags {
	return &askFlags{data: f.data, negotiation: m.Negotiation, on: m.On, knownOn: m.KnownOn, basis: m.Basis, policy: m.Policy, undated: m.Undated, rank: m.Rank, clearance: f.clearance, languages: m.Languages}
}

// agrees refuses flags that ask for something else than the earlier briefing.
func (m *imprint) agrees(q *inquiry) error {
	p := q.view.Point()
	for _, c := range []struct{ flag, was, is string }{
		{"negotiation", m.Negotiation, q.negotiation.String()}, {"policy", m.Policy, p.Policy.String()},
		{"undated", cmp.Or(m.Undated, graph.FromRecorded.String()), p.Undated.String()}, {"rank", m.Rank, q.rank.String()},
		{"clearance", m.Clearance, p.Clearance.String()},
	} {
		if c.was != c.is {
			return usageError{fmt.Errorf("the earlier briefing has --%s %s: give the same", c.flag, c.was)}
		}
	}
	return nil
}

// runAgain says what of an earlier briefing no longer holds.
func (p *program) runAgain(ctx context.Context, f *briefingFlags) error {
	mark, edited, err := readImprint(f.again)
	if err != nil {
		return err
	}
	if f.negotiation == "" {
		f.negotiation = mark.Negotiation
	}
	return p.inquire(ctx, f.askFlags, func(q *inquiry) error {
		if err := mark.agrees(q); err != nil {
			return err
		}
		a := again{mark: mark, edited: edited, file: f.again, on: f.on}
		if err := a.compute(q); err != nil {
			return err
		}
		_, err := fmt.Fprint(p.stdout, a.body())
		return err
	})
}

// again compares three briefings: the earlier one as it was, one of its day by
// what is known now, and one of the day that is asked of.
type again struct {
	mark     imprint
	edited   bool
	file, on string

	was             brief
	learned, moved  part
	holds, printed  int
	nowKnown, today map[string]*item
}

func (a *again) compute(q *inquiry) error {
	flags := a.mark.flags(q.flags)
	recorded, err := graph.ParseKnownOn(a.mark.Recorded)
	if err != nil {
		return fmt.Errorf("%s: %w", a.file, err)
	}
	point, err := flags.point()
	if err != nil {
		return fmt.Errorf("%s: %w", a.file, err)
	}
	if point.On.To > q.view.Point().On.To {
		return usageError{fmt.Errorf("the earlier briefing is of %s, which is later than --on %s", a.mark.On, a.on)}
	}
	then, err := flags.inquiry(q.ctx, q.db, q.db.At(point).UpTo(recorded))
	if err != nil {
		return err
	}
	window := then.lastDays(contactDays)
	if a.was, err = then.brief(a.mark.Since, window, pages); err != nil {
		return err
	}
	if got := a.was.digest(); got != a.mark.Digest {
		return fmt.Errorf("%s cannot be computed again: at its point this database gives another answer (digest %.12s, not %.12s): "+
			"it was made from another database, by another version of parley, or content was erased since", a.file, got, a.mark.Digest)
	}
	same, today := *q, *q
	same.view, same.flags, same.labels = q.view.On(point.On), flags, map[graph.EntityID]string{}
	now, err := same.brief(a.mark.Since, window, whole)
	if err != nil {
		return err
	}
	window.To = q.view.Point().On.To
	later, err := today.brief(a.mark.Since, window, whole)
	if err != nil {
		return err
	}
	a.nowKnown, a.today = now.items(), later.items()
	a.compare()
	return errors.Join(same.failed, today.failed)
}

// compare sorts what no longer holds by why.
func (a *again) compare() {
	a.learned = part{title: "More is known of that day", none: "Nothing of it is known better by now."}
	a.moved = part{title: "The world moved", none: "Nothing of it has moved since."}
	for _, p := range a.was.parts {
		for _, one := range p.items {
			a.printed++
			now, today := a.nowKnown[one.key], a.today[one.key]
			switch {
			case now == nil || now.says != one.says:
				a.learned.items = append(a.learned.items, differs(&one, now))
			case p.name != "changes" && (today == nil || today.says != one.says):
				a.moved.items = append(a.moved.items, differs(&one, today))
			default:
				a.holds++
			}
		}
	}
}

// differs tells what an item said and what stands instead.
func differs(was, is *item) item {
	label := strings.TrimSuffix(was.label, ":")
	if was.group != "" && was.says != "" {
		label += " on " + was.group
	}
	said := cmp.Or(was.says, was.group)
	d := item{label: label + ":", says: fmt.Sprintf("was “%s”, which is no longer so", said), sources: was.sources}
	if is != nil {
		d.says, d.sources = fmt.Sprintf("was “%s”, is “%s”", said, is.says), is.sources
	}
	return d
}

func (a *again) body() string {
	note := fmt.Sprintf("%d of its %d statements hold. It was computed again at its own point, with the same digest (%.12s).", a.holds, a.printed, a.mark.Digest)
	b := brief{title: fmt.Sprintf("What no longer holds of the briefing of %s, on %s", a.mark.On, a.on), notes: []string{note}, parts: []part{a.learned, a.moved}}
	if a.edited {
		b.notes = append(b.notes, "Its text was edited since it was printed; what is compared is what was computed.")
	}
	return b.body()
}
