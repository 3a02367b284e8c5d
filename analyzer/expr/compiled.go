package expr

import (
	"fmt"
	"maps"
	"slices"

	"paperlight/analyzer/packed"
	"paperlight/analyzer/schema"
)

// Compiled are conditions that were checked when the program was built, found by
// their table and text. Neither parser nor CEL sees them again. A text that was
// changed since is not among them and is parsed as ever; where the language or the
// schema changed, whoever keeps the packed form must compile anew.
type Compiled struct{ terms map[string]string }

func compiledKey(t *schema.Table, text string) string { return t.Name + ": " + text }

// Compile packs the conditions of the language's definitions and of rules. Equal
// conditions give equal bytes.
func (l *Language) Compile(rules []*Checked) []byte {
	terms := map[string][]byte{}
	add := func(t *schema.Table, c *condition) {
		if c != nil {
			terms[compiledKey(t, c.text)] = pack(c.term)
		}
	}
	for t, of := range l.definitions {
		for _, d := range of {
			for _, a := range d.alternatives {
				add(t, a.condition)
			}
		}
	}
	for _, c := range rules {
		for _, part := range []*condition{c.where, c.exclude, c.expect, c.value, c.date} {
			add(c.source.Table, part)
		}
	}
	out := packed.AppendInt(nil, int64(len(terms)))
	for _, key := range slices.Sorted(maps.Keys(terms)) {
		out = packed.AppendText(packed.AppendText(out, key), string(terms[key]))
	}
	return out
}

// ReadCompiled reads what Compile gave. Nothing is known of what cannot be read.
func ReadCompiled(s string) *Compiled {
	r := packed.NewReader(s)
	n := r.Count()
	out := &Compiled{terms: make(map[string]string, n)}
	for range n {
		key := r.Text()
		out.terms[key] = r.Text()
	}
	if !r.Done() {
		return nil
	}
	return out
}

// recall returns the term of a text that needs no parsing: a compiled one, or the
// name of a proven definition alone; nil where there is none. The error is that of a
// definition which the text uses.
func (l *Language) recall(file string, line int, t *schema.Table, text string, known *Compiled) (*term, error) {
	settle := func(d *definition, at int) error {
		return l.settle(d, func(format string, args ...any) error {
			return errorAt(file, line, text, at, fmt.Sprintf(format, args...), "")
		})
	}
	if d := l.provenName(t, text); d != nil {
		if err := settle(d, 0); err != nil {
			return nil, err
		}
		return &term{op: opUse, typ: d.typ, definition: d}, nil
	}
	if known == nil {
		return nil, nil
	}
	s, ok := known.terms[compiledKey(t, text)]
	if !ok {
		return nil, nil
	}
	u := &unpacking{Reader: packed.NewReader(s), language: l, settle: settle}
	return u.all()
}

// provenName returns the proven definition that text is the name of, or nil.
func (l *Language) provenName(t *schema.Table, text string) *definition {
	if d := l.definitions[t][text]; d != nil && d.Proven {
		return d
	}
	return nil
}
