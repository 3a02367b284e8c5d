package mapping

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"

	"paperlight/analyzer/nesting"
	"paperlight/analyzer/schema"
)

// ParseSystem reads a mapping file. An error names the file, line and column of
// every fault, a line each.
func ParseSystem(file string, text []byte) (*System, error) {
	s := &System{file: file, text: text}
	if err := bounded(file, text); err != nil {
		return nil, err
	}
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(s); err != nil {
		return nil, faultOfYAML(file, err)
	}
	s.check()
	if err := errors.Join(s.faults...); err != nil {
		return nil, err
	}
	return s, s.compile()
}

// bounded refuses what would take the parser too long, or too much memory.
func bounded(file string, text []byte) error {
	if !utf8.Valid(text) {
		return faultOfFile(file, "want text in UTF-8")
	}
	tokens := lexer.Tokenize(string(text))
	if at, message := nesting.Fault(tokens); at != nil {
		return faultAt(file, at.Position.Line, at.Position.Column, message)
	}
	tree, err := parser.Parse(tokens, 0)
	if err != nil {
		return faultOfYAML(file, err)
	}
	if !nesting.Expanded(tree) {
		return faultOfFile(file, "too many values once its aliases are written out")
	}
	return nil
}

// fault notes a fault at a path such as $.tables.patients of the file.
func (s *System) fault(path, format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	if p, err := yaml.PathString(path); err == nil {
		if node, err := p.ReadNode(bytes.NewReader(s.text)); err == nil && node.GetToken() != nil {
			at := node.GetToken().Position
			s.faults = append(s.faults, faultAt(s.file, at.Line, at.Column, message))
			return
		}
	}
	s.faults = append(s.faults, faultOfFile(s.file, message))
}

func (s *System) check() {
	if s.ID == "" || s.Title == "" {
		s.fault("$", "a mapping needs an id and a title")
	}
	s.checkSources()
	s.checkLookups()
	s.checkRelease()
	s.checkSets()
	s.checkNotRead()
	for _, name := range slices.Sorted(maps.Keys(s.Tables)) {
		s.checkTable(name)
	}
}

func (s *System) checkSources() {
	recognised := false
	for _, name := range slices.Sorted(maps.Keys(s.Sources)) {
		src := s.Sources[name]
		path := "$.sources." + name
		recognised = recognised || src.Required
		if src.Resource.Resource != "" {
			s.checkResource(name, src)
			continue
		}
		pattern, err := s.fileName(src.File)
		if err != nil || src.File == "" {
			s.fault(path, "source %s: want a regular expression as file", name)
			continue
		}
		src.pattern = pattern
		s.checkRows(path+".deleted", src.Deleted)
		s.checkRows(path+".own", src.Own)
		for i, a := range src.Layouts {
			for _, b := range src.Layouts[:i] {
				if len(a) == len(b) {
					s.fault(path+".layouts", "source %s: two layouts have %d columns each: nothing tells them apart", name, len(a))
				}
			}
		}
	}
	if len(s.Unused) > 0 {
		var err error
		if s.spare, err = s.fileName(strings.Join(s.Unused, "|")); err != nil {
			s.fault("$.unused", "unused: want regular expressions")
		}
	}
	if !recognised {
		s.fault("$.sources", "no source is required: nothing tells the system")
	}
}

// checkRows checks conditions on which rows of a source there are at all. They are asked
// before side tables are read.
func (s *System) checkRows(path string, rows Conditions) {
	for _, c := range rows {
		s.checkCondition(path, c)
	}
	rows.uses(func(name, _ string) {
		s.fault(path, "deleted and own come before side tables are read: they cannot use the lookup %q", name)
	})
}

// fileName is the regular expression for the whole name of a file without its
// extension, in any case.
func (s *System) fileName(file string) (*regexp.Regexp, error) {
	whole := "(?:" + file + ")"
	if s.FileNames != "" {
		whole = strings.Replace(s.FileNames, "{file}", whole, 1)
	}
	return regexp.Compile("(?i)^" + whole + "$")
}

func (s *System) checkLookups() {
	for _, name := range slices.Sorted(maps.Keys(s.Lookups)) {
		l := s.Lookups[name]
		path := "$.lookups." + name
		if s.Sources[l.From] == nil || len(l.Key) == 0 {
			s.fault(path, "lookup %s: want a source and a key%s", name, meant(l.From, s.Sources))
		}
		for _, other := range l.For {
			if s.Lookups[other] == nil {
				s.fault(path, "lookup %s: there is no lookup %q%s", name, other, meant(other, s.Lookups))
			}
		}
		for _, c := range l.Where {
			s.checkCondition(path+".where", c)
		}
		if l.Needed != "" && len(l.Where)+len(l.For) > 0 {
			s.fault(path+".needed", "lookup %s: needed goes with a lookup of all rows of a file", name)
		}
	}
	if _, err := s.readingOrder(); err != nil {
		s.fault("$.lookups", "%s", err)
	}
}

func (s *System) checkRelease() {
	r := s.Release
	if r == nil {
		return
	}
	if s.Sources[r.From] == nil || count(r.Column != "", r.Name != "") != 1 {
		s.fault("$.release_date", "release_date: want a source, and a column or a name")
	} else {
		s.checkName("$.release_date", r.From, r.Name)
	}
	s.checkLayouts("$.release_date", r.Dates)
}

