package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"paperlight/analyzer/schema"
)

// Prevalence is what share of a list is expected on disease registers: a dated
// file of figures, each with where it comes from.
type Prevalence struct {
	File, Title string
	// Dated is when the file was put together, as written: 2026-11.
	Dated string
	Note  string
	// Registers are sorted by name.
	Registers []Register
}

// A Register is the expected share of one.
type Register struct {
	Name string // also the name of its code list, where there is one
	// Share is of all registered patients, 0 to 1.
	Share  float64
	Year   string // that the figure is of, as its source says
	Source string
	// SecondHand: quoted from somebody who quotes the official count.
	SecondHand bool
	Line       int
}

// Shares are the expected shares, by register. A nil Prevalence has none.
func (p *Prevalence) Shares() map[string]float64 {
	out := map[string]float64{}
	if p != nil {
		for _, r := range p.Registers {
			out[r.Name] = r.Share
		}
	}
	return out
}

// names are the registers' names, sorted.
func (p *Prevalence) names() []string {
	var out []string
	if p != nil {
		for _, r := range p.Registers {
			out = append(out, r.Name)
		}
	}
	return out
}

// with returns p with the registers of q, which take the place of those of the
// same name.
func (p *Prevalence) with(q *Prevalence) *Prevalence {
	if p == nil {
		return q
	}
	out := *p
	out.Registers = slices.Clone(q.Registers)
	for _, r := range p.Registers {
		if !slices.ContainsFunc(q.Registers, func(have Register) bool { return have.Name == r.Name }) {
			out.Registers = append(out.Registers, r)
		}
	}
	slices.SortFunc(out.Registers, func(a, b Register) int { return strings.Compare(a.Name, b.Name) })
	return &out
}

// WithPrevalence returns the catalogue with the figures of a file in place of
// its own; registers that the file does not name keep theirs. file stands in
// messages. The error joins every fault of the file, each an *Error. Neither
// catalogue changes the other.
func (c *Catalogue) WithPrevalence(file string, text []byte) (*Catalogue, error) {
	var faults faults
	t := newTextFile(file, text, nil)
	p := parsePrevalence(t, &faults)
	if p != nil {
		known := c.Prevalence.names()
		for _, r := range p.Registers {
			if !slices.Contains(known, r.Name) {
				faults.add(&Error{File: file, Line: r.Line, Column: 1, Message: fmt.Sprintf("no rule asks for the register %q", r.Name), Hint: schema.DidYouMean(r.Name, known)})
			}
		}
	}
	if err := faults.err(); err != nil {
		return nil, err
	}
	out := *c
	out.Prevalence = c.Prevalence.with(p)
	out.SHA256 = digest([]byte(c.SHA256 + t.sha256))
	return &out, nil
}

// prevalenceOf reads the figures of a folder.
func (l *loader) prevalenceOf(f Folder) {
	const name = "prevalence.yaml"
	if t, ok := l.read(f, name, maxPage); ok {
		if p := parsePrevalence(t, &l.faults); p != nil {
			l.prevalence = l.prevalence.with(p)
		}
	}
}

// parsePrevalence reads a file of figures; nil where it is at fault.
func parsePrevalence(t *textFile, faults *faults) *Prevalence {
	v, err := t.yaml(t.lines())
	if err != nil {
		faults.add(err)
		return nil
	}
	before := len(faults.list)
	d := t.document(faults)
	p := &Prevalence{File: t.name}
	d.object(v, "a file of expected prevalence", []key{
		{"title", true, d.text(&p.Title)},
		{"dated", true, d.text(&p.Dated)},
		{"note", false, d.text(&p.Note)},
		{"registers", true, func(v *value) {
			if v.kind != list {
				d.fault(v, "", "want a list of registers")
				return
			}
			for _, item := range v.items {
				p.Registers = append(p.Registers, d.register(item))
			}
		}},
	})
	slices.SortFunc(p.Registers, func(a, b Register) int { return strings.Compare(a.Name, b.Name) })
	for i := range p.Registers[min(1, len(p.Registers)):] {
		if r := p.Registers[i+1]; r.Name == p.Registers[i].Name && r.Name != "" {
			faults.add(&Error{File: t.name, Line: max(r.Line, p.Registers[i].Line), Column: 1, Message: "the register " + strconv.Quote(r.Name) + " appears twice", Hint: "remove one"})
		}
	}
	if len(faults.list) > before {
		return nil
	}
	return p
}

func (d *document) register(v *value) Register {
	r := Register{Line: v.line}
	d.object(v, "a register", []key{
		{"register", true, d.text(&r.Name)},
		{"percent", true, d.percentOf(&r.Share)},
		{"year", true, d.text(&r.Year)},
		{"source", true, d.text(&r.Source)},
		{"second_hand", false, d.boolean(&r.SecondHand)},
	})
	if r.Name != "" && !keyForm.MatchString(r.Name) {
		d.fault(v.at("register"), "", "want a name of small letters, digits and hyphens")
	}
	return r
}

var percentForm = regexp.MustCompile(`^[0-9]{1,3}(\.[0-9]{1,4})?$`)

// percentOf reads a share of the list, written in percent.
func (d *document) percentOf(into *float64) func(*value) {
	return func(v *value) {
		n, err := strconv.ParseFloat(v.text, 64)
		if v.kind != scalar || err != nil || !percentForm.MatchString(v.text) || n > 100 {
			d.fault(v, "5.77 is five point seven seven percent of the list", "want a percentage from 0 to 100, with at most four decimals")
			return
		}
		*into = n / 100
	}
}
