package expr

import (
	"slices"
	"strconv"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"

	"paperlight/analyzer/schema"
)

// MaxDays bounds how far back rows.days(...) looks; weeksBack is how far
// weeks_with does.
const (
	MaxDays   = 400
	weeksBack = 52 * 7
)

// ofDays checks days_with, weeks_with and longest_gap.
func (c *checker) ofDays(e ast.Expr) (*term, error) {
	if err := c.arity(e, 1); err != nil {
		return nil, err
	}
	name := e.AsCall().FunctionName()
	sets, owner, err := c.daysOf(e.AsCall().Args()[0])
	if err != nil {
		return nil, err
	}
	n := sets[0].period.Days
	for _, s := range sets[1:] {
		if s.period.Days != n {
			return nil, c.errorAt(s.at, "look back as far in both", "days are joined that look back %d days and %d days", n, s.period.Days)
		}
	}
	if name == "weeks_with" && n < weeksBack {
		return nil, c.refuse(e, "write "+strconv.Itoa(weeksBack)+" as the last argument of days", "weeks_with looks at 52 weeks, and these days go back %d", n)
	}
	path, err := c.reach(e, owner)
	op := map[string]Op{"days_with": OpDaysWith, "weeks_with": OpWeeksWith, "longest_gap": OpLongestGap}[name]
	return &term{op: op, typ: schema.Int, path: path, args: sets, period: Period{Days: n}, at: c.at(e)}, err
}

// daysOf resolves rows.days(...) or either_days(a, b) as sets of days and the
// row that has the lists.
func (c *checker) daysOf(e ast.Expr) ([]*term, place, error) {
	const way = "rows.days(r, condition, r.date, 364)"
	if e.Kind() != ast.CallKind {
		return nil, place{}, c.refuse(e, "write "+way, "want days here")
	}
	switch name := e.AsCall().FunctionName(); {
	case name == "either_days" && !e.AsCall().IsMemberFunction():
		if err := c.arity(e, 2); err != nil {
			return nil, place{}, err
		}
		a, owner, err := c.daysOf(e.AsCall().Args()[0])
		if err != nil {
			return nil, place{}, err
		}
		b, other, err := c.daysOf(e.AsCall().Args()[1])
		if err != nil {
			return nil, place{}, err
		}
		if owner.frame != other.frame || !slices.Equal(owner.path, other.path) {
			return nil, place{}, c.refuse(e, "", "both lists must belong to one practice or one member of staff")
		}
		return append(a, b...), owner, nil
	case name == "days" && e.AsCall().IsMemberFunction():
		t, owner, err := c.days(e)
		return []*term{t}, owner, err
	}
	return nil, place{}, c.refuse(e, "write "+way, "want days here")
}

// days checks rows.days(r, condition, r.date, N).
func (c *checker) days(e ast.Expr) (*term, place, error) {
	p, err := c.list(e, e.AsCall().Target())
	if err != nil {
		return nil, p, err
	}
	if from := p.many.From; from != schema.Practice && from != schema.StaffMembers {
		return nil, p, c.refuse(e.AsCall().Target(), "practice."+p.many.To.Name+".days(...)", "days are gathered for a practice or a member of staff, not for a row of %s", from.Name)
	}
	f, cond, date, err := c.dated(e, p, 4)
	if err != nil {
		return nil, p, err
	}
	last := e.AsCall().Args()[3]
	n := types.Int(0)
	if last.Kind() == ast.LiteralKind {
		n, _ = last.AsLiteral().(types.Int)
	}
	if n < 1 || n > MaxDays {
		return nil, p, c.refuse(last, "", "days wants a written number of days last, from 1 to %d", MaxDays)
	}
	asOf := &term{op: OpAsOf, typ: schema.Date, path: practiceOf(f.table), at: c.at(e)}
	t := &term{op: OpDays, typ: Days, relation: p.many, args: []*term{cond, date, asOf}, period: Period{Days: int(n)}, at: c.at(e)}
	return t, place{frame: p.frame, path: p.path}, nil
}

// prevalence checks prevalence("diabetes"), a share from 0 to 1.
func (c *checker) prevalence(e ast.Expr) (*term, error) {
	name, err := c.literalText(e, `prevalence("diabetes")`)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(c.language.registers, name) {
		return nil, c.refuse(e.AsCall().Args()[0], schema.DidYouMean(name, c.language.registers), "there is no expected prevalence of %q", name)
	}
	return &term{op: opPrevalence, typ: schema.Decimal, text: name, at: c.at(e)}, nil
}

// poissonOutside checks poisson_outside(observed, expected).
func (c *checker) poissonOutside(e ast.Expr) (*term, error) {
	if err := c.arity(e, 2); err != nil {
		return nil, err
	}
	out := &term{op: OpPoissonOutside, typ: schema.Bool, at: c.at(e)}
	for i, want := range []schema.Type{schema.Int, schema.Decimal} {
		t, err := c.value(e.AsCall().Args()[i])
		if err != nil {
			return nil, err
		}
		if t.typ != want {
			hint := ""
			if i == 1 && t.typ == schema.Int {
				hint = "add 0.0 to the whole number to make it a decimal"
			}
			return nil, c.refuse(e.AsCall().Args()[i], hint, "poisson_outside wants %s here, not %s", describe(want), describe(t.typ))
		}
		out.args = append(out.args, t)
	}
	return out, nil
}
