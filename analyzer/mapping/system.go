package mapping

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"paperlight/analyzer/schema"
)

// A System says how the tables of one clinical system or exchange format
// become canonical ones.
type System struct {
	// ID names the system in reports; Title is its name for people.
	ID    string `yaml:"id"`
	Title string `yaml:"title"`
	// Missing lists words that mean "no value" in every column.
	Missing []string `yaml:"missing"`
	// Sources are the tables of the system, by the names used below.
	Sources map[string]*Source `yaml:"sources"`
	// Lookups are side tables that columns may be read through.
	Lookups map[string]*Lookup `yaml:"lookups"`
	// Release names the column that holds the date of the extract.
	Release *Release `yaml:"release_date"`
	// Unused lists, as regular expressions for names like Source.File, tables of
	// the system that fill no canonical table.
	Unused []string `yaml:"unused"`
	// Tables are the canonical tables that the system can fill, each from one
	// or several sources.
	Tables map[string][]*Target `yaml:"tables"`

	file  string
	text  []byte
	spare *regexp.Regexp // of Unused
	own   bool           // canonical files: each column has its use
}

// A Source is one table of the system: how to tell its files.
type Source struct {
	// File is a regular expression for the whole name of a file without its
	// extension, or of the folder that holds its parts, in any case.
	File string `yaml:"file"`
	// Needs are columns that a file must have to be this table, in any case.
	Needs []string `yaml:"needs"`
	// Required says that the system is recognised by this table.
	Required bool `yaml:"required"`
	// Numbered says that the table may come as several files side by side.
	Numbered bool `yaml:"numbered"`
	Resource `yaml:",inline"`

	pattern *regexp.Regexp
}

// A Lookup is a source table that is held in memory, by its key.
type Lookup struct {
	From string `yaml:"from"`
	Key  string `yaml:"key"`
	// Only keeps the rows whose columns hold one of the given values each.
	Only map[string][]string `yaml:"only"`
}

// A Release names the column with the date of the extract.
type Release struct {
	From   string   `yaml:"from"`
	Column string   `yaml:"column"`
	Dates  []string `yaml:"dates"`
}

// A Target says how the rows of a source become rows of a canonical table.
type Target struct {
	From string `yaml:"from"`
	// Only keeps the rows whose columns hold one of the given values each.
	Only    map[string][]string    `yaml:"only"`
	Columns map[string]*Expression `yaml:"columns"`
}

// An Expression says where a canonical column comes from. Written as a plain
// word it is the source column of that name.
type Expression struct {
	// From is the source column; Via names lookup.column through which its
	// value is read.
	From string `yaml:"from"`
	Via  string `yaml:"via"`
	// Missing lists words that mean "no value" here.
	Missing []string `yaml:"missing"`
	// Values maps the values of the source, in any case, to those of the column;
	// any other value is Otherwise, or malformed where that is empty.
	Values    map[string]string `yaml:"values"`
	Otherwise string            `yaml:"otherwise"`
	// Prefix is put before the value.
	Prefix string `yaml:"prefix"`
	// Dates lists the layouts of a date, tried in turn; yyyy-mm-dd where none
	// is given.
	Dates []string `yaml:"dates"`
	// Parts are the columns of year, month and day of a date; without a day it
	// is the first of the month.
	Parts []string `yaml:"parts"`
	// Constant is the value of every row.
	Constant string `yaml:"constant"`
	// FirstOf lists expressions; the first that has a value gives it.
	FirstOf []*Expression `yaml:"first_of"`

	typed bool // by people: blanks round the value do not count, and dates may have the day first
}

// UnmarshalYAML reads a column name or a map.
func (e *Expression) UnmarshalYAML(unmarshal func(any) error) error {
	var name string
	if unmarshal(&name) == nil {
		e.From = name
		return nil
	}
	type plain Expression
	return unmarshal((*plain)(e))
}

