package report

import (
	"cmp"
	"fmt"

	"paperlight/analyzer/figures"
)

// Identifying says what could identify people in the files of an extract. That nothing
// was found is no proof that nothing is there.
type Identifying struct {
	// Looked is what was looked at: a sample of the rows, or all.
	Looked string `json:"looked"`
	// Kinds is how many kinds of identifier were looked for.
	Kinds int                 `json:"kinds"`
	Found []IdentifyingColumn `json:"found"`
}

// What was looked at.
const (
	LookedSample = "sample"
	LookedAll    = "all"
)

// IdentifyingColumn is one kind of identifier in one column; never a value.
type IdentifyingColumn struct {
	// Table and Column are as the clinical system calls them; Table is empty where no
	// table is read from the file, and Column where it is about all of it.
	Table  string `json:"table"`
	Column string `json:"column"`
	// Kind is the kind's name, such as nhs_number; empty for what is of no kind.
	Kind string `json:"kind"`
	// Meant: the column is there to hold it. Stops: an extract with it is not
	// anonymised.
	Meant bool   `json:"meant"`
	Stops bool   `json:"stops"`
	Says  string `json:"says"`
	Why   string `json:"why"`
	// Where, and in how many rows of those that were looked at. For the forms that
	// people read: a sample depends on the order of rows, so the JSON form leaves
	// them out.
	File   string `json:"-"`
	Rows   int64  `json:"-"`
	Looked int64  `json:"-"`
}

// An identified is what could identify people, in words.
type identified struct {
	Lead  string
	Lines []string
}

// IdentifyingHeading is the heading of what could identify people.
const IdentifyingHeading = "What could identify people"

const (
	sampleLead     = "Some rows of each file were looked at."
	allLead        = "Every row of each file was looked at."
	anonymisedLine = "Before an extract leaves the practice, check it with --require-anonymised. That looks at every row."
	meantLine      = "This column is meant for it."
	strayLine      = "It should not be there. Take it out before the extract leaves the practice."
	doubtLine      = "Look at it before the extract leaves the practice."
)

// Words say what was found, a line each, after what was looked at; none where nobody
// looked.
func (found *Identifying) Words() []string {
	said := found.identified()
	if said == nil {
		return nil
	}
	return append([]string{said.Lead}, said.Lines...)
}

// identified is nil where nobody looked. What should not be there comes first.
func (found *Identifying) identified() *identified {
	if found == nil {
		return nil
	}
	out := &identified{Lead: sampleLead}
	if found.Looked == LookedAll {
		out.Lead = allLead
	}
	if len(found.Found) == 0 {
		out.Lead += fmt.Sprintf(" None of the %d kinds of identifier was found.", found.Kinds)
	}
	if found.Looked != LookedAll {
		out.Lead += " " + anonymisedLine
	}
	var meant []string
	said := map[string]int{}
	for i := range found.Found {
		c := &found.Found[i]
		at, have := said[c.Says]
		switch {
		case !c.Meant:
			out.Lines = append(out.Lines, c.words())
		case have:
			meant[at] += "; " + c.place()
		default:
			said[c.Says] = len(meant)
			meant = append(meant, capital(c.Says)+", in columns meant for them: "+c.place())
		}
	}
	for _, line := range meant {
		out.Lines = append(out.Lines, line+".")
	}
	return out
}

// place is the file or table, and the column.
func (c *IdentifyingColumn) place() string {
	switch at := cmp.Or(c.File, c.Table); {
	case at == "" && c.Column == "":
		return "a column that is not named here"
	case at == "" || c.Column == "":
		return at + c.Column
	default:
		return at + ", " + c.Column
	}
}

// words say where, what and what to do about it.
func (c *IdentifyingColumn) words() string {
	said := c.place() + ": " + c.Says
	if c.Rows > 0 && c.Looked > 0 {
		said += ", in " + figures.Count(c.Rows) + " of " + figures.Plural(c.Looked, "row", "rows")
	}
	said += "."
	if c.Stops {
		return said + " " + strayLine
	}
	if c.Why != "" {
		said += " " + sentence(capital(c.Why))
	}
	return said + " " + doubtLine
}

func (t *terminal) identifying(r *Report) {
	said := r.identified()
	if said == nil {
		return
	}
	t.heading(IdentifyingHeading)
	t.wrap(2, said.Lead)
	for _, line := range said.Lines {
		t.item("-", line)
	}
}

func (m *markdownPage) identifying(r *Report) {
	said := r.identified()
	if said == nil {
		return
	}
	m.block("### %s", IdentifyingHeading)
	m.block("%s", said.Lead)
	for _, line := range said.Lines {
		m.item("%s", line)
	}
	m.end()
}
