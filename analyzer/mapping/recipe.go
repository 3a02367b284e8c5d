package mapping

import (
	"slices"
	"strings"
	"unicode"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/source"
	"paperlight/rules/identifier"
)

// A recipe says how one file can fill one canonical column. A scan makes an
// alternative of it, whose source columns have slots and whose steps have scratch
// memory.
type recipe struct {
	columns  []int // one; several for a date in parts; none for a constant
	constant []byte
	layouts  []dateLayout
	iso      bool  // the layout is isoDate alone
	with     []int // further columns of a key
	since    int64 // of a date in parts: the year that years below 1000 count from
	when     *rowTest
	steps    []func() step
	// conversions are what happens on the way, in order, for Describe.
	conversions []Conversion
}

// A bound is a file bound to a source of the system.
type bound struct {
	file   *source.File
	source string
	header map[string]int // by name in lower case
	// captured is what the pattern of the source captures of the file's name; set is
	// the number of the set that the file is of, the first being 0.
	captured map[string]string
	place    setPlace
	set      int
	habits   *habits
	first    *firstRows // what was kept of them when habits were looked for
}

func bind(f *source.File, name string) *bound {
	b := &bound{file: f, source: name, header: map[string]int{}}
	for i, c := range f.Columns {
		// Two names that fold to one are refused: see oneNameEach.
		if key := folded(c); key != "" {
			if _, have := b.header[key]; !have {
				b.header[key] = i
			}
		}
	}
	return b
}

// folded is a name in lower case, without blanks and byte-order marks round it:
// names that differ in nothing else are one name.
func folded(name string) string {
	return strings.ToLower(strings.TrimFunc(name, func(r rune) bool { return r == '\ufeff' || unicode.IsSpace(r) }))
}

// A resolver finds the recipes by which a file fills the columns of a target.
type resolver struct {
	system  *System
	lookups map[string]*lookup
	options Options
	// released is the day of the extract, where it states one.
	released *calendar.Day
}

// recipes returns how the file can fill column c, in the order they are tried;
// none where it cannot.
func (r *resolver) recipes(b *bound, t *Target, c *schema.Column) []recipe {
	if c.Privacy == schema.Direct {
		return nil
	}
	own := r.expressed(b, c, t.Columns[c.Name])
	if c.Derived != "" {
		base := c.Table.Column(c.Derived)
		return r.derived(c, own, r.expressed(b, base, t.Columns[base.Name]))
	}
	if c.Privacy == schema.FreeText {
		for i := range own {
			own[i].then(asLength, masked)
		}
	}
	return own
}

// then adds a step and the conversion that it stands for.
func (w *recipe) then(by Conversion, begin func() step) {
	w.steps = append(w.steps, begin)
	w.conversions = append(w.conversions, by)
}

// worksOut reports whether the recipe derives the column from another one: by the
// conversion of the column's name.
func (w *recipe) worksOut(c *schema.Column) bool {
	return c.Derived != "" && slices.ContainsFunc(w.conversions, func(by Conversion) bool { return by.Name == c.Name })
}

// derived adds to the column's own recipes those from the column that it is derived
// from. A raw NHS number goes before a state that the file states: what is
// there can be judged. A stated dosage state goes before the dosage's words.
func (r *resolver) derived(c *schema.Column, own, base []recipe) []recipe {
	if len(base) == 0 {
		return own
	}
	number := identifier.Options{AllowTest: r.options.AllowTestNumbers}
	key := r.options.Key
	var by Conversion
	var begin func() step
	missing := ""
	switch c.Name {
	case "nhs_number_state":
		by, begin, missing = asNumberState, func() step { return numberState(number) }, identifier.Missing.String()
	case "nhs_number_range":
		by, begin = asNumberRange, func() step { return numberRange(number) }
	case "nhs_number_key":
		by, begin = asNumberKey, func() step { return numberKey(key, number) }
	case "first_day":
		if by, begin = asFirstDay, startOfQuarter; c.Derived == "month" {
			begin = startOfMonth
		}
	default:
		by, begin, missing = asDosageState, dosageState, string(dosageEmpty)
	}
	for i := range base {
		base[i].then(by, begin)
	}
	if c.Name == "dosage_state" {
		own = append(own, base...)
	} else {
		own = append(base, own...)
	}
	if missing != "" {
		own = append(own, recipe{constant: []byte(missing), conversions: []Conversion{asConstant}})
	}
	return own
}

