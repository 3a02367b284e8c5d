package expr

import (
	"slices"
	"strings"

	"paperlight/analyzer/schema"
)

// Conjuncts parts a condition at the && of its top, as written but with white
// space folded. A condition that is no conjunction is its only part.
func Conjuncts(text string) []string {
	text = strings.Join(strings.Fields(text), " ")
	var out []string
	for _, part := range split(text) {
		switch inner, ok := bare(part); {
		case ok && len(split(inner)) > 1:
			out = append(out, Conjuncts(inner)...)
		default:
			out = append(out, part)
		}
	}
	return out
}

// split parts text at each && outside of brackets and quotes; whole where || or ?
// stands there too, which bind less.
func split(text string) []string {
	var out []string
	depth, from := 0, 0
	quote := byte(0)
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quote != 0 && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case strings.IndexByte("([{", c) >= 0:
			depth++
		case strings.IndexByte(")]}", c) >= 0:
			depth--
		case depth == 0 && (c == '?' || strings.HasPrefix(text[i:], "||")):
			return []string{text}
		case depth == 0 && strings.HasPrefix(text[i:], "&&"):
			out = append(out, strings.TrimSpace(text[from:i]))
			i++
			from = i + 1
		}
	}
	return append(out, strings.TrimSpace(text[from:]))
}

// bare takes the brackets around the whole of text off.
func bare(text string) (string, bool) {
	if !strings.HasPrefix(text, "(") || !strings.HasSuffix(text, ")") {
		return "", false
	}
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '"', '\'':
			return "", false // too rare to be worth a look inside
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 && i < len(text)-1 {
				return "", false
			}
		}
	}
	return strings.TrimSpace(text[1 : len(text)-1]), true
}

// A part is one conjunct of a condition.
type part struct {
	text string
	term *term
}

// parts are the conjuncts; the whole where the term says otherwise than the text.
func (c *condition) parts() []part {
	if c == nil {
		return nil
	}
	var terms []*term
	var flatten func(*term)
	flatten = func(t *term) {
		if t.op != OpAnd {
			terms = append(terms, t)
			return
		}
		for _, a := range t.args {
			flatten(a)
		}
	}
	flatten(c.term)
	texts := Conjuncts(c.text)
	if len(texts) != len(terms) {
		return []part{{strings.Join(strings.Fields(c.text), " "), c.term}}
	}
	out := make([]part, len(texts))
	for i := range texts {
		out[i] = part{texts[i], terms[i]}
	}
	return out
}

// LowerExpected adds the conjuncts of what the rule expects to the graph, each for
// itself, in the order of Expected. The rule must lack nothing.
func (c *Checked) LowerExpected(g *Graph, b *Binding) []*Node {
	l := c.lowering(g, b)
	var out []*Node
	for _, p := range c.expect.parts() {
		out = append(out, l.node(p.term, false))
	}
	return out
}

// A Fault is a part of what a rule expects that holds of no entry of a list.
type Fault struct {
	Part int // as in Expected
	List *schema.Relation
	Node *Node // of the list's rows: true of those that break the part
}

// LowerFaults adds the faults of the rule to the graph: those of rows.all(...) and
// !rows.exists(...), of a patient's own lists. The rule must lack nothing.
func (c *Checked) LowerFaults(g *Graph, b *Binding) []Fault {
	l := c.lowering(g, b)
	var out []Fault
	for i, p := range c.expect.parts() {
		if p.term.op != OpNot || p.term.args[0].op != OpExists {
			continue
		}
		list := p.term.args[0]
		if r := list.relation; len(list.path) == 0 && r.From == schema.Patients && r.Near == nil && l.walks(r) {
			out = append(out, Fault{Part: i, List: r, Node: l.node(list.args[0], false)})
		}
	}
	return out
}

// Expected are the conjuncts of what the rule expects, as written.
func (c *Checked) Expected() []string {
	var out []string
	for _, p := range c.expect.parts() {
		out = append(out, p.text)
	}
	return out
}

// Shortfalls say of each conjunct of Expected, in a few words made of the names in
// it, what is wrong with a record that does not meet it.
func (c *Checked) Shortfalls() []string {
	var out []string
	for _, p := range c.expect.parts() {
		if p.term.op == OpPresent && p.term.args[0].op == OpColumn {
			out = append(out, words(p.term.args[0].column.Name)+" is missing")
			continue
		}
		out = append(out, "not met: "+strings.Join(p.term.names(), ", "))
	}
	return out
}

// names are those of the columns, definitions and lists that the term reads, as
// words, in order.
func (t *term) names() []string {
	var out []string
	t.walk(func(t *term) {
		name := ""
		switch {
		case t.op == opUse:
			name = t.definition.Name
		case t.column != nil && t.column.Name != "code_system":
			name = t.column.Name
		case t.relation != nil:
			name = t.relation.Name
		}
		if name = words(name); name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	})
	if len(out) == 0 {
		return []string{"what the rule asks"}
	}
	return out
}

func (t *term) walk(visit func(*term)) {
	visit(t)
	for _, a := range t.args {
		a.walk(visit)
	}
}

func words(name string) string { return strings.ReplaceAll(name, "_", " ") }
