package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/parleydb/parley/graph"
	"github.com/parleydb/parley/graph/negotiation"
)

// onlyFlags leave out positions by who says so.
type onlyFlags struct {
	voices      []string
	anonymous   bool
	reliability string
}

func (o *onlyFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringSliceVar(&o.voices, "voice", nil, "only in this voice: SELF, OWN_SIDE, OTHER_PARTY, THIRD_PARTY, NARRATOR or ANALYST; may be repeated")
	flags.BoolVar(&o.anonymous, "anonymous", false, "only what rests on unnamed sources alone")
	flags.StringVar(&o.reliability, "reliability", "", "only what has a source graded so or better: A, B, C, D or E; or F, which cannot be judged")
}

func (o *onlyFlags) read() (only negotiation.Only, err error) {
	for _, w := range o.voices {
		v, err := graph.ParseVoice(strings.ToUpper(w))
		if err != nil {
			return only, err
		}
		only.Voices = append(only.Voices, v)
	}
	only.Anonymous = o.anonymous
	only.Reliability, err = graph.ParseReliability(strings.ToUpper(o.reliability))
	return only, err
}
