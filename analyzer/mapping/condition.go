package mapping

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"paperlight/analyzer/bitmap"
)

// A Condition says of a row of a source whether it counts. It combines others, or
// looks at one value, which it compares in one way.
type Condition struct {
	All []*Condition `yaml:"all" json:"all,omitempty"`
	Any []*Condition `yaml:"any" json:"any,omitempty"`
	Not *Condition   `yaml:"not" json:"not,omitempty"`

	// From is the column that is looked at, With the further columns of a key,
	// Via what it is read through, as in an Expression.
	From string `yaml:"from" json:"from,omitempty"`
	With Names  `yaml:"with" json:"with,omitempty"`
	Via  Names  `yaml:"via" json:"via,omitempty"`

	// In and NotIn list values, of which "" is to have none, in any case unless
	// Exact is set, as codes want it.
	Exact bool     `yaml:"exact" json:"exact,omitempty"`
	In    []string `yaml:"in" json:"in,omitempty"`
	NotIn []string `yaml:"not_in" json:"not_in,omitempty"`
	// Starts lists how the value may begin.
	Starts []string `yaml:"starts" json:"starts,omitempty"`
	// Given asks whether there is a value at all.
	Given *bool `yaml:"given" json:"given,omitempty"`
	// Same names a column that must hold the same text.
	Same string `yaml:"same_as" json:"same_as,omitempty"`
	// Past are the layouts of a date, which must not be after the day of the extract.
	Past []string `yaml:"past" json:"past,omitempty"`
	// Known names a lookup that must have the value as a key.
	Known string `yaml:"known_to" json:"known_to,omitempty"`
}

// Conditions all have to hold. In YAML they are one condition or a list.
type Conditions []*Condition

// UnmarshalYAML reads a condition or a list of conditions.
func (c *Conditions) UnmarshalYAML(unmarshal func(any) error) error {
	var many []*Condition
	if unmarshal(&many) == nil {
		*c = many
		return nil
	}
	one := new(Condition)
	if err := unmarshal(one); err != nil {
		return err
	}
	*c = Conditions{one}
	return nil
}

// asOne returns the conditions as one; nil where there is none.
func (c Conditions) asOne() *Condition {
	switch len(c) {
	case 0:
		return nil
	case 1:
		return c[0]
	}
	return &Condition{All: c}
}

// checkCondition holds a condition to one form and to names that are there.
func (s *System) checkCondition(path string, c *Condition) {
	parts := slices.Concat(c.All, c.Any)
	if c.Not != nil {
		parts = append(parts, c.Not)
	}
	forms := count(len(c.All) > 0, len(c.Any) > 0, c.Not != nil, c.From != "")
	if forms != 1 {
		s.fault(path, "a condition: want one of all, any, not, from")
		return
	}
	for _, p := range parts {
		s.checkCondition(path, p)
	}
	if c.From == "" {
		return
	}
	if count(len(c.In) > 0, len(c.NotIn) > 0, len(c.Starts) > 0, c.Given != nil, c.Same != "", len(c.Past) > 0, c.Known != "") != 1 {
		s.fault(path, "a condition on %s: want one of in, not_in, starts, given, same_as, past, known_to", c.From)
	}
	if c.Known != "" && s.Lookups[c.Known] == nil {
		s.fault(path, "known_to: there is no lookup %q%s", c.Known, meant(c.Known, s.Lookups))
	}
	s.checkLayouts(path, c.Past)
	s.checkVia(path, c.Via)
}

func count(all ...bool) int {
	n := 0
	for _, have := range all {
		if have {
			n++
		}
	}
	return n
}

// uses calls back with the names of the lookups that the condition reads.
func (c *Condition) uses(lookup func(name, column string)) {
	if c == nil {
		return
	}
	for _, p := range slices.Concat(c.All, c.Any, Conditions{c.Not}) {
		p.uses(lookup)
	}
	for _, via := range c.Via {
		name, column, _ := strings.Cut(via, ".")
		lookup(name, column)
	}
	if c.Known != "" {
		lookup(c.Known, "")
	}
}

