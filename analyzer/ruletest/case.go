// Package ruletest runs the cases of rules: small tables with the outcome
// wanted beside each row. Every case is run whole and in every way the engine
// may divide it, and with each needed column withheld. `paperlight rules test`
// and the test of the embedded catalogue call it.
package ruletest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/txtar"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
	"paperlight/rules"
)

// An Outcome is what a rule makes of one row of its table.
type Outcome string

// The outcomes. Unknown is a row of the denominator whose expectation is
// unknown; it counts as failing.
const (
	Numerator    Outcome = "numerator"
	Failing      Outcome = "failing"
	Unknown      Outcome = "unknown"
	Excluded     Outcome = "excluded"
	Outside      Outcome = "outside"
	Undetermined Outcome = "undetermined"
)

var outcomes = []Outcome{Numerator, Failing, Unknown, Excluded, Outside, Undetermined}

// An Archive is the cases of one rule.
type Archive struct {
	File string
	// AsOf is the as-of date of all practices.
	AsOf calendar.Day
	// Lists stand in for the catalogue's code lists of these names.
	Lists map[string]*expr.Codelist
	// Prevalence stands in for the expected shares of these registers.
	Prevalence   map[string]float64
	Declarations []Declaration
	Cases        []Case
	// Equivalent are the mutants of the rule that no case can notice.
	Equivalent []Equivalent
	// EquivalentDefinitions are changes to shared definitions that no case of
	// any rule can notice.
	EquivalentDefinitions []Equivalent
}

// An Equivalent is a change to a rule or a definition that has no effect, and
// why.
type Equivalent struct {
	Mutant, Because string
	Line            int
}

// A Declaration is the answer that every practice of every case gave. Date is
// empty and Count negative where the answer has none.
type Declaration struct {
	Key, Answer, Date string
	Count             int64
}

// A Case is one small extract and what is wanted of it.
type Case struct {
	Name   string
	Line   int // of its first table, in the archive
	Tables []*Table
	// Want is the outcome of each row of the rule's table; nil where Totals
	// say what is wanted.
	Want   []Outcome
	Totals *Totals
	// AsOf, where it is not nil, takes the place of the archive's.
	AsOf *calendar.Day
}

// of is the archive as the case takes it.
func (a *Archive) of(c *Case) *Archive {
	if c.AsOf == nil {
		return a
	}
	own := *a
	own.AsOf = *c.AsOf
	return &own
}

// Totals are the counts wanted over all practices; only those given are
// compared.
type Totals struct {
	Counts map[string]int64
	Value  *float64
	// Days are the rows of each day; nil where none are wanted.
	Days map[calendar.Day]int64
	Line int
}

var totalNames = []string{"denominator", "numerator", "unknown", "excluded", "undetermined"}

// defaultAsOf is the as-of date where the archive states none.
const defaultAsOf = "2026-03-31"

// Parse reads the cases of a rule. Every fault found is an *rules.Error with
// the position in the archive.
func Parse(file string, data []byte, table *schema.Table) (*Archive, error) {
	p := &parser{archive: &Archive{File: file, Lists: map[string]*expr.Codelist{}, Prevalence: map[string]float64{}}, table: table}
	p.archive.AsOf, _ = calendar.Parse(defaultAsOf)
	a := txtar.Parse(data)
	line := 1
	for s := range strings.Lines(string(a.Comment)) {
		if err := p.directive(strings.TrimSpace(s), line); err != nil {
			return nil, err
		}
		line++
	}
	for _, f := range a.Files {
		if err := p.section(f, line); err != nil {
			return nil, err
		}
		line += 1 + strings.Count(string(f.Data), "\n")
	}
	if len(p.archive.Cases) == 0 {
		return nil, p.fault(1, "write one: -- name of the case/"+table.Name+".csv --", "there is no case")
	}
	for i := range p.archive.Cases {
		if err := p.complete(&p.archive.Cases[i]); err != nil {
			return nil, err
		}
	}
	return p.archive, nil
}

type parser struct {
	archive *Archive
	table   *schema.Table
}

func (p *parser) fault(line int, hint, format string, args ...any) error {
	return &rules.Error{File: p.archive.File, Line: line, Column: 1, Message: fmt.Sprintf(format, args...), Hint: hint}
}

// directive reads a line of the archive's comment. Lines that are none are
// prose.
func (p *parser) directive(s string, line int) error {
	name, text, ok := strings.Cut(s, ":")
	text = strings.TrimSpace(text)
	if !ok {
		return nil
	}
	switch name {
	case "as_of":
		day, ok := calendar.Parse(text)
		if !ok {
			return p.fault(line, "as_of: 2026-03-31", "want a date YYYY-MM-DD")
		}
		p.archive.AsOf = day
	case "codelist":
		return p.codelist(text, line)
	case "prevalence":
		return p.prevalence(text, line)
	case "declared":
		return p.declared(text, line)
	case "equivalent", "equivalent_definition":
		mutant, because, ok := strings.Cut(text, " because ")
		if !ok || strings.TrimSpace(because) == "" {
			return p.fault(line, "equivalent: expect: months(15) becomes months(16) because ...", "want a change and the reason why it has no effect")
		}
		e := Equivalent{Mutant: strings.TrimSpace(mutant), Because: strings.TrimSpace(because), Line: line}
		if name == "equivalent" {
			p.archive.Equivalent = append(p.archive.Equivalent, e)
		} else {
			p.archive.EquivalentDefinitions = append(p.archive.EquivalentDefinitions, e)
		}
	}
	return nil
}

