package expr

import (
	"errors"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/schema"
)

// A Definition is a named expression of a table that rules and other
// definitions use like a column: registered, age, live.
type Definition struct {
	Name  string
	Table *schema.Table
	Doc   string
	// Alternatives are tried in order: the first whose needed columns the
	// extract supplies is used. At least one.
	Alternatives []Alternative
	// File is where it stands, for messages.
	File string
	// Proven and Compiled are as Source's.
	Proven   bool
	Compiled *Compiled
}

// An Alternative is one way to say a definition.
type Alternative struct {
	Text     string
	Line     int      // of Text in File, from 1; 0 reads as 1
	Optional []string // columns (name, or table.column) that may be absent
	// Note is what the report says when this alternative is used; may be empty.
	Note string
	// Without is a table: the alternative is for extracts of systems that never
	// have it. nil is for all.
	Without *schema.Table
}

// A Codelist is a named set of codes, by code system (sct, dmd, read2, ctv3,
// bnf, local). Codes are compared byte for byte.
type Codelist struct {
	Name  string
	Codes map[string][]string
	// Covers are the systems for which the list has the codes that it means to
	// have. Supplements names a list that this one only adds to; may be empty.
	Covers      []string
	Supplements string
}

// Empty reports whether the list holds no code.
func (c *Codelist) Empty() bool {
	for _, codes := range c.Codes {
		if len(codes) > 0 {
			return false
		}
	}
	return true
}

// A Language is what rules are written in: the canonical schema, the shared
// definitions and the names of the code lists. It does not change once made and
// serves several goroutines.
type Language struct {
	definitions map[*schema.Table]map[string]*definition
	lists       map[string]*Codelist
	registers   []string      // that have an expected prevalence
	settling    []*definition // the definitions being checked, innermost last

	mutex        sync.Mutex
	environments map[*schema.Table]*cel.Env // made when first needed
}

// NewLanguage checks the definitions (types, cycles, names that collide with
// columns) and returns the language. lists are the code lists that exist; a
// rule that names another is refused; so it is with registers, of which
// prevalence() knows what to expect. The error joins all faults: an *Error
// for each in a text, a plain one for names that collide or do not exist.
func NewLanguage(definitions []Definition, lists map[string]*Codelist, registers ...string) (*Language, error) {
	l := &Language{definitions: map[*schema.Table]map[string]*definition{}, lists: lists, registers: registers, environments: map[*schema.Table]*cel.Env{}}
	var faults []error
	for _, d := range definitions {
		if err := l.declare(d); err != nil {
			faults = append(faults, err)
		}
	}
	for _, d := range definitions {
		own := l.definitions[d.Table][d.Name]
		if own == nil || own.fault != nil || own.typ != 0 {
			continue
		}
		if err := l.check(own); err != nil {
			faults = append(faults, err)
		}
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	for _, d := range definitions {
		for i, a := range l.definitions[d.Table][d.Name].alternatives {
			if err := l.grow(a.condition, d.Table, d.File, d.Alternatives[i].Line, d.Proven); err != nil {
				return nil, err
			}
		}
	}
	return l, nil
}

// A Source is the text of one rule's conditions.
type Source struct {
	File  string // for messages, such as rules/medication/four-repeats-reviewed.md
	Table *schema.Table
	// Where, Exclude and Expect are conditions (Bool), Value a number over
	// practice; empty where the rule has none. Line is the line of each in File.
	Where, Exclude, Expect, Value                 string
	WhereLine, ExcludeLine, ExpectLine, ValueLine int
	// Date is the day that a row of the rule's table is of, where rows are
	// counted by day; empty where they are not.
	Date     string
	DateLine int
	// Optional names columns (of the rule's table, or table.column) that read
	// as absent where the extract lacks them; OneOf groups of which at least
	// one column or table is needed, the others reading as absent. Of a table
	// that is there, every column read is needed.
	Optional []string
	OneOf    [][]string
	// Proven: a test has shown that CEL's own checker accepts the texts, so
	// that it need not be asked again at each start.
	Proven bool
	// Compiled are conditions known from when the program was built; may be nil.
	Compiled *Compiled
}

// Checked is a rule whose conditions have been parsed and type-checked
// against the schema and found to be of shapes that the plan can run.
type Checked struct {
	language                      *Language
	source                        Source
	where, exclude, expect, value *condition
	date                          *condition
	optional                      allowance
	oneOf                         [][]allowance
}

// A condition is one checked text.
type condition struct {
	text string
	line int
	term *term
	tree func() (*cel.Ast, error) // made when first asked for
}

// Check parses and checks a rule. The error joins all faults: an *Error for
// each in a condition, a plain one for names under optional and one_of.
func (l *Language) Check(s Source) (*Checked, error) {
	c := &Checked{language: l, source: s}
	var faults []error
	check := func(text string, line int, want wanted) *condition {
		if strings.TrimSpace(text) == "" {
			return nil
		}
		cond, err := l.condition(s.File, line, s.Table, text, want, s.Compiled)
		if err == nil {
			err = l.grow(cond, s.Table, s.File, line, s.Proven)
		}
		if err != nil {
			faults = append(faults, err)
		}
		return cond
	}
	c.where = check(s.Where, s.WhereLine, wantTruth)
	c.exclude = check(s.Exclude, s.ExcludeLine, wantTruth)
	c.expect = check(s.Expect, s.ExpectLine, wantTruth)
	c.value = check(s.Value, s.ValueLine, wantNumber)
	c.date = check(s.Date, s.DateLine, wantDate)
	if c.value != nil && s.Table != schema.Practice {
		faults = append(faults, errorAt(s.File, s.ValueLine, s.Value, 0, "a value is a number of each practice: the table must be practice", ""))
	}
	var err error
	if c.optional, err = l.allow(s.File, s.Table, s.Optional); err != nil {
		faults = append(faults, err)
	}
	for _, group := range s.OneOf {
		members := make([]allowance, len(group))
		for i, name := range group {
			if members[i], err = l.allow(s.File, s.Table, []string{name}); err != nil {
				faults = append(faults, err)
			}
			c.optional = c.optional.with(members[i])
		}
		c.oneOf = append(c.oneOf, members)
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return c, nil
}

// A Binding is what of an extract the meaning of a rule depends on.
type Binding struct {
	// Supplies reports whether the extract can fill a column, HasTable whether
	// it has a table.
	Supplies func(*schema.Column) bool
	HasTable func(*schema.Table) bool
	// NeverHas reports whether the system of the extract has no such table at
	// all, so that its absence says nothing of the file; nil says that none is so.
	NeverHas func(*schema.Table) bool
	// AsOf is the as-of date where all practices share one; nil where they
	// differ.
	AsOf *calendar.Day
	// Lists are the code lists in force. An empty one makes the rule not
	// assessable.
	Lists map[string]*Codelist
	// Prevalence is the expected share of the list, 0 to 1, by register. One
	// that is not there makes the rule not assessable.
	Prevalence map[string]float64
}

// Lowered is a rule as nodes of a graph, for one binding.
type Lowered struct {
	Where, Exclude, Expect *Node // Exclude, Expect nil where the rule has none
	Value, Date            *Node
	// Missing says why the rule is not assessable: columns, as table.column,
	// tables, code lists (as `codelist "x"`) and expected shares (`prevalence
	// "x"`) that the extract or the catalogue cannot supply, sorted. Where not empty the nodes are nil.
	Missing []string
	// Notes name the alternatives of definitions used, in a fixed order.
	Notes []string
}
