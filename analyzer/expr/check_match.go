package expr

import (
	"fmt"

	"cel.dev/cel-go/common/ast"

	"paperlight/analyzer/schema"
)

// maxKeys bounds the values that rows of two lists must share.
const maxKeys = 8

// match checks rows.matched(r, condition, [r.column], [column]) and
// rows.latest_match(r, condition, r.date, [r.column], [column]), which the row
// in scope asks of a list of its own patient or practice.
func (c *checker) match(e ast.Expr, p place) (*term, error) {
	name, args := e.AsCall().FunctionName(), e.AsCall().Args()
	path, err := c.reach(e.AsCall().Target(), place{frame: p.frame, path: p.path})
	if err != nil {
		return nil, err
	}
	if p.many.Near != nil || len(path) > 1 || len(path) == 1 && path[0].Near != nil {
		return nil, c.refuse(e.AsCall().Target(), "for example patient.events."+name+"(...)", "%s wants a list of the row's own patient or practice", name)
	}
	out := &term{op: OpMatched, typ: schema.Bool, relation: p.many, table: c.row.table, at: c.at(e)}
	outer := c.row
	defer func() { c.row = outer }()
	if name == "latest_match" {
		_, cond, date, err := c.dated(e, p, 5)
		if err != nil {
			return nil, err
		}
		out.op, out.typ, out.args = OpLatestMatch, schema.Date, []*term{cond, date}
		if err := c.enter(e, p, args[0], 5, args); err != nil {
			return nil, err
		}
	} else {
		cond, err := c.body(e, p, 4)
		if err != nil {
			return nil, err
		}
		out.args = []*term{cond}
	}
	far, err := c.values(e, args[len(args)-2])
	if err != nil {
		return nil, err
	}
	c.row = outer
	near, err := c.values(e, args[len(args)-1])
	if err != nil {
		return nil, err
	}
	if len(far) != len(near) {
		return nil, c.refuse(args[len(args)-1], "", "the lists are compared one by one: they hold %d and %d values", len(far), len(near))
	}
	for i := range far {
		if far[i].typ != near[i].typ {
			return nil, c.refuse(args[len(args)-1].AsList().Elements()[i], "", "this is %s, and what it is compared with is %s", describe(near[i].typ), describe(far[i].typ))
		}
	}
	out.args, out.near = append(append(out.args, far...), near...), len(near)
	return out, nil
}

// values checks a list of columns, or of dates moved by a period, of the row in
// scope.
func (c *checker) values(e, list ast.Expr) ([]*term, error) {
	form := listForms[e.AsCall().FunctionName()]
	if list.Kind() != ast.ListKind || len(list.AsList().Elements()) == 0 {
		return nil, c.refuse(list, "write "+form, "want a list of columns")
	}
	if n := len(list.AsList().Elements()); n > maxKeys {
		return nil, c.refuse(list, "", "at most %d columns are compared, not %d", maxKeys, n)
	}
	var out []*term
	for _, k := range list.AsList().Elements() {
		t, err := c.value(k)
		if err != nil {
			return nil, err
		}
		column := t
		for column.op == OpShift {
			column = column.args[0]
		}
		if column.op != OpColumn {
			return nil, c.refuse(k, "write "+form, "want a column, or a date column with a period")
		}
		out = append(out, t)
	}
	return out, nil
}

// repeatsEarlier checks repeats_earlier(rows, r, condition, [columns]) on the
// rule's own row.
func (c *checker) repeatsEarlier(e ast.Expr) (*term, error) {
	const example = "repeats_earlier(patient.events, e, has(e.code), [code_system, code, event_date, value])"
	args := e.AsCall().Args()
	if len(args) != 4 {
		return nil, c.refuse(e, "write "+example, "repeats_earlier takes 4 arguments, not %d", len(args))
	}
	if c.row.outer != nil {
		return nil, c.refuse(e, "", "repeats_earlier asks about the rule's own row, not a loop's")
	}
	p, err := c.list(e, args[0])
	if err != nil {
		return nil, err
	}
	if c.row.table.Walk("patient") == nil || c.row.table.Key == nil {
		return nil, c.refuse(e, "", "only rows of a patient that have an id can repeat an earlier one: those of %s cannot", c.row.table.Name)
	}
	if len(p.path) != 1 || p.path[0].Near != nil || p.many.Near != nil || p.many.To != c.row.table || p.many.From != schema.Patients {
		return nil, c.refuse(args[0], fmt.Sprintf("for example patient.%s", c.row.table.Name), "repeats_earlier wants the patient's list that the row itself is in")
	}
	outer := c.row
	defer func() { c.row = outer }()
	if err := c.enter(e, p, args[1], 4, args); err != nil {
		return nil, err
	}
	cond, err := c.condition(args[2])
	if err != nil {
		return nil, err
	}
	keys, err := c.keys(e, args[1].AsIdent(), p.many.To, args[3])
	if err != nil {
		return nil, err
	}
	id := &term{op: OpColumn, typ: schema.Text, column: p.many.To.Key, at: c.at(e)}
	return &term{op: OpRepeatsEarlier, typ: schema.Bool, relation: p.many, args: append([]*term{cond, id}, keys...), at: c.at(e)}, nil
}