// A verdict says of a row of a scan whether it counts.
type verdict func(r *rows, i int) bool

// A rowTest is a condition on the rows of one file: which columns it reads, and how
// to begin a scan.
type rowTest struct {
	columns []int
	begin   func(s *slots) verdict
}

// always is the test that a file passes or fails as a whole.
func always(holds bool) rowTest {
	return rowTest{begin: func(*slots) verdict { return func(*rows, int) bool { return holds } }}
}

// test resolves a condition in the header of a file. told is false where it wants a
// value of a column that the file lacks, so that the file cannot tell.
func (r *resolver) test(b *bound, c *Condition) (t rowTest, told bool) {
	switch {
	case len(c.All) > 0:
		return r.combined(b, c.All, false)
	case len(c.Any) > 0:
		return r.combined(b, c.Any, true)
	case c.Not != nil:
		inner, told := r.test(b, c.Not)
		return rowTest{inner.columns, func(s *slots) verdict {
			holds := inner.begin(s)
			return func(r *rows, i int) bool { return !holds(r, i) }
		}}, told
	case c.Same != "":
		return b.sameText(c)
	}
	columns, ok := b.columns(append([]string{c.From}, c.With...))
	steps, have := r.through(c.Via)
	if !ok || !have {
		holds := len(c.NotIn) > 0 || slices.Contains(c.In, "") || c.Given != nil && !*c.Given
		return always(holds), holds
	}
	judge := r.judge(c)
	null := r.system.Missing
	return rowTest{columns, func(s *slots) verdict {
		v := valueTest{slots: s.all(columns), judge: judge}
		if len(v.slots) == 1 {
			s.ask(v.slots[0])
		}
		if len(null) > 0 {
			v.value.steps = append(v.value.steps, withoutWords(null))
		}
		for _, begin := range steps {
			v.value.steps = append(v.value.steps, begin())
		}
		return v.holds
	}}, true
}

// combined joins tests: one of them must hold where any is set, else each.
func (r *resolver) combined(b *bound, parts []*Condition, any bool) (t rowTest, told bool) {
	var tests []rowTest
	told = !any
	for _, p := range parts {
		test, tells := r.test(b, p)
		t.columns = append(t.columns, test.columns...)
		tests = append(tests, test)
		if any {
			told = told || tells
		} else {
			told = told && tells
		}
	}
	t.begin = func(s *slots) verdict {
		verdicts := make([]verdict, len(tests))
		for i, test := range tests {
			verdicts[i] = test.begin(s)
		}
		return func(r *rows, i int) bool {
			for _, holds := range verdicts {
				if holds(r, i) == any {
					return any
				}
			}
			return !any
		}
	}
	return t, told
}

// sameText compares two columns of a row. Where the file lacks one of them every row
// counts: nothing says that it is another's.
func (b *bound) sameText(c *Condition) (t rowTest, told bool) {
	columns, ok := b.columns([]string{c.From, c.Same})
	if !ok {
		return always(true), true
	}
	return rowTest{columns, func(s *slots) verdict {
		one, other := s.of(columns[0]), s.of(columns[1])
		return func(r *rows, i int) bool {
			a, b := r.cells[one].at(i), r.cells[other].at(i)
			return len(a) == 0 || len(b) == 0 || bytes.Equal(a, b)
		}
	}}, true
}

