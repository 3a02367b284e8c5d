package oracle

import (
	"fmt"
	"reflect"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/expr"
)

// opaque is a value of one of the language's own types.
type opaque struct {
	typ   *cel.Type
	value any
}

func (o opaque) ConvertToNative(reflect.Type) (any, error) {
	return nil, fmt.Errorf("a %s has no Go form", o.typ.TypeName())
}
func (o opaque) ConvertToType(ref.Type) ref.Val {
	return types.NewErr("a %s cannot be converted", o.typ.TypeName())
}
func (o opaque) Type() ref.Type { return o.typ }
func (o opaque) Value() any     { return o.value }

func (o opaque) Equal(other ref.Val) ref.Val {
	p, ok := other.(opaque)
	return types.Bool(ok && o.typ == p.typ && o.value == p.value)
}

func date(d calendar.Day) ref.Val { return opaque{expr.DateType, d} }

func day(v ref.Val) calendar.Day { return v.Value().(calendar.Day) }

func unknown() ref.Val { return types.NewUnknown(0, nil) }

// native turns the value of a cell into CEL's.
func native(v any) ref.Val {
	switch v := v.(type) {
	case nil:
		return unknown()
	case calendar.Day:
		return date(v)
	case string:
		return types.String(v)
	case int64:
		return types.Int(v)
	case float64:
		return types.Double(v)
	case bool:
		return types.Bool(v)
	}
	return types.NewErr("a cell holds a %T", v)
}

// object is a record as CEL reads it.
type object struct {
	opaque
	run    *run
	record *record
}

func (r *run) object(rec *record) ref.Val {
	return object{opaque: opaque{typ: expr.RowType(rec.table)}, run: r, record: rec}
}

// Get returns a field of the record: a column, a definition, a row or a list.
func (o object) Get(name ref.Val) ref.Val {
	return o.run.field(o.record, string(name.(types.String)))
}

// answer is a practice's declaration as CEL reads it.
type answer struct {
	opaque
	given *Declaration
}

func (a answer) Get(name ref.Val) ref.Val {
	switch {
	case a.given == nil:
	case name == types.String("answer") && a.given.Answer != "":
		return types.String(a.given.Answer)
	case name == types.String("date") && a.given.Date != nil:
		return date(*a.given.Date)
	case name == types.String("count") && a.given.Count != nil:
		return types.Int(*a.given.Count)
	}
	return unknown()
}

// scope is the names that a condition over one record may read.
type scope struct {
	run    *run
	record *record
}

func (s scope) ResolveName(name string) (any, bool) {
	switch name {
	case "as_of":
		return s.run.asOf(s.record), true
	case expr.OwnRow:
		return s.run.object(s.record), true
	case expr.OwnPractice:
		return s.run.object(s.run.practice(s.record)), true
	}
	if name == "" || name[0] == '@' {
		return nil, false
	}
	if t := s.record.table; t.Column(name) == nil && t.Walk(name) == nil && s.run.alternative(t, name) == nil {
		return nil, false
	}
	return s.run.field(s.record, name), true
}

func (s scope) Parent() cel.Activation { return nil }

func list(rows []ref.Val) ref.Val { return types.NewRefValList(types.DefaultTypeAdapter, rows) }
