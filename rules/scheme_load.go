package rules

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"paperlight/analyzer/schema"
)

// SchemeIDs returns the ids of the published schemes, sorted.
func SchemeIDs() []string { return SchemesIn(published) }

// SchemesIn returns the ids of the schemes of a whole catalogue, sorted.
func SchemesIn(catalogue fs.FS) []string {
	names, err := fs.Glob(catalogue, "schemes/*.yaml")
	if err != nil {
		return nil // the pattern is constant and well formed
	}
	ids := make([]string, len(names))
	for i, name := range names {
		ids[i] = strings.TrimSuffix(path.Base(name), ".yaml")
	}
	return ids
}

// SchemeIDs returns the ids of the schemes that come with the catalogue, sorted: the
// published ones, but of a catalogue that LoadWhole gave.
func (c *Catalogue) SchemeIDs() []string { return SchemesIn(c.schemes().FS) }

// schemes is the folder whose schemes come with the catalogue.
func (c *Catalogue) schemes() Folder {
	if c.home != nil {
		return *c.home
	}
	return Published()
}

// PublishedScheme returns the scheme called id that comes with the catalogue, over
// its rules. The error is every fault, each an *Error, joined.
func PublishedScheme(id string, c *Catalogue) (*Scheme, error) {
	l := &schemeLoader{catalogue: c, published: c.schemes()}
	return l.byID(id)
}

// LoadScheme reads a scheme from the text of a file over the rules of the
// catalogue. It may extend a scheme that comes with it. file is the name that messages
// give; never an absolute path.
func LoadScheme(file string, text []byte, c *Catalogue) (*Scheme, error) {
	l := &schemeLoader{catalogue: c, published: c.schemes()}
	return l.load(newTextFile(file, text, nil))
}

type schemeLoader struct {
	catalogue *Catalogue
	published Folder // holds the schemes that can be extended
	// open are the ids being loaded, to see a scheme that extends itself.
	open []string
}

func (l *schemeLoader) byID(id string) (*Scheme, error) {
	file := l.published.label("schemes/" + id + ".yaml")
	text, err := fs.ReadFile(l.published.FS, "schemes/"+id+".yaml")
	if err != nil || !keyForm.MatchString(id) {
		ids := SchemesIn(l.published.FS)
		hint := schema.DidYouMean(id, ids)
		if hint == "" {
			hint = "the schemes are " + strings.Join(ids, ", ")
		}
		return nil, &Error{File: file, Message: "there is no such scheme", Hint: hint}
	}
	l.open = append(l.open, id)
	s, err := l.load(newTextFile(file, text, l.published.compiled))
	l.open = l.open[:len(l.open)-1]
	if err == nil && s.ID != id {
		return nil, &Error{File: file, Line: 1, Column: 1, Message: fmt.Sprintf("want the id %s, as the file is named", id)}
	}
	return s, err
}

func (l *schemeLoader) load(t *textFile) (*Scheme, error) {
	if len(t.text) > maxPage {
		return nil, &Error{File: t.name, Message: fmt.Sprintf("is larger than %d KiB", maxPage>>10)}
	}
	v, err := t.yaml(t.lines())
	if err != nil {
		return nil, err
	}
	var noted faults
	d := &schemeDocument{document: *t.document(&noted), catalogue: l.catalogue}
	base := &Scheme{}
	if f := v.at("extends"); f != v && f.kind == scalar {
		if slices.Contains(l.open, f.text) {
			d.fault(f, "", "the scheme extends itself")
			return nil, noted.err()
		}
		if base, err = l.byID(f.text); err != nil {
			d.fault(f, "", "%s cannot be extended", f.text)
			noted.add(err)
			return nil, noted.err()
		}
	}
	s := d.scheme(v, base)
	if err := noted.err(); err != nil {
		return nil, err
	}
	s.Weakened = append(slices.Clone(base.Weakened), weakened(base, s)...)
	s.SHA256 = digest([]byte(base.SHA256 + t.sha256))
	return s, nil
}

// schemeDocument reads a scheme over the rules of a catalogue.
type schemeDocument struct {
	document
	catalogue *Catalogue
}

