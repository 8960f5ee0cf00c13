package schema

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/parleydb/parley/graph"
)

// EntityFields are the fields that every entity has in the API, and
// RelationFields those that every relation has beside them.
var (
	EntityFields = []string{"id", "kind", "name", "label", "names", "externalIds", "saidBy", "flags", "sources", "claims", "assertions", "history",
		"representatives", "standsFor", "at"}
	RelationFields = []string{"date", "since", "age", "inItsOwnWords", "notStated", "through"}
)

// NegotiationFields are the fields by which a negotiation tells its state.
var NegotiationFields = []string{"matrix", "cell", "instruments", "deadlines", "conditions", "contacts", "conflicts", "changes", "gap", "pulse",
	"draftText", "travel", "transitions", "anomalies"}

// talks is the kind that has them.
const talks = "Negotiation"

// Names that the API has for itself.
var (
	// what could not be told from a name, or from the start of validity
	words = []string{"alias", "aliases", "start", "__typename", "and", "or", "not"}
	// the arguments of every list, beside those for its kind's roles, links and enumerations
	arguments = []string{"on", "knownOn", "basis", "policy", "undated", "at", "filter", "orderBy", "groupBy", "first", "after", "last", "before",
		"as", "rollUp"}
	// the root fields that belong to no kind
	roots = []string{"node", "nodes", "entity", "entities", "claims", "neighbors", "history", "changes", "stats", "path", "subgraph", "counts",
		"standsFor", "proposals", "search", "matrix", "cell", "instrumentsOf", "deadlinesOf", "conditionsOf", "contacts", "conflicts", "changesOf", "gap",
		"pulse", "draftText", "travel", "transitions", "anomalies"}
	// the types that belong to no kind
	types = []string{"Query", "Mutation", "Subscription", "Node", "Entity", "Relation", "OtherEntity", "Claim", "Source", "Assertion", "Speaker", "Name",
		"Flag", "Neighbor", "Change", "Changes", "Stats", "Axis", "Basis", "Direction", "Policy", "Undated", "OrderDirection", "Point", "AtInput", "PageInfo", "Aggregate", "AggregateGroup", "AggregateKey",
		"Representative", "Tie", "Filling", "Path", "Subgraph", "SubgraphEntity", "SubgraphEdge", "Count", "Proposal", "Transaction", "TransactionResult", "Closing", "Rank", "Reliability",
		"EDTF", "Date", "DateTime", "Locale", "ID", "Int", "Float", "String", "Boolean", "EntityFilter", "StringFilter", "IntFilter",
		"FloatFilter", "BooleanFilter", "DateFilter", "EntityListFilter", "ActInput", "DocumentInput", "NewDocumentInput", "RelationInput", "FieldInput",
		"ValueInput", "ClaimInput", "ChangesFilter", "Level", "Quote", "Modality", "Wording", "Factuality", "SaidInput", "AssertionVoice", "Marking", "Outcome",
		"AmountRange", "Attendance", "AwaitedAnswer", "Cell", "CellStatus", "ChangeGroup", "ChangeKind", "ConditionAnswer", "Conflict", "ConflictSide",
		"Contact", "Contacts", "DeadlineAnswer", "DeadlineStatus", "Deadlines", "Disagreement", "DraftCell", "DraftRow", "DraftStep", "DraftText",
		"DraftVersionAnswer", "Gap", "GapDistance", "GapMissing", "GapMove", "GapReason", "GapSide", "GapTurn", "Gaps", "Hop", "InstrumentAnswer", "LedgerEntry", "Matrix",
		"MatrixRow", "Momentum", "Move", "Movement", "NegotiationChange", "NegotiationChanges", "Oddity", "Opinion", "PointChange", "Pulse", "Reach", "Reason",
		"Schedule", "Silence", "TextChange", "Transition", "Travel", "Turn", "Unlocking", "Wait", "Waiting", "WaitingCircle", "WordChange", "Words",
		"Zone"}
	// what the names of the types that go with a kind end in
	endings = []string{"Connection", "Edge", "Filter", "ListFilter", "Order", "OrderField", "Group", "Role"}
)

// Clash is a name of an ontology that the API has for something else.
type Clash struct {
	Kind     string // of the ontology, or an enumeration
	Property string // "": the kind itself
	Msg      string
}

