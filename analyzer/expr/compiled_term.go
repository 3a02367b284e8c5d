package expr

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"paperlight/analyzer/packed"
	"paperlight/analyzer/schema"
)

// What a packed term has beside its operator, type, place and arguments.
const (
	packedPath = 1 << iota
	packedColumn
	packedRelation
	packedValue
	packedSet
	packedFunc
	packedPeriod
	packedText
	packedField
	packedDefinition
	packedSystems
	packedTable
)

// pack writes a term and what it is made of, the number of terms first. What the
// schema declares is named, so that a schema that changed is noticed.
func pack(t *term) []byte {
	n := 0
	var count func(*term)
	count = func(t *term) {
		n++
		for _, a := range t.args {
			count(a)
		}
	}
	count(t)
	return appendTerm(packed.AppendInt(nil, int64(n)), t)
}

func appendTerm(b []byte, t *term) []byte {
	has := 0
	for flag, is := range map[int]bool{
		packedPath: len(t.path) > 0, packedColumn: t.column != nil, packedRelation: t.relation != nil, packedValue: t.value != Value{},
		packedSet: t.set != nil, packedFunc: t.fn != nil, packedPeriod: t.period != Period{}, packedText: t.text != "", packedField: t.field != "",
		packedDefinition: t.definition != nil, packedSystems: t.systems != nil, packedTable: t.table != nil,
	} {
		if is {
			has |= flag
		}
	}
	for _, v := range []int{int(t.op), int(t.typ), t.at, has, len(t.args)} {
		b = packed.AppendInt(b, int64(v))
	}
	b = appendPayload(b, t, has)
	for _, a := range t.args {
		b = appendTerm(b, a)
	}
	return b
}

func appendPayload(b []byte, t *term, has int) []byte {
	if has&packedPath != 0 {
		b = packed.AppendInt(b, int64(len(t.path)))
		for _, r := range t.path {
			b = appendRelation(b, r)
		}
	}
	if has&packedColumn != 0 {
		b = packed.AppendText(packed.AppendText(b, t.column.Table.Name), t.column.Name)
	}
	if has&packedRelation != 0 {
		b = appendRelation(b, t.relation)
	}
	if has&packedValue != 0 {
		b = appendValue(b, t.value)
	}
	if has&packedSet != 0 {
		b = appendSet(b, t.set)
	}
	if has&packedFunc != 0 {
		b = packed.AppendText(b, t.fn.Name)
	}
	if has&packedPeriod != 0 {
		for _, v := range []int{t.period.Months, t.period.Days, t.period.WorkingDays} {
			b = packed.AppendInt(b, int64(v))
		}
	}
	if has&packedText != 0 {
		b = packed.AppendText(b, t.text)
	}
	if has&packedField != 0 {
		b = packed.AppendText(b, string(t.field))
	}
	if has&packedDefinition != 0 {
		b = packed.AppendText(packed.AppendText(b, t.definition.Table.Name), t.definition.Name)
	}
	if has&packedSystems != 0 {
		b = packed.AppendText(b, strings.Join(t.systems, " "))
	}
	if has&packedTable != 0 {
		b = packed.AppendInt(packed.AppendText(b, t.table.Name), int64(t.near))
	}
	return b
}

func appendRelation(b []byte, r *schema.Relation) []byte {
	return packed.AppendText(packed.AppendText(b, r.From.Name), r.Name)
}

func appendValue(b []byte, v Value) []byte {
	b = packed.AppendInt(b, int64(v.Type))
	switch v.Type {
	case schema.Text:
		return packed.AppendText(b, v.Text)
	case schema.Decimal:
		return packed.AppendReal(b, v.Real)
	}
	return packed.AppendInt(b, v.Int)
}

func appendSet(b []byte, s *Set) []byte {
	var values []Value
	for _, v := range slices.Sorted(maps.Keys(s.Texts)) {
		values = append(values, Value{Type: s.Type, Text: v})
	}
	for _, v := range slices.Sorted(maps.Keys(s.Ints)) {
		values = append(values, Value{Type: s.Type, Int: v})
	}
	for _, v := range slices.Sorted(maps.Keys(s.Reals)) {
		values = append(values, Value{Type: s.Type, Real: v})
	}
	b = packed.AppendText(packed.AppendInt(b, int64(s.Type)), s.Name)
	b = packed.AppendInt(b, int64(len(values)))
	for _, v := range values {
		b = appendValue(b, v)
	}
	return b
}