func (p *parser) codelist(text string, line int) error {
	const form = "codelist: name = sct:123, sct:456"
	name, codes, ok := strings.Cut(text, "=")
	name = strings.TrimSpace(name)
	if !ok || name == "" {
		return p.fault(line, form, "want a code list and its codes")
	}
	list := &expr.Codelist{Name: name, Codes: map[string][]string{}}
	for _, s := range strings.Split(codes, ",") {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		system, code, ok := strings.Cut(s, ":")
		if !ok || code == "" || !slices.Contains(rules.CodeSystems, system) {
			return p.fault(line, form, "want codes as system:code, the system one of %s", strings.Join(rules.CodeSystems, ", "))
		}
		list.Codes[system] = append(list.Codes[system], code)
	}
	p.archive.Lists[name] = list
	return nil
}

func (p *parser) declared(text string, line int) error {
	const form = "declared: key = yes 2026-01-31"
	key, answer, ok := strings.Cut(text, "=")
	d := Declaration{Key: strings.TrimSpace(key), Count: -1}
	if !ok || d.Key == "" {
		return p.fault(line, form, "want a declaration and its answer")
	}
	answers := schema.Lookup("declarations").Column("answer").Values
	for _, word := range strings.Fields(answer) {
		n, err := strconv.ParseInt(word, 10, 64)
		_, isDate := calendar.Parse(word)
		switch {
		case slices.Contains(answers, word):
			d.Answer = word
		case isDate:
			d.Date = word
		case err == nil && n >= 0:
			d.Count = n
		default:
			return p.fault(line, form, "want an answer (%s), a count or a date", strings.Join(answers, ", "))
		}
	}
	p.archive.Declarations = append(p.archive.Declarations, d)
	return nil
}

// section reads one file of the archive into the case it belongs to.
func (p *parser) section(f txtar.File, line int) error {
	i := strings.LastIndex(f.Name, "/")
	if i <= 0 {
		return p.fault(line, "-- name of the case/patients.csv --", "want the name of a case and of a table")
	}
	name, part := f.Name[:i], f.Name[i+1:]
	c := p.caseCalled(name, line)
	if part == "want" {
		if c.Totals != nil {
			return p.fault(line, "", "the case %q has two sections want", name)
		}
		return p.totals(c, string(f.Data), line)
	}
	stem, ok := strings.CutSuffix(part, ".csv")
	t := schema.Lookup(stem)
	if !ok || t == nil {
		return p.fault(line, "the tables are those of `paperlight schema`", "want the section want, or a table such as patients.csv")
	}
	if slices.ContainsFunc(c.Tables, func(have *Table) bool { return have.Schema == t }) {
		return p.fault(line, "", "the case %q has two tables %s", name, t.Name)
	}
	table, wants, err := p.readTable(t, f.Data, line)
	if err != nil {
		return err
	}
	c.Tables = append(c.Tables, table)
	if wants == nil {
		return nil
	}
	if t != p.table {
		return p.fault(line+1, "", "the column want belongs in %s, which the rule counts", p.table.Name)
	}
	c.Want = wants
	return nil
}

func (p *parser) caseCalled(name string, line int) *Case {
	for i := range p.archive.Cases {
		if p.archive.Cases[i].Name == name {
			return &p.archive.Cases[i]
		}
	}
	p.archive.Cases = append(p.archive.Cases, Case{Name: name, Line: line})
	return &p.archive.Cases[len(p.archive.Cases)-1]
}

func (p *parser) totals(c *Case, text string, line int) error {
	c.Totals = &Totals{Counts: map[string]int64{}, Line: line}
	for s := range strings.Lines(text) {
		line++
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		name, number, _ := strings.Cut(s, ":")
		number = strings.TrimSpace(number)
		if name == "as_of" {
			day, ok := calendar.Parse(number)
			if !ok {
				return p.fault(line, "as_of: 2026-03-31", "want a date YYYY-MM-DD")
			}
			c.AsOf = &day
			continue
		}
		if name == "day" {
			if err := c.Totals.day(number); err != nil {
				return p.fault(line, "day: 2026-03-31 2", "%v", err)
			}
			continue
		}
		if name == "value" {
			v, err := strconv.ParseFloat(number, 64)
			if err != nil {
				return p.fault(line, "value: 3.5", "want a number")
			}
			c.Totals.Value = &v
			continue
		}
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil || n < 0 || !slices.Contains(totalNames, name) {
			return p.fault(line, "denominator: 1", "want one of %s, value, day or as_of, and a number", strings.Join(totalNames, ", "))
		}
		c.Totals.Counts[name] = n
	}
	if len(c.Totals.Counts) == 0 && c.Totals.Value == nil && c.Totals.Days == nil {
		return p.fault(line, "denominator: 1", "the section want is empty")
	}
	return nil
}

// day reads a day and how many rows are wanted of it.
func (t *Totals) day(text string) error {
	date, number, _ := strings.Cut(text, " ")
	day, ok := calendar.Parse(date)
	n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
	if !ok || err != nil || n < 1 {
		return fmt.Errorf("want a date YYYY-MM-DD and how many rows are of it")
	}
	if t.Days == nil {
		t.Days = map[calendar.Day]int64{}
	}
	t.Days[day] += n
	return nil
}

// complete checks that a case says what it wants.
func (p *parser) complete(c *Case) error {
	if c.Want == nil && c.Totals == nil {
		return p.fault(c.Line, "add a column want to "+p.table.Name+".csv, or a section -- "+c.Name+"/want --", "the case %q does not say what it wants", c.Name)
	}
	return nil
}
