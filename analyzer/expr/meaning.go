package expr

import (
	"cmp"
	"encoding/binary"
	"maps"
	"math"
	"slices"

	"paperlight/analyzer/packed"
	"paperlight/analyzer/schema"
)

// A Meaning is what decides what a rule counts: its conditions, and all that they read
// of definitions, code lists and expected shares. Two rules of equal meaning count the
// same of any extract, by the same version of the program.
type Meaning struct {
	// Text is equal where the meaning is. How a condition is spaced, and what is said
	// about a definition, are no part of it.
	Text []byte
	// Declared are the keys of the practice's answers that conditions read, sorted.
	Declared []string
}

// Meaning returns the meaning of the rule; shares are the expected ones, by register.
func (c *Checked) Meaning(shares map[string]float64) Meaning {
	r := &meaningReader{shares: shares, language: c.language, lists: map[string]bool{}, declared: map[string]bool{}, used: map[*definition]bool{}}
	r.text(c.source.Table.Name)
	for _, part := range []*condition{c.where, c.exclude, c.expect, c.value, c.date} {
		r.condition(part)
	}
	r.allowance(c.optional)
	r.number(len(c.oneOf))
	for _, group := range c.oneOf {
		r.number(len(group))
		for _, a := range group {
			r.allowance(a)
		}
	}
	r.definitions()
	r.codelists()
	return Meaning{Text: r.out, Declared: slices.Sorted(maps.Keys(r.declared))}
}

type meaningReader struct {
	out      []byte
	shares   map[string]float64
	language *Language
	lists    map[string]bool
	declared map[string]bool
	used     map[*definition]bool // whether each was written
}

func (r *meaningReader) text(s string) { r.out = packed.AppendText(r.out, s) }
func (r *meaningReader) number(n int)  { r.out = packed.AppendInt(r.out, int64(n)) }
func (r *meaningReader) table(t *schema.Table) {
	if t == nil {
		r.text("")
		return
	}
	r.text(t.Name)
}

func (r *meaningReader) condition(c *condition) {
	if c == nil {
		r.number(0)
		return
	}
	r.number(1)
	r.out = append(r.out, pack(unplaced(c.term))...)
	r.read(c.term)
}

// unplaced is the term without its place in the text.
func unplaced(t *term) *term {
	out := *t
	out.at, out.args = 0, make([]*term, len(t.args))
	for i, a := range t.args {
		out.args[i] = unplaced(a)
	}
	return &out
}

// read notes what a term reads beside the extract.
func (r *meaningReader) read(t *term) {
	switch t.op {
	case opCoded, opMember:
		r.lists[t.text] = true
	case opPrevalence:
		if share, known := r.shares[t.text]; known {
			r.out = binary.BigEndian.AppendUint64(r.out, math.Float64bits(share))
		}
	case OpDeclared:
		r.declared[t.text] = true
	case opUse:
		if _, seen := r.used[t.definition]; !seen {
			r.used[t.definition] = false
		}
	}
	for _, a := range t.args {
		r.read(a)
	}
}

// definitions writes those that are used, and those that they use, by name.
func (r *meaningReader) definitions() {
	for {
		var next []*definition
		for d, written := range r.used {
			if !written {
				next = append(next, d)
			}
		}
		if len(next) == 0 {
			return
		}
		slices.SortFunc(next, func(a, b *definition) int {
			return cmp.Or(cmp.Compare(a.Table.Name, b.Table.Name), cmp.Compare(a.Name, b.Name))
		})
		for _, d := range next {
			r.used[d] = true
			r.text(d.Table.Name)
			r.text(d.Name)
			r.number(len(d.alternatives))
			for _, a := range d.alternatives {
				r.condition(a.condition)
				r.allowance(a.optional)
				r.table(a.without)
			}
		}
	}
}

func (r *meaningReader) allowance(a allowance) {
	r.number(len(a.columns))
	for _, c := range a.columns {
		r.text(c.String())
	}
	r.number(len(a.tables))
	for _, t := range a.tables {
		r.text(t.Name)
	}
	if a.all {
		r.text("all")
	}
}

// codelists writes the lists that are read, whole.
func (r *meaningReader) codelists() {
	for _, name := range slices.Sorted(maps.Keys(r.lists)) {
		r.text(name)
		list := r.language.lists[name]
		if list == nil {
			continue
		}
		r.text(list.Supplements)
		for _, system := range slices.Sorted(slices.Values(list.Covers)) {
			r.text(system)
		}
		for _, system := range slices.Sorted(maps.Keys(list.Codes)) {
			codes := slices.Sorted(slices.Values(list.Codes[system]))
			r.text(system)
			r.number(len(codes))
			for _, code := range codes {
				r.text(code)
			}
		}
	}
}