// CheckNames refuses an ontology with a clash, and tells of all of them.
func CheckNames(o *graph.Ontology) error {
	var errs []error
	for _, c := range Clashes(o) {
		errs = append(errs, fmt.Errorf("schema: ontology %s %s: %s", o.Name, o.Version, c.Msg))
	}
	return errors.Join(errs...)
}

// Clashes lists the names of an ontology that the API cannot show, each with
// what to call it instead.
func Clashes(o *graph.Ontology) []Clash {
	c := &clashes{fields: map[string]string{}, types: map[string]string{}}
	for _, name := range roots {
		c.fields[name] = "the field " + name + " of the API"
	}
	for _, name := range types {
		c.types[name] = "the type " + name + " of the API"
	}
	for i := range o.Kinds {
		c.kind(o, &o.Kinds[i])
	}
	for _, e := range o.Enums {
		for _, name := range []string{e.Name, e.Name + "Filter"} {
			c.takeType(e.Name, "", name, "the enumeration "+e.Name)
		}
	}
	return c.list
}

type clashes struct {
	list          []Clash
	fields, types map[string]string // what has a name
}

func (c *clashes) add(kind, property, format string, args ...any) {
	c.list = append(c.list, Clash{kind, property, fmt.Sprintf(format, args...)})
}

// kind takes the names that go with a kind.
func (c *clashes) kind(o *graph.Ontology, k *graph.Kind) {
	what := "the kind " + k.Name
	c.takeType(k.Name, "", k.Name, what)
	for _, ending := range endings {
		c.takeType(k.Name, "", k.Name+ending, what)
	}
	c.takeType(k.Name, "", "Assert"+k.Name+"Input", what)
	c.takeType(k.Name, "", "Other"+k.Name, what)
	list := Many(k)
	for _, name := range []string{One(k.Name), list, list + "Connection", list + "Aggregate"} {
		if other, ok := c.fields[name]; ok && (other != what || name == list) {
			c.add(k.Name, "", "%s would be the field %s, which is %s: rename it, such as to %sKind, or give it another plural", what, name, other, k.Name)
		}
		c.fields[name] = what
	}
	for i := range k.Properties {
		c.property(k, &k.Properties[i])
	}
	c.part(o, k)
}

// part holds what a kind's relations to a negotiation would be called against
// the fields that tell of its state.
func (c *clashes) part(o *graph.Ontology, k *graph.Kind) {
	leads := slices.ContainsFunc(k.Properties, func(p graph.Property) bool {
		return slices.ContainsFunc(p.Targets, func(t string) bool { return o.IsA(talks, t) })
	})
	if list := Many(k); leads && o.Kind(talks) != nil && slices.Contains(NegotiationFields, list) {
		c.add(k.Name, "", "the kind %s would be the field %s of a negotiation, which tells of its state: give it another plural", k.Name, list)
	}
}

func (c *clashes) takeType(kind, property, name, what string) {
	if other, ok := c.types[name]; ok && other != what {
		c.add(kind, property, "%s would be the type %s, which is %s: rename it, such as to %sKind", what, name, other, kind)
		return
	}
	c.types[name] = what
}

// property holds a property's names against those of the API. A kind of
// entities may have an attribute "kind": it is shown apart from the others.
func (c *clashes) property(k *graph.Kind, p *graph.Property) {
	if p.Name == graph.PropertyName || p.Name == graph.PropertyAlias {
		return
	}
	taken := slices.Concat(EntityFields, words)
	if k.Relation {
		taken = append(taken, RelationFields...)
	}
	if k.Name == talks {
		taken = append(taken, NegotiationFields...)
	}
	if p.Type == graph.Reference || p.Type == graph.Code {
		taken = append(taken, arguments...)
	}
	for _, name := range []string{p.Name, Field(p)} {
		if slices.Contains(taken, name) && (name != "kind" || k.Relation || p.Type == graph.Reference) {
			c.add(k.Name, p.Name, "%s.%s: the API has a field or an argument %s: choose another name, such as %s", k.Name, p.Name, name, One(k.Name)+strings.ToUpper(p.Name[:1])+p.Name[1:])
			return
		}
	}
}
