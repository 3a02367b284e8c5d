package schema

import (
	"maps"
	"slices"
)

// A CodeSystem is a terminology that codes are of.
type CodeSystem struct {
	// Name is how columns and code lists name it, Title how people do.
	Name, Title string
	// Within names the system whose codes these are too; empty for none.
	Within string
}

// The names of terminologies that code asks for.
const (
	SNOMEDCT = "sct"
	DMD      = "dmd"
	BNF      = "bnf"
)

// CodeSystems are the terminologies known, in the order of output. What is of
// none of them is known to one supplier or practice alone.
var CodeSystems = []CodeSystem{
	{Name: SNOMEDCT, Title: "SNOMED CT"},
	{Name: DMD, Title: "dm+d", Within: SNOMEDCT},
	{Name: "read2", Title: "Read v2"},
	{Name: "ctv3", Title: "CTV3"},
	{Name: BNF, Title: "BNF"},
}

// Coded returns the columns of a clinical code and of the system it is of; nil
// where the rows of t have none.
func (t *Table) Coded() (code, system *Column) {
	code, system = t.Column("code"), t.Column("code_system")
	if code == nil || system == nil {
		return nil, nil
	}
	return code, system
}

// codesOf are the systems of columns whose codes need no column to say so.
var codesOf = map[string][]string{"dmd_code": {DMD}, "agent_code": {SNOMEDCT, DMD}, "bnf_code": {BNF}}

// CodeColumns are the names of the columns whose codes need no column to say
// of which system they are.
func CodeColumns() []string { return slices.Sorted(maps.Keys(codesOf)) }

// CodesOf are the systems that the codes of the columns called name are of,
// whatever a row says; nil where they hold no codes, or code_system decides.
func CodesOf(name string) []string { return codesOf[name] }

// Codes is CodesOf for one column.
func (c *Column) Codes() []string { return CodesOf(c.Name) }