// expressed returns the recipes of one expression.
func (r *resolver) expressed(b *bound, c *schema.Column, e *Expression) []recipe {
	switch {
	case e == nil, len(e.FirstOf) == 0 && r.without(e):
		return nil
	case len(e.FirstOf) > 0:
		var out []recipe
		for _, alternative := range e.FirstOf {
			out = append(out, r.expressed(b, c, alternative)...)
			if r.without(alternative) {
				break
			}
		}
		return out
	case e.Constant != "":
		w := recipe{constant: []byte(e.Constant), layouts: layoutsOf(nil), conversions: []Conversion{asConstant}}
		return r.guarded(b, w, e)
	case e.Name != "":
		if b.captured[e.Name] == "" {
			return nil
		}
		w := recipe{constant: []byte(b.captured[e.Name]), layouts: layoutsOf(e.Dates), conversions: []Conversion{asFileName}}
		return r.guarded(b, w, e)
	}
	w := recipe{layouts: layoutsOf(e.Dates), iso: len(e.Dates) == 0 && !e.typed}
	if e.typed {
		w.layouts = []dateLayout{typedDate}
	}
	names := e.Parts
	if e.From != "" {
		names = []string{e.From}
	}
	for _, name := range names {
		i, ok := b.header[folded(name)]
		if !ok {
			return nil
		}
		w.columns = append(w.columns, i)
	}
	if e.Parts != nil {
		w.conversions = append(w.conversions, asParts)
	}
	with, ok := b.columns(e.With)
	if !ok || !r.steps(&w, c, e) {
		return nil
	}
	if w.with = with; len(with) > 0 {
		w.conversions = append([]Conversion{asKey}, w.conversions...)
	}
	return r.guarded(b, w, e)
}

// guarded adds the condition under which the expression has a value; no recipe is left
// where the file cannot tell.
func (r *resolver) guarded(b *bound, w recipe, e *Expression) []recipe {
	c := e.When.asOne()
	if c == nil {
		return []recipe{w}
	}
	test, told := r.test(b, c)
	if !told {
		return nil
	}
	w.when, w.conversions = &test, append(w.conversions, asWhen)
	return []recipe{w}
}

// steps adds the expression's steps; false where it goes through a lookup that
// the extract lacks.
func (r *resolver) steps(w *recipe, c *schema.Column, e *Expression) bool {
	null := append(append([]string(nil), r.system.Missing...), e.Missing...)
	noValue := func() step { return withoutWords(null) }
	if e.typed && c.Type != schema.Date {
		w.steps = append(w.steps, trimmed)
	}
	if len(null) > 0 {
		w.then(asMissing, noValue)
	}
	if e.clean != nil {
		w.then(asMatch, func() step { return matched(e.clean) })
	}
	vias, ok := r.through(e.Via)
	if !ok {
		return false
	}
	for _, via := range vias {
		w.then(asLookup, via)
		if len(null) > 0 {
			w.steps = append(w.steps, noValue)
		}
	}
	if e.match != nil {
		w.then(asMatch, func() step { return matched(e.match) })
	}
	if e.Item != nil {
		w.then(asItem, func() step { return firstItem(e.Item) })
	}
	if e.Split != "" {
		w.then(asSplit, func() step { return firstListed(e.Split, e.Values, e.Otherwise, c.Values) })
		return true
	}
	if len(e.Values) > 0 || e.Otherwise != "" {
		w.then(asChoice, func() step { return choice(e.Values, e.Otherwise) })
	}
	switch since := int64(e.YearsSince); {
	case since != 0 && len(e.Parts) > 0:
		w.since, w.conversions = since, append(w.conversions, asYears)
	case since != 0:
		w.then(asYears, func() step { return yearsSince(since) })
	}
	if e.Prefix != "" {
		w.then(asPrefix, func() step { return prefixed(e.Prefix) })
	}
	return true
}

// through returns the steps through lookups; false where the extract lacks one.
func (r *resolver) through(via Names) (steps []func() step, ok bool) {
	for _, v := range via {
		name, column, _ := strings.Cut(v, ".")
		l := r.lookups[name]
		if l == nil {
			return nil, false
		}
		i := l.column(folded(column))
		if i < 0 || l.len() == 0 {
			return nil, false
		}
		steps = append(steps, func() step { return l.through(i) })
	}
	return steps, true
}

func layoutsOf(names []string) []dateLayout {
	names = layoutNames(names)
	out := make([]dateLayout, len(names))
	for i, n := range names {
		out[i] = dateLayouts[n]
	}
	return out
}

// layoutNames are the layouts that are meant where none may be named.
func layoutNames(names []string) []string {
	if len(names) == 0 {
		return []string{"yyyy-mm-dd"}
	}
	return names
}

// reads are the columns of the file that the recipe reads.
func (w *recipe) reads() []int {
	out := slices.Concat(w.columns, w.with)
	if w.when != nil {
		out = append(out, w.when.columns...)
	}
	return out
}

// begin makes the alternative of a scan.
func (w *recipe) begin(s *slots) alternative {
	a := alternative{slot: -1, constant: w.constant, layouts: w.layouts, iso: w.iso, since: w.since}
	for _, begin := range w.steps {
		a.steps = append(a.steps, begin())
	}
	if w.when != nil {
		a.when = w.when.begin(s)
	}
	if len(w.with) > 0 {
		a.with = s.all(w.with)
	}
	if len(w.columns) == 1 {
		a.slot = s.of(w.columns[0])
		return a
	}
	for _, c := range w.columns {
		a.parts = append(a.parts, s.of(c))
	}
	return a
}
