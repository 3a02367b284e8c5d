package fairness

import (
	"context"
	"fmt"
	"slices"

	"paperlight/analyzer"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/mapping"
	"paperlight/analyzer/report"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/score"
	"paperlight/analyzer/source"
	"paperlight/rules"
)

// A Judge says what the published rules and schemes make of an extract.
type Judge struct {
	Catalogue *rules.Catalogue
	schemes   []*rules.Scheme
	systems   []*mapping.System
}

// NewJudge loads the published rules and schemes.
func NewJudge() (*Judge, error) {
	catalogue, err := rules.Embedded()
	if err != nil {
		return nil, err
	}
	systems, err := mapping.Systems()
	if err != nil {
		return nil, err
	}
	j := &Judge{Catalogue: catalogue, systems: systems}
	for _, id := range rules.SchemeIDs() {
		scheme, err := rules.PublishedScheme(id, catalogue)
		if err != nil {
			return nil, err
		}
		j.schemes = append(j.schemes, scheme)
	}
	return j, nil
}

// A Finding is what was made of one practice in one form.
type Finding struct {
	System string
	Rules  map[string]*RuleFinding
	// Tables are what the extract gives; NeverHas what its system has not.
	Tables []Table
}

// A Table is what an extract gives of a canonical table.
type Table struct {
	Name          string
	Given, Absent []string // columns
	// Malformed counts the cells that could not be read.
	Malformed int64
}

// A RuleFinding is what one rule counted, and what that came to.
type RuleFinding struct {
	Count
	// Statuses by scheme and accreditation.
	Statuses map[string]report.Status
	// Blocks: some scheme makes a blocker of it.
	Blocks bool
	// Missing is what the extract lacks for it.
	Missing []string
}

// A Count is the figures of a rule. Nothing was counted where Counted is false.
type Count struct {
	Counted                                        bool
	Numerator, Denominator, Excluded, Undetermined int64
	Value                                          float64
}

func (c Count) String() string {
	if !c.Counted {
		return "nothing"
	}
	return fmt.Sprintf("%d of %d (left out %d, undetermined %d, value %g)", c.Numerator, c.Denominator, c.Excluded, c.Undetermined, c.Value)
}

// all are the rows that the rule is about, whatever became of them.
func (c Count) all() int64 { return c.Denominator + c.Excluded + c.Undetermined }

// Read opens the one practice at the paths and judges it.
func (j *Judge) Read(ctx context.Context, paths ...string) (*Finding, error) {
	x, err := analyzer.Open(ctx, paths, mapping.Options{Source: source.Options{Jobs: 1}, AllowTestNumbers: true, Systems: j.systems})
	if err != nil {
		return nil, err
	}
	defer x.Close()
	found, err := analyzer.Check(ctx, x, j.Catalogue, analyzer.RunOptions{Jobs: 1})
	if err != nil {
		return nil, err
	}
	out := &Finding{System: x.System, Rules: map[string]*RuleFinding{}, Tables: tablesOf(x)}
	for i := range out.Tables {
		out.Tables[i].Malformed = found.State.Tables[i].Malformed
	}
	for _, scheme := range j.schemes {
		made := score.Report(found.Scored(j.Catalogue, scheme))
		if len(made.Practices) != 1 {
			return nil, fmt.Errorf("want one practice, not %d", len(made.Practices))
		}
		out.add(scheme, &made.Practices[0])
	}
	return out, nil
}

func (f *Finding) add(scheme *rules.Scheme, p *report.PracticeReport) {
	for i := range p.Results {
		r := &p.Results[i]
		if f.Rules[r.Rule] == nil {
			f.Rules[r.Rule] = &RuleFinding{Count: countOf(r), Missing: r.Missing, Statuses: map[string]report.Status{}}
		}
	}
	for i := range p.Accreditations {
		a := &p.Accreditations[i]
		for j := range a.Criteria {
			c := &a.Criteria[j]
			r := f.Rules[c.Rule]
			r.Statuses[scheme.ID+" "+a.ID] = c.Status
			r.Blocks = r.Blocks || rules.Severity(c.Severity) == rules.Blocker
		}
	}
}

func countOf(r *report.Result) Count {
	if r.Denominator == nil {
		return Count{}
	}
	c := Count{Counted: true, Denominator: *r.Denominator}
	for _, n := range []struct {
		from *int64
		to   *int64
	}{{r.Numerator, &c.Numerator}, {r.Excluded, &c.Excluded}, {r.Undetermined, &c.Undetermined}} {
		if n.from != nil {
			*n.to = *n.from
		}
	}
	if r.Value != nil {
		c.Value = *r.Value
	}
	return c
}

func tablesOf(x *extract.Extract) []Table {
	var out []Table
	for _, t := range x.Tables {
		table := Table{Name: t.Schema.Name}
		for _, c := range t.Schema.Columns {
			switch {
			case c.Virtual, c.Privacy == schema.Direct: // turned into other columns while it is read
			case x.Supplies(c):
				table.Given = append(table.Given, c.Name)
			default:
				table.Absent = append(table.Absent, c.Name)
			}
		}
		out = append(out, table)
	}
	return out
}

// lacks reports whether a fact, a table or a column of one, is not in the extract.
func (f *Finding) lacks(fact string) bool {
	table, column, ok := cutFact(fact)
	if !ok {
		return false
	}
	i := slices.IndexFunc(f.Tables, func(t Table) bool { return t.Name == table })
	return i < 0 || column != "" && slices.Contains(f.Tables[i].Absent, column)
}

// cutFact parts a fact into table and column, which may be empty. ok is false for
// what the schema does not have.
func cutFact(fact string) (table, column string, ok bool) {
	for _, t := range schema.Tables {
		if t.Name == fact {
			return fact, "", true
		}
		for _, c := range t.Columns {
			if c.String() == fact {
				return t.Name, c.Name, true
			}
		}
	}
	return "", "", false
}

// CountsFaults reports whether the numerator of a rule counts what is wrong.
func (j *Judge) CountsFaults(rule string) bool { return j.Catalogue.Rule(rule).Threshold.AtMost }
