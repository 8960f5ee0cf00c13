package graph

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrValue reports a value that its type, enumeration or format does not have.
var ErrValue = errors.New("graph: bad value")

// code is the pattern of every enumeration that an assertion carries: a small
// number whose zero means "not stated", kept on disk, named by a table. New
// names are added at the end; the numbers never change.
type code interface{ ~uint8 }

func codeName[C code](names []string, c C) string {
	if int(c) < len(names) {
		return names[c]
	}
	return fmt.Sprintf("%d", c)
}

func parseCode[C code](what string, names []string, s string) (C, error) {
	if i := slices.Index(names, s); i >= 0 {
		return C(i), nil
	}
	return 0, notOneOf(what, names, s)
}

func notOneOf(what string, names []string, s string) error {
	if names[0] == "" {
		names = names[1:]
	}
	return fmt.Errorf("%w: %s %q: want one of %s", ErrValue, what, s, strings.Join(names, ", "))
}

// validCode refuses numbers that have no name.
func validCode(what string, value uint8, names []string) error {
	if int(value) < len(names) {
		return nil
	}
	return fmt.Errorf("%w: %s number %d", ErrValue, what, value)
}

// Voice tells whose mouth a statement comes from, relative to the holder,
// offeror or agent of the relation that it is about. Not stated for claims
// that have no such party.
type Voice uint8

// The voices.
const (
	VoiceNone Voice = iota
	Self
	OwnSide
	OtherParty
	ThirdParty
	Narrator
	Analyst
)

var voices = []string{"", "SELF", "OWN_SIDE", "OTHER_PARTY", "THIRD_PARTY", "NARRATOR", "ANALYST"}

// ParseVoice reads a voice by its name; the empty string is VoiceNone.
func ParseVoice(s string) (Voice, error) { return parseCode[Voice]("voice", voices, s) }

func (v Voice) String() string { return codeName(voices, v) }

// Level is the attribution level under which a speaker let himself be quoted
// (The Associated Press: statement of news values and principles).
type Level uint8

// The attribution levels.
const (
	LevelNone Level = iota
	OnRecord
	Background
	DeepBackground
	OffRecord
	Unattributed
)

var levels = []string{"", "ON_RECORD", "BACKGROUND", "DEEP_BACKGROUND", "OFF_RECORD", "UNATTRIBUTED"}

// ParseLevel reads an attribution level by its name; the empty string is LevelNone.
func ParseLevel(s string) (Level, error) { return parseCode[Level]("level", levels, s) }

func (l Level) String() string { return codeName(levels, l) }

// Quote tells how close the document's words are to the speaker's.
type Quote uint8

// The quote kinds.
const (
	QuoteNone Quote = iota
	Verbatim
	Partial
	Indirect
	Paraphrase
	Translated
)

var quotes = []string{"", "VERBATIM", "PARTIAL", "INDIRECT", "PARAPHRASE", "TRANSLATED"}

// ParseQuote reads a quote kind by its name; the empty string is QuoteNone.
func ParseQuote(s string) (Quote, error) { return parseCode[Quote]("quote", quotes, s) }

func (q Quote) String() string { return codeName(quotes, q) }

// Modality tells in which mode the document speaks of what it reports.
type Modality uint8

// The modalities.
const (
	ModalityNone Modality = iota
	Stated
	Happened
	Ongoing
	Planned
	Offered
	Demanded
	Accepted
	Rejected
	DeniedModality
	ConditionalModality
	Predicted
	Opinion
	ReportedPossible
)

var modalities = []string{"", "STATED", "HAPPENED", "ONGOING", "PLANNED", "OFFERED", "DEMANDED", "ACCEPTED", "REJECTED",
	"DENIED", "CONDITIONAL", "PREDICTED", "OPINION", "REPORTED_POSSIBLE"}

// ParseModality reads a modality by its name; the empty string is ModalityNone.
func ParseModality(s string) (Modality, error) {
	return parseCode[Modality]("modality", modalities, s)
}

func (m Modality) String() string { return codeName(modalities, m) }

// Wording is the strength of wording on the page, as published: it is not
// anybody's grade of the claim.
type Wording uint8

// The wordings.
const (
	WordingNone Wording = iota
	ConfirmedWording
	SaidWording
	ReportedWording
	AllegedWording
	ClaimedWording
	UnconfirmedWording
	HedgedWording
)

var wordings = []string{"", "CONFIRMED", "SAID", "REPORTED", "ALLEGED", "CLAIMED", "UNCONFIRMED", "HEDGED"}