func (s *System) checkTable(name string) {
	t := schema.Lookup(name)
	if t == nil {
		s.fault("$.tables."+name, "there is no table %s", name)
		return
	}
	for i, target := range s.Tables[name] {
		path := fmt.Sprintf("$.tables.%s[%d]", name, i)
		if s.Sources[target.From] == nil {
			s.fault(path, "%s: there is no source %q%s", name, target.From, meant(target.From, s.Sources))
			continue
		}
		for _, c := range target.Where {
			s.checkCondition(path+".where", c)
		}
		s.checkOnce(path, target)
		for _, c := range t.Columns {
			if required(c) && target.Columns[c.Name] == nil {
				s.fault(path, "%s needs the column %s", name, c.Name)
			}
		}
		for _, column := range slices.Sorted(maps.Keys(target.Columns)) {
			s.checkColumn(path+".columns."+column, t, target.From, column, target.Columns[column])
		}
	}
}

// checkOnce wants columns of a source of rows: of resources the source says it.
func (s *System) checkOnce(path string, target *Target) {
	switch {
	case len(target.Once) == 0:
	case slices.Contains(target.Once, ""):
		s.fault(path+".once", "once: want names of columns")
	case s.Sources[target.From].Resource.Resource != "":
		s.fault(path+".once", "once: %s is a type of resource, whose own once says which counts", target.From)
	case target.Gather:
		s.fault(path+".once", "once and gather do not go together")
	}
}

func (s *System) checkColumn(path string, t *schema.Table, from, name string, e *Expression) {
	c := t.Column(name)
	if c == nil || c.Virtual {
		near := ""
		if n := nearestName(name, columnNames(t)); n != "" {
			near = ": did you mean " + n + "?"
		}
		s.fault(path, "%s has no column %q%s", t.Name, name, near)
		return
	}
	s.checkExpression(path, c, from, e)
}

// checkExpression holds an expression to its column: one origin, known names,
// values of the column's own list.
func (s *System) checkExpression(path string, c *schema.Column, from string, e *Expression) {
	if count(e.From != "", e.Name != "", len(e.Parts) > 0, e.Constant != "", len(e.FirstOf) > 0) != 1 {
		s.fault(path, "%s: want one of from, name, parts, constant, first_of", c)
		return
	}
	s.checkVia(path, e.Via)
	s.checkName(path, from, e.Name)
	for _, w := range e.When {
		s.checkCondition(path+".when", w)
	}
	s.checkForms(path, c, e)
	s.checkLayouts(path, e.Dates)
	if c.Values != nil {
		for _, v := range append(slices.Sorted(maps.Values(e.Values)), e.Otherwise, e.Constant) {
			if v != "" && !slices.Contains(c.Values, v) {
				s.fault(path, "%s cannot be %q; want one of %s", c, v, strings.Join(c.Values, ", "))
			}
		}
	}
	for i, alternative := range e.FirstOf {
		s.checkExpression(fmt.Sprintf("%s.first_of[%d]", path, i), c, from, alternative)
	}
}

// checkForms holds what changes a value to what it can be changed in.
func (s *System) checkForms(path string, c *schema.Column, e *Expression) {
	changes := e.Prefix != "" || len(e.Values) > 0 || e.Otherwise != "" || e.Clean != "" || e.Match != "" || e.Split != "" || e.Item != nil || len(e.With) > 0
	switch {
	case len(e.Parts) > 0 && (c.Type != schema.Date || len(e.Parts) < 2 || len(e.Parts) > 3):
		s.fault(path, "%s: parts wants year, month and perhaps day of a date", c)
	case changes && e.From == "":
		s.fault(path, "%s: prefix, values, otherwise, clean, match, item, split and with go with from", c)
	case e.Prefix != "" && c.Type != schema.Text:
		s.fault(path, "%s: prefix goes with text", c)
	case len(e.Dates) > 0 && c.Type != schema.Date:
		s.fault(path, "%s is not a date", c)
	case e.YearsSince != 0 && (e.YearsSince < 1000 || e.YearsSince > 2000 || c.Type != schema.Int && len(e.Parts) == 0):
		s.fault(path, "%s: years_since wants a year from 1000 to 2000, and a whole number or parts", c)
	case e.Split != "" && (len(e.Values) == 0 || c.Values == nil):
		s.fault(path, "%s: split goes with values of a column that has a list of its own", c)
	}
	if i := e.Item; i != nil && (len(i.Of) != 1 || (i.Begins == "") == (i.Not == "")) {
		s.fault(path, "%s: item wants of, one character, and begins or not", c)
	}
	for _, one := range []struct{ key, text string }{{"clean", e.Clean}, {"match", e.Match}} {
		if re, err := oneGroup(one.text); err != nil || re != nil && re.NumSubexp() != 1 {
			s.fault(path, "%s: %s wants a regular expression with one group", c, one.key)
		}
	}
}

// checkVia wants lookup.column of each.
func (s *System) checkVia(path string, via Names) {
	for _, v := range via {
		lookup, column, ok := strings.Cut(v, ".")
		if !ok || s.Lookups[lookup] == nil || column == "" {
			s.fault(path, "via %q: want lookup.column%s", v, meant(lookup, s.Lookups))
		}
	}
}

// checkName wants a name that the source's files capture.
func (s *System) checkName(path, source, name string) {
	if name == "" {
		return
	}
	if p := s.Sources[source].pattern; p != nil && p.SubexpIndex(name) < 0 {
		s.fault(path, "the file of %s captures no (?P<%s>...)", source, name)
	}
}

func (s *System) checkLayouts(path string, layouts []string) {
	for _, l := range layouts {
		if dateLayouts[l] == nil {
			s.fault(path, "unknown date layout %q; want one of %s", l, strings.Join(slices.Sorted(maps.Keys(dateLayouts)), ", "))
		}
	}
}

func columnNames(t *schema.Table) []string {
	var out []string
	for _, c := range t.Columns {
		if !c.Virtual {
			out = append(out, c.Name)
		}
	}
	return out
}

func nearestName(name string, among []string) string { return schema.Nearest(name, among) }