// An unpacking reads the terms of one condition into a row of them.
type unpacking struct {
	*packed.Reader
	language *Language
	settle   func(d *definition, at int) error
	err      error // of a definition that is used
	terms    []term
}

// all reads the whole; nil where it means nothing to this schema and language.
func (u *unpacking) all() (*term, error) {
	u.terms = make([]term, u.Count())
	t := u.term()
	if u.err != nil || !u.Done() || len(u.terms) > 0 {
		return nil, u.err
	}
	return t, nil
}

func (u *unpacking) term() *term {
	if len(u.terms) == 0 {
		u.Fail()
		return nil
	}
	t := &u.terms[0]
	u.terms = u.terms[1:]
	t.op, t.typ, t.at = Op(u.Int()), schema.Type(u.Int()), int(u.Int())
	has, args := u.Int(), u.Count()
	u.payload(t, int(has))
	if args > 0 {
		t.args = make([]*term, args)
	}
	for i := range t.args {
		if t.args[i] = u.term(); u.Failed() {
			return nil
		}
	}
	return t
}

func (u *unpacking) payload(t *term, has int) {
	if has&packedPath != 0 {
		t.path = make([]*schema.Relation, u.Count())
		for i := range t.path {
			t.path[i] = u.relation()
		}
	}
	if has&packedColumn != 0 {
		t.column = u.column()
	}
	if has&packedRelation != 0 {
		t.relation = u.relation()
	}
	if has&packedValue != 0 {
		t.value = u.value()
	}
	if has&packedSet != 0 {
		t.set = u.set()
	}
	if has&packedFunc != 0 {
		t.fn = u.function()
	}
	if has&packedPeriod != 0 {
		t.period = Period{Months: int(u.Int()), Days: int(u.Int()), WorkingDays: int(u.Int())}
	}
	if has&packedText != 0 {
		t.text = u.Text()
	}
	if has&packedField != 0 {
		t.field = Field(u.Text())
	}
	if has&packedDefinition != 0 {
		t.definition = u.definition(t)
	}
	if has&packedSystems != 0 {
		t.systems = strings.Fields(u.Text())
	}
	if has&packedTable != 0 {
		t.table, t.near = u.table(), int(u.Int())
	}
}

func (u *unpacking) table() *schema.Table {
	t := schema.Lookup(u.Text())
	if t == nil {
		u.Fail()
	}
	return t
}

func (u *unpacking) column() *schema.Column {
	t, name := u.table(), u.Text()
	if t == nil || t.Column(name) == nil {
		u.Fail()
		return nil
	}
	return t.Column(name)
}

func (u *unpacking) relation() *schema.Relation {
	t, name := u.table(), u.Text()
	if t == nil || t.Walk(name) == nil {
		u.Fail()
		return nil
	}
	return t.Walk(name)
}

func (u *unpacking) value() Value {
	v := Value{Type: schema.Type(u.Int())}
	switch v.Type {
	case schema.Text:
		v.Text = u.Text()
	case schema.Decimal:
		v.Real = u.Real()
	default:
		v.Int = u.Int()
	}
	return v
}

func (u *unpacking) set() *Set {
	s := &Set{Type: schema.Type(u.Int()), Name: u.Text()}
	for range u.Count() {
		s.add(u.value())
	}
	return s
}

// function finds a function of one text by its name and written argument.
func (u *unpacking) function() *Func {
	name := u.Text()
	if check := identifiers()[name]; check != nil {
		return &Func{Name: name, Bool: check}
	}
	if size := textSize(); name == size.Name {
		return size
	}
	name, argument, _ := strings.Cut(name, "(")
	literal, err := strconv.Unquote(strings.TrimSuffix(argument, ")"))
	if err == nil {
		var f *Func
		if f, err = textTest(name, literal); err == nil {
			return f
		}
	}
	u.Fail()
	return nil
}

// definition finds the definition that t uses, which must be of t's type.
func (u *unpacking) definition(t *term) *definition {
	of, name := u.table(), u.Text()
	d := u.language.definitions[of][name]
	if d == nil {
		u.Fail()
		return nil
	}
	if u.err = u.settle(d, t.at); u.err != nil || d.typ != t.typ {
		u.Fail()
	}
	return d
}
