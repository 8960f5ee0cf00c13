package gqlschema

import (
	"github.com/graphql-go/graphql"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// wordsOf is the enumeration of words that an answer has.
func wordsOf[T ~string](b *builder, name, doc string, words ...T) *graphql.Enum {
	if b.enums[name] == nil {
		var values []enumValue
		for _, w := range words {
			values = append(values, enumValue{string(w), string(w), ""})
		}
		b.enums[name] = enumOf(name, doc, values...)
	}
	return b.enums[name]
}

// word is a word as its enumeration has it, or nothing.
func word[T ~string](w T) any { return stated(string(w)) }

func (b *builder) voiceEnum() *graphql.Enum {
	return b.declared("Voice", "SELF", "OWN_SIDE", "OTHER_PARTY", "THIRD_PARTY", "NARRATOR", "ANALYST")
}

// declared is an enumeration of the ontology, or, where it has none of the
// name, one of the words given.
func (b *builder) declared(name string, words ...string) *graphql.Enum {
	if e := b.ontology.Enum(name); e != nil {
		return b.enum(e)
	}
	return wordsOf(b, name, "", words...)
}

// reasonEnum says why something is not known.
func (b *builder) reasonEnum() *graphql.Enum {
	if b.enums["Reason"] == nil {
		b.enums["Reason"] = enumOf("Reason", "Why something is not known, or not shown.",
			enumValue{"NO_POSITION", "NO_POSITION", "Nobody said anything of it."},
			enumValue{"ONLY_PREDICTIONS", "ONLY_PREDICTIONS", "Somebody said what it will be."},
			enumValue{"NO_DOCUMENT", "NO_DOCUMENT", "Nothing at all was known by then."},
			enumValue{"NO_CONTACT", "NO_CONTACT", "None is recorded, which does not mean that there was none."},
			enumValue{"NOT_SEEN", "NOT_SEEN", "Documents are known, and none tells of it."},
			enumValue{"NOT_RECORDED", "NOT_RECORDED", "Documents were known, and none that still counts told of it."},
			enumValue{"WITHDRAWN", "WITHDRAWN", "What told of it is no longer relied on."},
			enumValue{"ENDED", "ENDED", "A source dates its end."},
			enumValue{"ONLY_DENIED", "ONLY_DENIED", "All that is said of it are denials."})
	}
	return b.enums["Reason"]
}

func (b *builder) cellStatusEnum() *graphql.Enum {
	return wordsOf(b, "CellStatus", "How sure something is, the first that fits.", negotiation.Unknown, negotiation.Contested, negotiation.Stale,
		negotiation.Stated, negotiation.Inferred, negotiation.Reported)
}

func (b *builder) conflictKindEnum() *graphql.Enum {
	return b.declared("ConflictKind", "NEGATION", "VALUE", "TEMPORAL", "FORUM", "QUOTE_VARIANT", "ATTRIBUTION")
}

func (b *builder) changeKindEnum() *graphql.Enum {
	return wordsOf(b, "ChangeKind", "In what way something became different.", graph.WorldChange, graph.LateReport, graph.Correction, graph.Retraction,
		graph.NewSource, graph.StateTransition, graph.ConfidenceOnly, graph.Identity)
}

func (b *builder) deadlineStatusEnum() *graphql.Enum {
	return enumOfOnce(b, "DeadlineStatus", "How a deadline stands on the day. That a date has passed says nothing of what came of it.",
		enumValue{"DUE", "DUE", "The date is still to come."},
		enumValue{"DATE_PASSED", "DATE_PASSED", "The date has passed; no source says what came of it."},
		enumValue{"REVIEW", "REVIEW", "Limited, and no date is given."},
		enumValue{"SETTLED", "SETTLED", "A source says what came of it."},
		enumValue{"NONE", "NONE", "Somebody says that there is none."},
		enumValue{"TAKEN_OVER", "TAKEN_OVER", "A later statement took its place."})
}

func (b *builder) oddityEnum() *graphql.Enum {
	return enumOfOnce(b, "Oddity", "What is unusual about a step.",
		enumValue{"GAP", "GAP", "The machine leads there through other states, which nobody stated."},
		enumValue{"ORDER", "ORDER", "The machine does not lead there at all."})
}

func (b *builder) turnEnum() *graphql.Enum {
	return enumOfOnce(b, "Turn", "Where a move leads.",
		enumValue{"FIRST", "FIRST", "The first word on the issue."},
		enumValue{"SAME", "SAME", ""},
		enumValue{"SOFTER", "SOFTER", "Towards accepting what it refused or left open."},
		enumValue{"HARDER", "HARDER", "Towards refusing."},
		enumValue{"OTHER_STANCE", "OTHER_STANCE", ""},
		enumValue{"OTHER_OPTION", "OTHER_OPTION", "Of an option that it had not spoken of."})
}

func (b *builder) pointChangeEnum() *graphql.Enum {
	return enumOfOnce(b, "PointChange", "What becomes of a point from one version of a text to another.",
		enumValue{"FIRST_SEEN", "FIRST_SEEN", "No earlier version was seen to have it: whether it did is not known."},
		enumValue{"SAME", "SAME", ""},
		enumValue{"CHANGED", "CHANGED", "Other words, or another status."},
		enumValue{"VANISHED", "VANISHED", "A source says that it is deleted."},
		enumValue{"APPEARED", "APPEARED", "It was deleted, and is there again."},
		enumValue{"NOT_SEEN", "NOT_SEEN", "No later version was seen to have it: whether it does is not known."})
}

func (b *builder) missingEnum() *graphql.Enum {
	return enumOfOnce(b, "GapReason", "In what way it is not known what a party accepts.",
		enumValue{"SILENT", "SILENT", "It has said nothing on the issue."},
		enumValue{"DIVIDED", "DIVIDED", "It accepts and refuses the same at once, or what it said is denied."},
		enumValue{"CONDITIONAL", "CONDITIONAL", "It accepts on a condition."},
		enumValue{"ONLY_REFUSES", "ONLY_REFUSES", "It has said what it does not accept."},
		enumValue{"UNCLEAR", "UNCLEAR", "It has spoken, and neither accepts nor refuses anything."},
		enumValue{"NOT_SAID", "NOT_SAID", "It has said nothing of what others accept."})
}

// enumOfOnce is enumOf for an enumeration that several types have.
func enumOfOnce(b *builder, name, doc string, values ...enumValue) *graphql.Enum {
	if b.enums[name] == nil {
		b.enums[name] = enumOf(name, doc, values...)
	}
	return b.enums[name]
}