// judge returns how the condition judges a value; nil is no value.
func (r *resolver) judge(c *Condition) func(text []byte) bool {
	fold := bytes.ToLower
	if c.Exact {
		fold = func(text []byte) []byte { return text }
	}
	listed := map[string]bool{}
	for _, v := range slices.Concat(c.In, c.NotIn) {
		listed[string(fold([]byte(v)))] = true
	}
	switch {
	case c.Given != nil:
		want := *c.Given
		return func(text []byte) bool { return (text != nil) == want }
	case c.Known != "":
		l := r.lookups[c.Known]
		return func(text []byte) bool { return text != nil && l.find(text) >= 0 }
	case len(c.Past) > 0:
		layouts := layoutsOf(c.Past)
		return func(text []byte) bool { return r.past(text, layouts) }
	case len(c.Starts) > 0:
		return func(text []byte) bool {
			return slices.ContainsFunc(c.Starts, func(start string) bool {
				return bytes.HasPrefix(fold(text), fold([]byte(start)))
			})
		}
	case len(c.NotIn) > 0:
		return func(text []byte) bool { return text == nil || !listed[string(fold(text))] }
	}
	return func(text []byte) bool { return listed[string(fold(text))] }
}

// past reports whether the text is a date that is not after the day of the extract.
func (r *resolver) past(text []byte, layouts []dateLayout) bool {
	if r.released == nil {
		return false
	}
	for _, layout := range layouts {
		if day, ok := layout(text); ok {
			return day <= *r.released
		}
	}
	return false
}

// A valueTest judges the value of a row: each text once, while they are few.
type valueTest struct {
	slots []int
	value alternative
	judge func(text []byte) bool

	// short is what is known of texts of one byte, such as the type of a row.
	short [256]answer
	// entries are the answers of a dictionary, by entry.
	entries    []answer
	dictionary uint64
	memo       memo
	held       []bool // by entry of the memo
	many       bool   // the texts are too many to remember
	key        []byte
}

// An answer is one that may not be known yet.
type answer uint8

const (
	unasked answer = iota
	yes
	no
)

func (t *valueTest) holds(r *rows, i int) bool {
	if len(t.slots) > 1 {
		t.key, _ = appendKey(t.key[:0], r, t.slots, i)
		return t.ask(t.key)
	}
	c := &r.cells[t.slots[0]]
	if c.index != nil && c.dictionary != 0 && bitmap.Known(c.known, i) {
		return t.ofEntry(c, c.index[i])
	}
	cell := c.at(i)
	if len(cell) == 1 {
		a := &t.short[cell[0]]
		if *a == unasked {
			if *a = no; t.ask(cell) {
				*a = yes
			}
		}
		return *a == yes
	}
	if t.many {
		return t.ask(cell)
	}
	entry, ok := t.memo.number(cell)
	if !ok {
		t.many = true
		return t.ask(cell)
	}
	if int(entry) == len(t.held) {
		t.held = append(t.held, t.ask(cell))
	}
	return t.held[entry]
}

// ofEntry judges an entry of the column's dictionary.
func (t *valueTest) ofEntry(c *cells, entry int32) bool {
	if t.dictionary != c.dictionary {
		t.dictionary, t.entries = c.dictionary, t.entries[:0]
	}
	for len(t.entries) < len(c.start) {
		t.entries = append(t.entries, unasked)
	}
	a := &t.entries[entry]
	if *a == unasked {
		if *a = no; t.ask(c.entry(int(entry))) {
			*a = yes
		}
	}
	return *a == yes
}

func (t *valueTest) ask(cell []byte) bool {
	text, s := t.value.walk(cell)
	if s != present {
		text = nil
	}
	return t.judge(text)
}

// columns returns the places of the named columns; false where the file lacks one.
func (b *bound) columns(names []string) ([]int, bool) {
	out := make([]int, len(names))
	for k, name := range names {
		i, ok := b.header[folded(name)]
		if !ok {
			return nil, false
		}
		out[k] = i
	}
	return out, true
}

// meant suggests the nearest of the names of a map.
func meant[V any](name string, among map[string]V) string {
	if near := nearestName(name, sortedKeys(among)); near != "" {
		return fmt.Sprintf(": did you mean %s?", near)
	}
	return ""
}