// ParseWording reads a wording by its name; the empty string is WordingNone.
func ParseWording(s string) (Wording, error) { return parseCode[Wording]("wording", wordings, s) }

func (w Wording) String() string { return codeName(wordings, w) }

// Factuality is how certain the speaker presents what he says.
type Factuality uint8

// The factualities.
const (
	FactualityNone Factuality = iota
	Certain
	Probable
	Possible
	FactualityUnknown
)

var factualities = []string{"", "CERTAIN", "PROBABLE", "POSSIBLE", "UNKNOWN"}

// ParseFactuality reads a factuality by its name; the empty string is FactualityNone.
func ParseFactuality(s string) (Factuality, error) {
	return parseCode[Factuality]("factuality", factualities, s)
}

func (f Factuality) String() string { return codeName(factualities, f) }

// Rank is a curator's preference among assertions (Wikibase data model). The
// zero Rank is NORMAL.
type Rank uint8

// The ranks.
const (
	Normal Rank = iota
	Preferred
	Deprecated
)

var ranks = []string{"NORMAL", "PREFERRED", "DEPRECATED"}

// ParseRank reads a rank by its name; the empty string is Normal.
func ParseRank(s string) (Rank, error) {
	if s == "" {
		return Normal, nil
	}
	return parseCode[Rank]("rank", ranks, s)
}

func (r Rank) String() string { return codeName(ranks, r) }

// AtLeast tells whether r is as good as s: PREFERRED, then NORMAL, then DEPRECATED.
func (r Rank) AtLeast(s Rank) bool { return r.order() >= s.order() }

func (r Rank) order() int { return [...]int{Normal: 1, Preferred: 2, Deprecated: 0}[r] }

// Status is where an assertion stands in review. The zero Status is ACCEPTED.
type Status uint8

// The statuses.
const (
	AcceptedStatus Status = iota
	Proposed
	Dissent
	RejectedStatus
)

var statuses = []string{"ACCEPTED", "PROPOSED", "DISSENT", "REJECTED"}

// ParseStatus reads a status by its name; the empty string is AcceptedStatus.
func ParseStatus(s string) (Status, error) {
	if s == "" {
		return AcceptedStatus, nil
	}
	return parseCode[Status]("status", statuses, s)
}

func (s Status) String() string { return codeName(statuses, s) }

// Marking is a Traffic Light Protocol 2.0 label (FIRST). A reader sees what is
// marked at or below the reader's clearance. The zero Marking is TLP:CLEAR.
type Marking uint8

// The markings, from the most open to the most closed.
const (
	Clear Marking = iota
	Green
	Amber
	AmberStrict
	Red
)

var markings = []string{"TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"}

// ParseMarking reads a marking by its name in upper or lower case, with or
// without "TLP:"; the empty string is Clear.
func ParseMarking(s string) (Marking, error) {
	if s == "" {
		return Clear, nil
	}
	name := "TLP:" + strings.TrimPrefix(strings.ToUpper(s), "TLP:")
	if i := slices.Index(markings, name); i >= 0 {
		return Marking(i), nil
	}
	return 0, notOneOf("marking", markings, s)
}

func (m Marking) String() string { return codeName(markings, m) }

// Reliability of a source (Admiralty code, STANAG 2511): A to E, and F for
// "cannot be judged", which is not the worst but outside the order.
type Reliability byte

// ParseReliability reads A to F; the empty string is 0, not given.
func ParseReliability(s string) (Reliability, error) {
	if s == "" {
		return 0, nil
	}
	if len(s) != 1 || s[0] < 'A' || s[0] > 'F' {
		return 0, fmt.Errorf("%w: reliability %q: want A to F", ErrValue, s)
	}
	return Reliability(s[0]), nil
}

func (r Reliability) String() string { return strings.Trim(string(rune(r)), "\x00") }

// Credibility of an item of information (Admiralty code, STANAG 2511): 1 to 5,
// and 6 for "cannot be judged", outside the order; rated independently of the
// source's reliability. 0 is not given.
type Credibility uint8

// Grade is a recorder's judgement of one assertion.
type Grade struct {
	Reliability Reliability
	Credibility Credibility
}

func (g Grade) valid() error {
	if g.Reliability != 0 && (g.Reliability < 'A' || g.Reliability > 'F') || g.Credibility > 6 {
		return fmt.Errorf("%w: grade %q/%d: want A to F and 1 to 6", ErrValue, g.Reliability.String(), g.Credibility)
	}
	return nil
}
