package oracle

import (
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
)

// A Truth is what a condition is of one row.
type Truth int8

// The three truths.
const (
	False Truth = iota
	True
	Unknown
)

func (t Truth) String() string { return [...]string{"false", "true", "unknown"}[t] }

// A Verdict is what a rule makes of one row. A condition that the rule does
// not have is False.
type Verdict struct {
	// Counted is false for a row that the reader rejects and for one that
	// counts under no practice; nothing else is then set.
	Counted                bool
	Practice               string // the practice's id
	Where, Exclude, Expect Truth
	// Value is the rule's number; HasValue is false where it is unknown or
	// the rule has none.
	Value    float64
	HasValue bool
	// Date is the day that the rule counts the row by; HasDate as HasValue.
	Date    calendar.Day
	HasDate bool
}

// An Oracle judges the rows of one extract.
type Oracle struct {
	language *expr.Language
	data     *Data
	records  *records
}

// New joins the rows of data, which it keeps and does not change.
func New(language *expr.Language, data *Data) *Oracle {
	return &Oracle{language: language, data: data, records: join(data)}
}

// Eval judges each row of the rule's table, in the order of Data. An error is
// a fault of the language or of the data, never a verdict.
func (o *Oracle) Eval(checked *expr.Checked, binding *expr.Binding) ([]Verdict, error) {
	alternative, err := checked.Alternatives(binding)
	if err != nil {
		return nil, err
	}
	r := &run{
		Oracle: o, binding: binding, alternative: alternative,
		environments: map[*schema.Table]*cel.Env{}, programs: map[*cel.Ast]cel.Program{},
	}
	trees, err := checked.Trees()
	if err != nil {
		return nil, err
	}
	out := make([]Verdict, len(o.data.Tables[trees.Table.Name]))
	for i := range out {
		rec := o.records.tables[trees.Table][i]
		if rec == nil || rec.practice == nil {
			continue
		}
		v := &out[i]
		v.Counted, v.Practice = true, rec.practice.text("practice_id")
		v.Where, v.Exclude, v.Expect = r.truth(rec, trees.Where), r.truth(rec, trees.Exclude), r.truth(rec, trees.Expect)
		if trees.Value != nil {
			v.Value, v.HasValue = r.number(rec, trees.Value)
		}
		if trees.Date != nil {
			v.Date, v.HasDate = r.day(rec, trees.Date)
		}
		if r.fault != nil {
			return nil, fmt.Errorf("%s row %d: %w", trees.Table.Name, i, r.fault)
		}
	}
	return out, nil
}

// A run evaluates the conditions of one rule.
type run struct {
	*Oracle
	binding      *expr.Binding
	alternative  func(t *schema.Table, name string) *cel.Ast
	environments map[*schema.Table]*cel.Env
	programs     map[*cel.Ast]cel.Program
	fault        error
}

func (r *run) truth(rec *record, tree *cel.Ast) Truth {
	if tree == nil {
		return False
	}
	switch v := r.eval(rec, tree).(type) {
	case types.Bool:
		if v {
			return True
		}
		return False
	case *types.Unknown:
		return Unknown
	default:
		r.fail(fmt.Errorf("a condition is %v", v))
		return Unknown
	}
}

func (r *run) number(rec *record, tree *cel.Ast) (float64, bool) {
	switch v := r.eval(rec, tree).(type) {
	case types.Int:
		return float64(v), true
	case types.Double:
		return float64(v), true
	case *types.Unknown:
	default:
		r.fail(fmt.Errorf("a value is %v", v))
	}
	return 0, false
}

func (r *run) day(rec *record, tree *cel.Ast) (calendar.Day, bool) {
	switch v := r.eval(rec, tree).(type) {
	case opaque:
		return day(v), true
	case *types.Unknown:
	default:
		r.fail(fmt.Errorf("a date is %v", v))
	}
	return 0, false
}

func (r *run) fail(err error) {
	if r.fault == nil {
		r.fault = err
	}
}

// eval runs a condition over a record. An error of the interpreter is kept as
// the run's fault.
func (r *run) eval(rec *record, tree *cel.Ast) ref.Val {
	program, err := r.program(rec.table, tree)
	if err != nil {
		r.fail(err)
		return unknown()
	}
	v, _, err := program.Eval(scope{r, rec})
	if err != nil {
		r.fail(err)
		return unknown()
	}
	return v
}

func (r *run) program(t *schema.Table, tree *cel.Ast) (cel.Program, error) {
	if p := r.programs[tree]; p != nil {
		return p, nil
	}
	env := r.environments[t]
	if env == nil {
		var err error
		if env, err = r.language.Environment(t, r.functions()); err != nil {
			return nil, err
		}
		r.environments[t] = env
	}
	p, err := env.Program(tree)
	r.programs[tree] = p
	return p, err
}

// field reads a column, definition, row or list of a record.
func (r *run) field(rec *record, name string) ref.Val {
	if c := rec.table.Column(name); c != nil {
		if rec.missing || !c.Virtual && !r.binding.Supplies(c) {
			return unknown()
		}
		return native(rec.row[name].Value)
	}
	if step := rec.table.Walk(name); step != nil {
		return r.walk(rec, step)
	}
	tree := r.alternative(rec.table, name)
	if tree == nil {
		return types.NewErr("%s has no %s", rec.table.Name, name)
	}
	return r.eval(rec, tree)
}

func (r *run) walk(rec *record, step *schema.Relation) ref.Val {
	able := !rec.missing && (step.To == schema.Practice || r.binding.HasTable(step.To))
	if step.Near != nil {
		able = able && r.binding.Supplies(step.Near) && r.binding.Supplies(step.Far)
	}
	switch {
	case !step.Many && !able:
		return r.object(r.records.missing[step.To])
	case !step.Many:
		return r.object(r.records.one(rec, step))
	}
	var rows []ref.Val
	if able {
		for _, to := range r.records.related(rec, step) {
			rows = append(rows, r.object(to))
		}
	}
	return list(rows)
}

func (r *run) practice(rec *record) *record {
	if rec.practice == nil {
		return r.records.missing[schema.Practice]
	}
	return rec.practice
}

func (r *run) asOf(rec *record) ref.Val {
	if r.binding.AsOf != nil {
		return date(*r.binding.AsOf)
	}
	if day, ok := r.data.AsOf[r.practice(rec).text("practice_id")]; ok {
		return date(day)
	}
	return unknown()
}
