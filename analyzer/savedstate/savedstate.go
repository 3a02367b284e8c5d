// Package savedstate keeps what is left of an extract once it was read: all that its
// report is made of, without the extract. A saved state names no record, no patient, no
// file and no folder, and holds what the level assessor may show.
package savedstate

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/kept"
	"paperlight/analyzer/report"
	"paperlight/analyzer/score"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// A Key is all that decides what is counted of an extract.
type Key struct {
	// Tool is the version of the program, Input the fingerprint of the extract's files,
	// and Rules the digest of the catalogue.
	Tool  string `json:"tool"`
	Input string `json:"input"`
	Rules string `json:"rules"`
	// How are the options that change how it is read, each with the digest of the file
	// that it names.
	How []string `json:"how,omitempty"`
}

// nameDigits is how much of a digest is the name of a key.
const nameDigits = 32

// Name is what the key is called: equal keys, and no others, have one name.
func (k Key) Name() string {
	sum := sha256.New()
	for _, part := range append([]string{formatName, k.Tool, k.Input, k.Rules}, k.How...) {
		one := sha256.Sum256([]byte(part))
		sum.Write(one[:])
	}
	return hex.EncodeToString(sum.Sum(nil))[:nameDigits]
}

// Ending is the ending of a file of a saved state.
const Ending = ".state"

// A Head is what has to be known of a saved state to choose among many.
type Head struct {
	Key Key
	// Digest is of the file that it was read from; empty where it was not. Place is where
	// that lies, for who reads it again: no part of the state.
	Digest, Place string
	// Refused is the exit code with which the extract was refused; 0 where it was read,
	// and there is what follows.
	Refused int
	// Practices are those of the extract, in the order of the state.
	Practices []Practice
	// Counted says of each rule that was run what was counted: Catalogue.Counted, a line
	// for each id and its digest. Most readers need it not.
	Counted string
}

// A Practice is what it is known by, and the day as of which it was counted.
type Practice struct {
	ID      string       `json:"id"`
	ODSCode string       `json:"ods_code,omitempty"`
	AsOf    calendar.Day `json:"as_of"`
	Name    string       `json:"name,omitempty"`
}

// A Saved is the state of one extract, as it is kept.
type Saved struct {
	Head
	// Extract is what is left at the level assessor. Its options are those that say how
	// the extract was read, and what answers were taken.
	Extract kept.Extract
	State   *state.State
}

// Brief is the head as the state is now.
func (s *Saved) Brief() *Head {
	out := s.Head
	if out.Practices = nil; s.State != nil {
		for i := range s.State.Practices {
			p := &s.State.Practices[i]
			out.Practices = append(out.Practices, Practice{p.ID, p.ODSCode, p.AsOf, p.Name})
		}
	}
	return &out
}

// Of is what is kept of an extract that was judged. in is what its report was made of,
// by all rules of the catalogue; counted says what these count.
func Of(key Key, in *score.Input, counted map[string]string) *Saved {
	out := &Saved{Head: Head{Key: key, Counted: lines(counted)}, Extract: kept.Of(in)}
	out.State = out.Extract.Withhold(in.State, report.Assessor)
	out.Extract.Options = slices.DeleteFunc(out.Extract.Options, func(o kept.Option) bool { return !o.Reads && !isAnswers(o.Option) })
	out.Practices = out.Brief().Practices
	return out
}

// lines are the entries of a map, a line for each.
func lines(of map[string]string) string {
	var b strings.Builder
	for _, id := range slices.Sorted(maps.Keys(of)) {
		b.WriteString(id + " " + of[id] + "\n")
	}
	return b.String()
}

// Needs are the rules of a judging of which the state cannot tell, since they count
// something else than those that it was made by, or are new.
func (s *Head) Needs(by *Judging) []string {
	if s.Key.Rules == by.Catalogue.SHA256 {
		return nil
	}
	have := map[string]string{}
	for line := range strings.Lines(s.Counted) {
		id, counted, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		have[id] = counted
	}
	var out []string
	for id, counted := range by.Counted {
		if have[id] != counted {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// isAnswers reports whether an option is a file of answers.
func isAnswers(o report.Option) bool { return o.Says == report.AnswersTaken }

// A Judging is what states are judged by.
type Judging struct {
	Catalogue *rules.Catalogue
	// Counted is that of the catalogue.
	Counted map[string]string
	// Reads are those of the catalogue; nil has them found for each practice.
	Reads  *score.Reads
	Scheme *rules.Scheme
	// Options are those of the judging, in the order of their names.
	Options []report.Option
	// Level is assessor or publish.
	Level       report.Level
	ToolVersion string
}

// Input is what a report is made of, as from the extract.
func (s *Saved) Input(by *Judging) score.Input {
	in := s.Extract.Input()
	in.State, in.Missing = of(s.State, by.Counted), known(in.Missing, by.Catalogue)
	in.Catalogue, in.Scheme, in.Level, in.ToolVersion, in.Reads = by.Catalogue, by.Scheme, by.Level, by.ToolVersion, by.Reads
	in.Options = together(in.Options, by.Options)
	if s.Replayed(by) {
		in.Options = together(in.Options, []report.Option{{Name: "--replay", Value: s.Key.Tool, SHA256: s.Key.Rules, Says: replayed}})
	}
	return in
}

// Replayed reports whether other rules, or another version of the program, made the state.
func (s *Head) Replayed(by *Judging) bool {
	return s.Key.Rules != by.Catalogue.SHA256 || s.Key.Tool != by.ToolVersion
}

// replayed is what a report says of counts that others made.
const replayed = "the counts are of a saved state, which other rules or another version of paperlight made"

// answersName is where files of answers stand among the options, whatever they are called.
const answersName = "--declarations"

// together are both, by name.
func together(reading, judged []report.Option) []report.Option {
	name := func(o report.Option) string {
		if isAnswers(o) {
			return answersName
		}
		return o.Name
	}
	out := append(slices.Clone(reading), judged...)
	slices.SortStableFunc(out, func(a, b report.Option) int { return strings.Compare(name(a), name(b)) })
	return out
}

// of is the state without rules that the catalogue does not have.
func of(s *state.State, has map[string]string) *state.State {
	if !slices.ContainsFunc(s.Rules, func(id string) bool { return has[id] == "" }) {
		return s
	}
	out := *s
	out.Rules, out.Practices = nil, slices.Clone(s.Practices)
	for i := range out.Practices {
		out.Practices[i].Tallies = nil
	}
	for at, id := range s.Rules {
		if has[id] == "" {
			continue
		}
		out.Rules = append(out.Rules, id)
		for i := range out.Practices {
			out.Practices[i].Tallies = append(out.Practices[i].Tallies, s.Practices[i].Tallies[at])
		}
	}
	return &out
}

// known are the entries of rules that the catalogue has.
func known(all map[string][]string, catalogue *rules.Catalogue) map[string][]string {
	out := maps.Clone(all)
	maps.DeleteFunc(out, func(id string, _ []string) bool {
		rule, _ := rules.SplitPart(id)
		return catalogue.Rule(rule) == nil
	})
	return out
}
