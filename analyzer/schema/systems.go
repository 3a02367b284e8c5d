package schema

// A CodeSystem is a terminology that codes are of.
type CodeSystem struct {
	// Name is how columns and code lists name it, Title how people do.
	Name, Title string
	// Within names the system whose codes these are too; empty for none.
	Within string
}

// CodeSystems are the terminologies known, in the order of output. What is of
// none of them is known to one supplier or practice alone.
var CodeSystems = []CodeSystem{
	{Name: "sct", Title: "SNOMED CT"},
	{Name: "dmd", Title: "dm+d", Within: "sct"},
	{Name: "read2", Title: "Read v2"},
	{Name: "ctv3", Title: "CTV3"},
	{Name: "bnf", Title: "BNF"},
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
