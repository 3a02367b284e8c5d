package ruletest

import (
	"fmt"

	"paperlight/analyzer"
	"paperlight/analyzer/calendar"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/expr/oracle"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
	"paperlight/rules"
)

// interpret judges each row of the rule's table by CEL's own interpreter,
// which is the meaning of a rule. The engine's counts are held to it.
func (t *tester) interpret(a *Archive, c *Case, practices *analyzer.Practices, binding *expr.Binding) ([]Outcome, error) {
	data := &oracle.Data{Tables: map[string][]oracle.Row{}, AsOf: map[string]calendar.Day{}, Declarations: map[string]map[string]oracle.Declaration{}}
	for _, table := range c.Tables {
		rows := make([]oracle.Row, len(table.Rows))
		for i, cells := range table.Rows {
			rows[i] = oracle.Row{}
			for j, column := range table.Columns {
				rows[i][column.Name] = interpreted(column, cells[j])
			}
		}
		data.Tables[table.Schema.Name] = rows
	}
	for i, p := range practices.List {
		data.AsOf[p.ID] = p.AsOf
		answers := map[string]oracle.Declaration{}
		for _, d := range practices.Declarations {
			if have := practices.Declared(i, d.Key); have != nil {
				answers[d.Key] = oracleAnswer(have)
			}
		}
		data.Declarations[p.ID] = answers
	}
	verdicts, err := oracle.New(t.catalogue.Language, data).Eval(t.rule.Checked, binding)
	if err != nil {
		return nil, fmt.Errorf("interpreter: %w", err)
	}
	out := make([]Outcome, len(verdicts))
	for i, v := range verdicts {
		out[i] = t.outcome(v)
	}
	return out, nil
}

// outcome names a verdict. What is only listed meets all there is.
func (t *tester) outcome(v oracle.Verdict) Outcome {
	switch {
	case !v.Counted || v.Where == oracle.False:
		return Outside
	case v.Where == oracle.Unknown:
		return Undetermined
	case v.Exclude == oracle.True:
		return Excluded
	case t.rule.Source.Expect == "" || v.Expect == oracle.True:
		return Numerator
	case v.Expect == oracle.Unknown:
		return Unknown
	}
	return Failing
}

func interpreted(c *schema.Column, cell extract.Cell) oracle.Cell {
	out := oracle.Cell{Malformed: cell.Malformed}
	switch {
	case !cell.Known:
	case c.Type == schema.Date:
		out.Value = calendar.Day(cell.Int)
	case c.Type == schema.Int:
		out.Value = cell.Int
	case c.Type == schema.Decimal:
		out.Value = cell.Real
	case c.Type == schema.Bool:
		out.Value = cell.Int != 0
	default:
		out.Value = cell.Text
	}
	return out
}

func oracleAnswer(d *rules.Declaration) oracle.Declaration {
	out := oracle.Declaration{Answer: d.Answer}
	if d.HasDate {
		day := d.Date
		out.Date = &day
	}
	if d.HasCount {
		out.Count = &d.Count
	}
	return out
}