// scheme reads a scheme as a change of base, which is empty where the scheme
// extends none. base is not changed.
func (d *schemeDocument) scheme(v *value, base *Scheme) *Scheme {
	s := &Scheme{Statement: base.Statement, ReadyTo: base.ReadyTo, Requirements: slices.Clone(base.Requirements)}
	for _, a := range base.Accreditations {
		a.Needs, a.Criteria = slices.Clone(a.Needs), slices.Clone(a.Criteria)
		s.Accreditations = append(s.Accreditations, a)
	}
	alone := base.ID == ""
	var extends string
	d.object(v, "a scheme", []key{
		{"id", true, d.text(&s.ID)},
		{"version", true, d.text(&s.Version)},
		{"title", true, d.text(&s.Title)},
		{"statement", alone, d.text(&s.Statement)},
		{"ready_to", false, d.text(&s.ReadyTo)},
		{"extends", false, d.text(&extends)},
		{"requirements", false, d.requirements(s)},
		{"drop", false, d.drop(func(r *Rule) bool {
			dropped := false
			for i := range s.Accreditations {
				dropped = s.Accreditations[i].drop(r) || dropped
			}
			return dropped
		})},
		{"accreditations", alone, d.accreditations(s)},
	})
	if s.ID != "" && !keyForm.MatchString(s.ID) {
		d.fault(v.at("id"), "", "want an id of small letters, digits and hyphens")
	}
	if v.kind == mapping {
		d.checkNeeds(v, s)
		d.checkServed(v, s)
	}
	return s
}

// drop reads the ids of rules that the scheme leaves out.
func (d *schemeDocument) drop(remove func(*Rule) bool) func(*value) {
	return func(v *value) {
		var ids []string
		if d.texts(&ids)(v); v.kind != list {
			return
		}
		for _, item := range v.items {
			if r := d.rule(item); r != nil && !remove(r) {
				d.fault(item, "", "%s is not among the criteria of the scheme extended", r.ID)
			}
		}
	}
}

func (a *Accreditation) drop(r *Rule) bool {
	before := len(a.Criteria)
	a.Criteria = slices.DeleteFunc(a.Criteria, func(c Criterion) bool { return c.Rule == r })
	return len(a.Criteria) < before
}

// rule returns the rule that v names, or notes a fault.
func (d *schemeDocument) rule(v *value) *Rule {
	if v.kind != scalar {
		d.fault(v, "", "want the id of a rule")
		return nil
	}
	ids := make([]string, len(d.catalogue.Rules))
	for i, r := range d.catalogue.Rules {
		if ids[i] = r.ID; r.ID == v.text {
			return r
		}
	}
	d.fault(v, schema.DidYouMean(v.text, ids), "there is no rule %q", v.text)
	return nil
}

func (d *schemeDocument) accreditations(s *Scheme) func(*value) {
	return func(v *value) {
		if v.kind != list || len(v.items) == 0 {
			d.fault(v, "- id: data-quality", "want a list of accreditations")
			return
		}
		var seen []string
		for _, item := range v.items {
			id := item.at("id").text
			if item.kind == mapping && id != "" && slices.Contains(seen, id) {
				d.fault(item.at("id"), "", "the accreditation %q appears twice", id)
				continue
			}
			seen = append(seen, id)
			i := slices.IndexFunc(s.Accreditations, func(a Accreditation) bool { return a.ID == id && id != "" })
			if i < 0 {
				s.Accreditations = append(s.Accreditations, Accreditation{})
				i = len(s.Accreditations) - 1
			}
			d.accreditation(item, &s.Accreditations[i])
		}
	}
}

func (d *schemeDocument) accreditation(v *value, a *Accreditation) {
	known := a.ID != ""
	var needs []string
	d.object(v, "an accreditation", []key{
		{"id", true, d.text(&a.ID)},
		{"title", !known, d.text(&a.Title)},
		{"needs", false, d.texts(&needs)},
		{"drop", false, d.drop(a.drop)},
		{"criteria", !known, d.criteria(a)},
	})
	if v.has("needs") {
		a.Needs = needs
	}
	if a.ID != "" && !keyForm.MatchString(a.ID) {
		d.fault(v.at("id"), "", "want an id of small letters, digits and hyphens")
	}
}

// checkNeeds notes accreditations that need one that is not there, or
// themselves.
func (d *schemeDocument) checkNeeds(v *value, s *Scheme) {
	var ids []string
	needs := map[string][]string{}
	for _, a := range s.Accreditations {
		ids = append(ids, a.ID)
		needs[a.ID] = a.Needs
	}
	at := v.at("accreditations")
	for _, a := range s.Accreditations {
		for _, n := range a.Needs {
			if !slices.Contains(ids, n) {
				d.fault(at, schema.DidYouMean(n, ids), "%s needs %q, which the scheme does not have", a.ID, n)
			}
		}
		var reaches func(id string, steps int) bool
		reaches = func(id string, steps int) bool {
			return steps <= len(ids) && slices.ContainsFunc(needs[id], func(n string) bool { return n == a.ID || reaches(n, steps+1) })
		}
		if reaches(a.ID, 0) {
			d.fault(at, "", "%s needs itself", a.ID)
		}
	}
}