// ParseSystem reads a mapping file. An error names the file, line and column.
func ParseSystem(file string, text []byte) (*System, error) {
	s := &System{file: file, text: text}
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(s); err != nil {
		return nil, fmt.Errorf("%s: %s", file, strings.TrimSpace(yaml.FormatError(err, false, false)))
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	return s, nil
}

// fault names the place of a path such as $.tables.patients in the file.
func (s *System) fault(path, format string, args ...any) error {
	message := fmt.Sprintf(format, args...)
	if p, err := yaml.PathString(path); err == nil {
		if node, err := p.ReadNode(bytes.NewReader(s.text)); err == nil && node.GetToken() != nil {
			at := node.GetToken().Position
			return fmt.Errorf("%s:%d:%d: %s", s.file, at.Line, at.Column, message)
		}
	}
	return fmt.Errorf("%s: %s", s.file, message)
}

func (s *System) check() error {
	if s.ID == "" || s.Title == "" {
		return s.fault("$", "a mapping needs an id and a title")
	}
	required := false
	for _, name := range slices.Sorted(maps.Keys(s.Sources)) {
		src := s.Sources[name]
		required = required || src.Required
		if src.Resource.Resource != "" {
			if err := s.checkResource(name, src); err != nil {
				return err
			}
			continue
		}
		pattern, err := regexp.Compile("(?i)^(?:" + src.File + ")$")
		if err != nil || src.File == "" {
			return s.fault("$.sources."+name, "source %s: want a regular expression as file", name)
		}
		src.pattern = pattern
	}
	if len(s.Unused) > 0 {
		var err error
		if s.spare, err = regexp.Compile("(?i)^(?:" + strings.Join(s.Unused, "|") + ")$"); err != nil {
			return s.fault("$.unused", "unused: want regular expressions")
		}
	}
	if !required {
		return s.fault("$.sources", "no source is required: nothing tells the system")
	}
	for _, name := range slices.Sorted(maps.Keys(s.Lookups)) {
		if l := s.Lookups[name]; s.Sources[l.From] == nil || l.Key == "" {
			return s.fault("$.lookups."+name, "lookup %s: want a source and a key", name)
		}
	}
	if r := s.Release; r != nil {
		if s.Sources[r.From] == nil || r.Column == "" {
			return s.fault("$.release_date", "release_date: want a source and a column")
		}
		if err := s.checkLayouts("$.release_date", r.Dates); err != nil {
			return err
		}
	}
	return s.checkTables()
}

func (s *System) checkTables() error {
	for _, name := range slices.Sorted(maps.Keys(s.Tables)) {
		t := schema.Lookup(name)
		if t == nil {
			return s.fault("$.tables."+name, "there is no table %s", name)
		}
		for i, target := range s.Tables[name] {
			path := fmt.Sprintf("$.tables.%s[%d]", name, i)
			if s.Sources[target.From] == nil {
				return s.fault(path, "%s: there is no source %q", name, target.From)
			}
			for _, c := range t.Columns {
				if required(c) && target.Columns[c.Name] == nil {
					return s.fault(path, "%s needs the column %s", name, c.Name)
				}
			}
			for _, column := range slices.Sorted(maps.Keys(target.Columns)) {
				if err := s.checkColumn(path+".columns."+column, t, column, target.Columns[column]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (s *System) checkColumn(path string, t *schema.Table, name string, e *Expression) error {
	c := t.Column(name)
	if c == nil || c.Virtual {
		return s.fault(path, "%s has no column %q", t.Name, name)
	}
	return s.checkExpression(path, c, e)
}

// checkExpression holds an expression to its column: one origin, known names,
// values of the column's own list.
func (s *System) checkExpression(path string, c *schema.Column, e *Expression) error {
	origins := 0
	for _, have := range []bool{e.From != "", len(e.Parts) > 0, e.Constant != "", len(e.FirstOf) > 0} {
		if have {
			origins++
		}
	}
	if origins != 1 {
		return s.fault(path, "%s: want one of from, parts, constant, first_of", c)
	}
	if e.Via != "" {
		lookup, column, ok := strings.Cut(e.Via, ".")
		if !ok || s.Lookups[lookup] == nil || column == "" {
			return s.fault(path, "%s: via wants lookup.column", c)
		}
	}
	if len(e.Parts) > 0 && (c.Type != schema.Date || len(e.Parts) < 2 || len(e.Parts) > 3) {
		return s.fault(path, "%s: parts wants year, month and perhaps day of a date", c)
	}
	if (e.Prefix != "" || len(e.Values) > 0 || e.Otherwise != "") && e.From == "" || e.Prefix != "" && c.Type != schema.Text {
		return s.fault(path, "%s: prefix, values and otherwise go with from", c)
	}
	if len(e.Dates) > 0 && c.Type != schema.Date {
		return s.fault(path, "%s is not a date", c)
	}
	if err := s.checkLayouts(path, e.Dates); err != nil {
		return err
	}
	if c.Values != nil {
		for _, v := range append(slices.Sorted(maps.Values(e.Values)), e.Otherwise, e.Constant) {
			if v != "" && !slices.Contains(c.Values, v) {
				return s.fault(path, "%s cannot be %q; want one of %s", c, v, strings.Join(c.Values, ", "))
			}
		}
	}
	for i, alternative := range e.FirstOf {
		if err := s.checkExpression(fmt.Sprintf("%s.first_of[%d]", path, i), c, alternative); err != nil {
			return err
		}
	}
	return nil
}

func (s *System) checkLayouts(path string, layouts []string) error {
	for _, l := range layouts {
		if dateLayouts[l] == nil {
			return s.fault(path, "unknown date layout %q; want one of %s", l, strings.Join(slices.Sorted(maps.Keys(dateLayouts)), ", "))
		}
	}
	return nil
}

// required reports whether a source must have the column: record ids are
// derived where they are missing, unless the id is that of a patient, a
// practice or a member of staff, which other rows refer to.
func required(c *schema.Column) bool {
	return c.Required && (c != c.Table.Key || c == c.Table.Patient || c == c.Table.Practice || c.Privacy == schema.Staff)
}

// canonical is the identity: canonical files, read as they are.
func canonical() *System {
	s := &System{ID: "paperlight", Title: "canonical paperlight tables", own: true,
		Sources: map[string]*Source{}, Tables: map[string][]*Target{}}
	for _, t := range schema.Tables {
		name := strings.ReplaceAll(t.Name, "_", "[-_]")
		src := &Source{File: name, Required: t.Name == "patients", pattern: regexp.MustCompile("(?i)^" + name + "$")}
		target := &Target{From: t.Name, Columns: map[string]*Expression{}}
		for _, c := range t.Columns {
			if c.Virtual {
				continue
			}
			target.Columns[c.Name] = &Expression{From: c.Name}
			if t == schema.Declarations {
				target.Columns[c.Name] = asTyped(c)
			}
			if required(c) {
				src.Needs = append(src.Needs, c.Name)
			}
		}
		s.Sources[t.Name], s.Tables[t.Name] = src, []*Target{target}
	}
	return s
}

// asTyped reads a column of the answers as declarations.yaml does: people type both.
func asTyped(c *schema.Column) *Expression {
	e := &Expression{From: c.Name, typed: c.Type != schema.Text || c.Values != nil}
	if c.Values != nil {
		e.Values = schema.AnswerWords()
	}
	return e
}
