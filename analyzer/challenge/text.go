package challenge

import (
	"fmt"
	"io"
	"strings"

	"paperlight/analyzer/figures"
	"paperlight/analyzer/visible"
)

// A Listing is what is told of the files of challenges: no handle and no record.
type Listing struct {
	SchemaVersion string   `json:"schema_version"`
	Files         []Listed `json:"files"`
}

// Listed is one file.
type Listed struct {
	About
	Challenges []ListedOne `json:"challenges"`
}

// ListedOne is one challenge.
type ListedOne struct {
	Number    int     `json:"challenge"`
	Rule      string  `json:"rule"`
	Reason    string  `json:"reason"`
	Count     int64   `json:"count"`
	Failing   int64   `json:"failing"`
	State     string  `json:"state"` // open, or an outcome
	OpenedOn  string  `json:"opened_on"`
	DecidedOn *string `json:"decided_on"`
	Because   *string `json:"because"`
}

// List is what is told of files.
func List(files []*File) *Listing {
	out := &Listing{SchemaVersion: SchemaVersion, Files: []Listed{}}
	for _, f := range files {
		one := Listed{About: f.About, Challenges: []ListedOne{}}
		for _, c := range f.Challenges() {
			l := ListedOne{Number: c.Number, Rule: c.Rule, Reason: c.Reason, Count: c.Count, Failing: c.Failing, State: "open", OpenedOn: c.OpenedOn}
			if c.Outcome != "" {
				l.State, l.DecidedOn, l.Because = string(c.Outcome), &c.DecidedOn, &c.Because
			}
			one.Challenges = append(one.Challenges, l)
		}
		out.Files = append(out.Files, one)
	}
	return out
}

// Text writes the listing for people.
func (l *Listing) Text(w io.Writer) error {
	var b strings.Builder
	for _, f := range l.Files {
		open := int64(0)
		for _, c := range f.Challenges {
			if c.DecidedOn == nil {
				open++
			}
		}
		fmt.Fprintf(&b, "Practice %s, as of %s: %s, %s open\n", f.Practice, f.AsOf, figures.Plural(int64(len(f.Challenges)), "challenge", "challenges"), figures.Count(open))
		for _, c := range f.Challenges {
			fmt.Fprintf(&b, "  %d: %s, %s of the %s that do not meet it. Opened on %s: %s\n", c.Number, c.Rule, figures.Count(c.Count), figures.Plural(c.Failing, "record", "records"), c.OpenedOn, Says(Reasons, c.Reason))
			if c.DecidedOn == nil {
				b.WriteString("     Not decided yet.\n")
				continue
			}
			outcome := Outcome(c.State)
			fmt.Fprintf(&b, "     Decided on %s: %s. %s %s\n", *c.DecidedOn, outcome, Says(Outcomes, c.State), Says(Because[outcome], *c.Because))
		}
	}
	_, err := io.WriteString(w, visible.Text(b.String()))
	return err
}
