package analyzer

import (
	"context"
	"fmt"
	"slices"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
	"paperlight/rules"
)

// An Asked is a condition that the rows of a table are held to, in the language of
// rules and with the definitions and code lists of a catalogue.
type Asked struct {
	Table     *schema.Table
	Condition string
}

// Unmet calls emit for each row for which a condition is not known to hold, with the
// row's table, keys and position; Row.Rule is AskedID of the condition. It returns the
// numbers of the conditions of which the extract lacks columns, for which nothing is
// emitted.
func Unmet(ctx context.Context, x *extract.Extract, catalogue *rules.Catalogue, asked []Asked, o RunOptions, emit func(Row) error) (untold []int, err error) {
	var of []*rules.Rule
	var ids []string
	for i, a := range asked {
		checked, err := catalogue.Language.Check(expr.Source{File: a.Table.Name, Table: a.Table, Where: "true", WhereLine: 1, Expect: a.Condition, ExpectLine: 1})
		if err != nil {
			return nil, fmt.Errorf("the condition %s: %w", a.Condition, err)
		}
		of, ids = append(of, &rules.Rule{ID: AskedID(i), Table: a.Table, Checked: checked}), append(ids, AskedID(i))
	}
	found, err := Check(ctx, x, catalogue.Only(of), o)
	if err != nil {
		return nil, err
	}
	for i := range asked {
		if len(found.Missing[AskedID(i)]) > 0 {
			untold = append(untold, i)
		}
	}
	if len(untold) == len(asked) {
		return untold, nil
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { return len(found.Missing[id]) > 0 })
	return untold, FailingRows(ctx, found.Run, ids, nil, emit)
}

// AskedID is what condition i of Unmet is called.
func AskedID(i int) string { return fmt.Sprintf("asked/%d", i) }
