// Package rules holds what is judged: rules and schemes as data, their loader,
// and the embedded catalogue. It knows no extract and runs nothing.
package rules

import (
	"slices"
	"strings"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
)

// A Rule is one check of record quality: its front matter, its checked
// conditions and its page. Immutable once loaded.
type Rule struct {
	// ID is set/name, such as medication/four-repeats-reviewed. Reports and
	// schemes quote it for years; it is never reused.
	ID        string
	Code      string // MED-008
	Title     string // says the good state, for the report
	Dimension Dimension
	Table     *schema.Table
	Threshold Threshold
	// ThresholdFrom says where the threshold comes from; Published whether
	// that is a published requirement (P) or our own default (O).
	ThresholdFrom string
	Published     bool
	Evidence      Evidence
	Declares      string // the key of the declaration, where Evidence allows one
	Owner         Owner
	// EmptyMet: nothing eligible means none found, and meets the rule, where the
	// practice has at least Floor rows of the rule's table for each 1,000
	// registered patients. FloorReason says why none need be there, where Floor
	// is 0.
	EmptyMet    bool
	Floor       int64
	FloorReason string
	// ExcludeAtMost is the share, in hundredths of a percent, above which what is
	// excluded leaves a blocker without evidence; 0 is the usual half.
	ExcludeAtMost int64
	// Info rules are not judged: they carry a value and a list.
	Info bool
	// Fix says in one or two sentences what to do about the records listed.
	Fix string
	// WhereToLook names the screen or report of the clinical system that shows
	// what an extract cannot; may be empty.
	WhereToLook string
	// AnswerStands is how many months a declaration stands for: 0 is the usual
	// (12, and 3 for a count), UntilWithdrawn has no end.
	AnswerStands int
	// CountOf says what the count of an answer counts; empty where none is asked.
	CountOf string
	// Answers are those that the declaration may give; any other is no evidence.
	Answers []string
	// OpenEnded are the date columns that the conditions, and those of the parts,
	// may read with one end open.
	OpenEnded []OpenEnd
	// ListedFrom is the fewest failing records a worklist is written for (1
	// for nearly every rule).
	ListedFrom int
	// Unlisted rules have no worklist: nobody is to do anything about the records
	// that do not meet them, such as the patients who have not opted out.
	Unlisted bool

	// Reasons say what is wrong with a record that fails, by the part of expect that
	// it does not meet. A part without has words made of its names.
	Reasons []Reason

	// MinutesEach is how long a record takes to put right; 0 is the usual of the
	// Owner. ValueOf says what the value counts, one and several; may be empty.
	MinutesEach int
	ValueOf     []string

	// Parts are counted beside the rule and never judged: each a rule of its own
	// that judges nothing, called set/name#part, with cases of its own.
	Parts []*Rule

	Source  expr.Source
	Checked *expr.Checked // nil where Evidence is declared
	Page    Page
	// File is the name of the page, for messages.
	File string
	// Cases is the archive of cases beside the page, unparsed, and CasesFile
	// its name; nil and empty where the rule has none.
	Cases     []byte
	CasesFile string
	// SHA256 is the digest of the file, for the rule set's digest.
	SHA256 string
}

// An OpenEnd is a date column that may lie before or after any day, and why that
// does no harm.
type OpenEnd struct {
	Column *schema.Column
	Reason string
}

// UntilWithdrawn is the AnswerStands of a letter of consent.
const UntilWithdrawn = -1

// Set is the part of the id before the slash.
func (r *Rule) Set() string {
	for i := range r.ID {
		if r.ID[i] == '/' {
			return r.ID[:i]
		}
	}
	return r.ID
}

// Lists reports whether there are records of the rule to put on a list: not of a
// question to the practice, nor of a check of the practice as a whole.
func (r *Rule) Lists() bool {
	return !r.Unlisted && r.Checked != nil && r.Table != schema.Practice && r.Table.Key != nil && r.Table.Key != r.Table.Practice
}

// A Threshold is the proportion that meets a rule. The zero Threshold judges
// nothing.
type Threshold struct {
	// Percent is in hundredths of a percent, exact: 9995 is 99.95 %.
	Percent int64
	// AtMost: the rate must not be above Percent (a share of faults); else it
	// must not be below. Strict: nor equal to it.
	AtMost, Strict bool
	// Tiers, ascending, where the rule has several; Percent is then the tier
	// that blocks, the first unless the scheme names another.
	Tiers []int64
	// Set says that there is a threshold.
	Set bool
}

// A Page is the Markdown below the front matter, by heading, in order.
type Page struct {
	Sections []Section
}

// A Section is one "## heading" of a page and its text.
type Section struct{ Heading, Text string }

// Text returns the text under heading, or "".
func (p *Page) Text(heading string) string {
	for _, s := range p.Sections {
		if s.Heading == heading {
			return s.Text
		}
	}
	return ""
}

// A Catalogue is a loaded rule set with its definitions and code lists.
type Catalogue struct {
	Language    *expr.Language
	Definitions []expr.Definition
	Rules       []*Rule // sorted by ID
	Lists       map[string]*expr.Codelist
	// Codelists are the same lists with where they come from, sorted by name.
	Codelists []*Codelist
	// Prevalence is what registers are expected to hold; nil where no folder
	// says.
	Prevalence *Prevalence
	Version    string
	// SHA256 is over the sorted list of names and digests of all files that
	// bear on a result: pages, definitions and code lists.
	SHA256 string
	// BaseSHA256 is as SHA256, of the first folder alone.
	BaseSHA256 string
	// home holds the schemes, where they are not the published ones.
	home *Folder
	// lines of the files that hold expressions, by file, for warnings.
	lines map[string][]string
}

// Rule returns the rule called id, or else the only rule with that code, or
// nil. (A code that several rules share names none of them.)
func (c *Catalogue) Rule(id string) *Rule {
	// Rules as they were loaded are sorted by id.
	if i, found := slices.BinarySearchFunc(c.Rules, id, func(r *Rule, id string) int { return strings.Compare(r.ID, id) }); found {
		return c.Rules[i]
	}
	var coded *Rule
	n := 0
	for _, r := range c.Rules {
		if r.ID == id {
			return r
		}
		if r.Code == id && id != "" {
			coded = r
			n++
		}
	}
	if n == 1 {
		return coded
	}
	return nil
}
