package rules

import (
	_ "embed"
	"maps"
	"slices"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/packed"
)

// What takes long to work out of the published files is worked out when the program
// is built: the values of their YAML, and the terms of their conditions. Everything
// else, from front matter to schemes, is read by the same code as the files of a
// user. The values are found by the digest of the file they were parsed from and the
// terms by the text of the condition, so that a file which was changed since is
// parsed as ever: what was not compiled anew is slow, and not wrong.
//
//go:generate go test -run TestCatalogueIsCompiled -update .

//go:embed catalogue.bin
var catalogue string

// compiled is what was worked out when the program was built.
type compiled struct {
	trees map[string]string // packed, by the digest of the file
	terms *expr.Compiled
	noted map[string]*value // what was parsed all the same, where that is asked for
}

// readCompiled reads what compile gave; nil where it cannot be read.
func readCompiled(s string) *compiled {
	r := packed.NewReader(s)
	n := r.Count()
	c := &compiled{trees: make(map[string]string, n)}
	for range n {
		sum := r.Text()
		c.trees[sum] = r.Text()
	}
	c.terms = expr.ReadCompiled(r.Text())
	if !r.Done() {
		return nil
	}
	return c
}

// compile works out what the program carries of the published files.
func compile() ([]byte, error) {
	f := Published()
	f.compiled = &compiled{noted: map[string]*value{}}
	c, err := Load(f)
	if err != nil {
		return nil, err
	}
	for _, id := range SchemeIDs() {
		l := &schemeLoader{catalogue: c, published: f}
		if _, err := l.byID(id); err != nil {
			return nil, err
		}
	}
	noted := f.compiled.noted
	out := packed.AppendInt(nil, int64(len(noted)))
	for _, sum := range slices.Sorted(maps.Keys(noted)) {
		out = packed.AppendText(packed.AppendText(out, sum), string(noted[sum].pack()))
	}
	var checked []*expr.Checked
	for _, whole := range c.Rules {
		for _, r := range whole.Whole() {
			if r.Checked != nil {
				checked = append(checked, r.Checked)
			}
		}
	}
	return packed.AppendText(out, string(c.Language.Compile(checked))), nil
}

// values returns the values of the file with that digest, or nil.
func (c *compiled) values(sha256 string) *value {
	if c == nil || c.trees[sha256] == "" {
		return nil
	}
	return unpackValue(c.trees[sha256])
}

func (c *compiled) note(sha256 string, v *value) {
	if c != nil && c.noted != nil {
		c.noted[sha256] = v
	}
}

// expressions are the conditions that were checked; nil where there are none.
func (c *compiled) expressions() *expr.Compiled {
	if c == nil {
		return nil
	}
	return c.terms
}

// pack writes a value and all that it holds, the number of values first.
func (v *value) pack() []byte {
	n := 0
	var count func(*value)
	count = func(v *value) {
		n++
		for _, i := range v.items {
			count(i)
		}
		for _, f := range v.fields {
			count(f.value)
		}
	}
	count(v)
	return v.appendTo(packed.AppendInt(nil, int64(n)))
}

func (v *value) appendTo(b []byte) []byte {
	block := int64(0)
	if v.block {
		block = 1
	}
	for _, n := range []int64{int64(v.kind), block, int64(v.line), int64(v.column)} {
		b = packed.AppendInt(b, n)
	}
	switch v.kind {
	case scalar:
		b = packed.AppendText(b, v.text)
	case list:
		b = packed.AppendInt(b, int64(len(v.items)))
		for _, i := range v.items {
			b = i.appendTo(b)
		}
	case mapping:
		b = packed.AppendInt(b, int64(len(v.fields)))
		for _, f := range v.fields {
			b = packed.AppendText(b, f.key)
			b = packed.AppendInt(packed.AppendInt(b, int64(f.line)), int64(f.column))
			b = f.value.appendTo(b)
		}
	}
	return b
}

// unpackValue reads what pack gave; nil where it cannot be read.
func unpackValue(s string) *value {
	u := &valueReader{Reader: packed.NewReader(s)}
	u.values = make([]value, u.Count())
	v := u.value()
	if !u.Done() || len(u.values) > 0 {
		return nil
	}
	return v
}

// A valueReader reads packed values into a row of them.
type valueReader struct {
	*packed.Reader
	values []value
}

func (u *valueReader) value() *value {
	if len(u.values) == 0 {
		u.Fail()
		return nil
	}
	v := &u.values[0]
	u.values = u.values[1:]
	v.kind, v.block, v.line, v.column = kind(u.Int()), u.Int() != 0, int(u.Int()), int(u.Int())
	switch v.kind {
	case scalar:
		v.text = u.Text()
	case list:
		v.items = make([]*value, u.Count())
		for i := range v.items {
			v.items[i] = u.value()
		}
	case mapping:
		v.fields = make([]field, u.Count())
		for i := range v.fields {
			v.fields[i] = field{key: u.Text(), line: int(u.Int()), column: int(u.Int()), value: u.value()}
		}
	}
	return v
}
