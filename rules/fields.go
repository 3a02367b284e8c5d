package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"paperlight/analyzer/schema"
)

// A document reads the values of one file and notes every fault with its
// position.
type document struct {
	file   string
	lines  []string
	faults *faults
	// private: keys may be data of a practice. One that is near to none is not shown.
	private bool
}

func (d *document) fault(v *value, hint, format string, args ...any) {
	d.faults.add(&Error{File: d.file, Line: v.line, Column: v.column, Message: fmt.Sprintf(format, args...), Hint: hint})
}

// A key is one key that a mapping may have.
type key struct {
	name     string
	required bool
	read     func(*value)
}

// object reads a mapping: each key by its function, unknown keys and absent
// required ones as faults. what names the mapping in messages: "a rule".
func (d *document) object(v *value, what string, keys []key) {
	if v.kind != mapping {
		d.fault(v, "", "want %s as keys and values", what)
		return
	}
	for _, f := range v.fields {
		i := slices.IndexFunc(keys, func(k key) bool { return k.name == f.key })
		if i < 0 {
			names := make([]string, len(keys))
			for i, k := range keys {
				names[i] = k.name
			}
			e := &Error{File: d.file, Line: f.line, Column: f.column, Message: fmt.Sprintf("%s has no key %q", what, f.key), Hint: schema.DidYouMean(f.key, names)}
			if d.private && e.Hint == "" {
				e.Message, e.Hint = what+" has no key of this name", "want one of "+strings.Join(names, ", ")
			}
			d.faults.add(e)
			continue
		}
		keys[i].read(f.value)
	}
	for _, k := range keys {
		if k.required && !v.has(k.name) {
			d.fault(v, "", "%s needs the key %q", what, k.name)
		}
	}
}

func (v *value) has(name string) bool {
	return slices.ContainsFunc(v.fields, func(f field) bool { return f.key == name })
}

// text reads a scalar that is not empty, with its white space folded.
func (d *document) text(into *string) func(*value) {
	return func(v *value) {
		folded := strings.Join(strings.Fields(v.text), " ")
		if v.kind != scalar || folded == "" {
			d.fault(v, "", "want a text")
			return
		}
		*into = folded
	}
}

// paragraphs reads a scalar that may have several lines.
func (d *document) paragraphs(into *string) func(*value) {
	return func(v *value) {
		if v.kind != scalar || strings.TrimSpace(v.text) == "" {
			d.fault(v, "", "want a text")
			return
		}
		*into = strings.TrimSpace(v.text)
	}
}

// choice reads one of a closed list of words.
func choice[T ~string](d *document, into *T, of ...T) func(*value) {
	return func(v *value) {
		if v.kind == scalar && slices.Contains(of, T(v.text)) {
			*into = T(v.text)
			return
		}
		words := make([]string, len(of))
		for i, one := range of {
			words[i] = string(one)
		}
		d.fault(v, schema.DidYouMean(v.text, words), "want one of %s", strings.Join(words, ", "))
	}
}

func (d *document) boolean(into *bool) func(*value) {
	return func(v *value) {
		switch {
		case v.kind == scalar && v.text == "true":
			*into = true
		case v.kind == scalar && v.text == "false":
			*into = false
		default:
			d.fault(v, "", "want true or false")
		}
	}
}

func (d *document) integer(into *int, lowest, highest int) func(*value) {
	return func(v *value) {
		n, err := strconv.Atoi(v.text)
		if v.kind != scalar || err != nil || n < lowest || n > highest || strconv.Itoa(n) != v.text {
			d.fault(v, "", "want a whole number from %d to %d", lowest, highest)
			return
		}
		*into = n
	}
}

// texts reads a list of scalars.
func (d *document) texts(into *[]string) func(*value) {
	return func(v *value) {
		if v.kind != list {
			d.fault(v, "write [a, b]", "want a list")
			return
		}
		for _, item := range v.items {
			var s string
			if d.text(&s)(item); s != "" {
				*into = append(*into, s)
			}
		}
	}
}

// expression reads the text of an expression as it stands in the file, line by
// line, so that a fault in it can be shown where the author wrote it. It
// returns the line the text begins on.
func (d *document) expression(into *string, line *int) func(*value) {
	return func(v *value) {
		if v.kind != scalar || strings.TrimSpace(v.text) == "" {
			d.fault(v, "", "want an expression")
			return
		}
		*into, *line = d.written(v)
	}
}

// written returns the lines of a scalar without their common indentation, and
// the line in the file of the first. Where the text was written with escapes
// it cannot be shown as it stands, and the value itself is returned.
func (d *document) written(v *value) (string, int) {
	words := strings.Fields(v.text)
	first := v.line
	if v.block {
		first++
	}
	var lines []string
	for n := first; n <= len(d.lines); n++ {
		s := d.lines[n-1]
		if n == v.line {
			s = s[min(len(s), v.column-1):]
		}
		lines = append(lines, s)
		got := strings.Fields(strings.Join(lines, " "))
		if len(got) >= len(words) {
			if len(got) > len(words) && strings.HasPrefix(got[len(words)], "#") && len(lines) == 1 {
				lines[0], got = cutComment(s), words
			}
			if slices.Equal(got, words) {
				return dedent(lines), skipBlank(lines, first)
			}
			break
		}
	}
	return strings.TrimSpace(v.text), v.line
}

// cutComment cuts a trailing comment off a line.
func cutComment(s string) string {
	if i := strings.Index(s, " #"); i >= 0 {
		return strings.TrimRight(s[:i], " ")
	}
	return s
}

func skipBlank(lines []string, first int) int {
	for _, s := range lines {
		if strings.TrimSpace(s) != "" {
			break
		}
		first++
	}
	return first
}

// dedent joins lines without leading blank lines and common indentation.
func dedent(lines []string) string {
	for len(lines) > 0 && strings.TrimSpace(lines[0]) == "" {
		lines = lines[1:]
	}
	indent := -1
	for _, s := range lines {
		if strings.TrimSpace(s) == "" {
			continue
		}
		n := len(s) - len(strings.TrimLeft(s, " "))
		if indent < 0 || n < indent {
			indent = n
		}
	}
	out := make([]string, len(lines))
	for i, s := range lines {
		out[i] = strings.TrimRight(s[min(len(s), max(0, indent)):], " \r")
	}
	return strings.Join(out, "\n")
}
