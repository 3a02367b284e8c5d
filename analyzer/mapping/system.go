package mapping

import (
	"regexp"
	"strings"
	"sync"

	"paperlight/analyzer/schema"
)

// A System says how the tables of one clinical system or exchange format
// become canonical ones.
type System struct {
	// ID names the system in reports; Title is its name for people.
	ID    string `yaml:"id" json:"id,omitempty"`
	Title string `yaml:"title" json:"title,omitempty"`
	// FileNames is a regular expression for the names of all files, in which {file}
	// stands for Source.File; where it is empty that is the whole name.
	FileNames string `yaml:"file_names" json:"file_names,omitempty"`
	// Missing lists words that mean "no value" in every column.
	Missing []string `yaml:"missing" json:"missing,omitempty"`
	// Sources are the tables of the system, by the names used below.
	Sources map[string]*Source `yaml:"sources" json:"sources,omitempty"`
	// Published says that the mapping was made from the published layout, and not
	// yet tried on a real export.
	Published bool `yaml:"published" json:"published,omitempty"`
	// NotRead says, of a system that is told by its files alone, why no table of it is read.
	NotRead *NotRead `yaml:"not_read" json:"not_read,omitempty"`
	// Lookups are side tables that columns may be read through.
	Lookups map[string]*Lookup `yaml:"lookups" json:"lookups,omitempty"`
	// Sets says how extracts of the system follow each other: a full one, and what
	// changed since.
	Sets *Sets `yaml:"sets" json:"sets,omitempty"`
	// Release names the column that holds the date of the extract.
	Release *Release `yaml:"release_date" json:"release_date,omitempty"`
	// Unused lists, as regular expressions for names like Source.File, tables of
	// the system that fill no canonical table.
	Unused []string `yaml:"unused" json:"unused,omitempty"`
	// Tables are the canonical tables that the system can fill, each from one
	// or several sources.
	Tables map[string][]*Target `yaml:"tables" json:"tables,omitempty"`

	file   string
	text   []byte
	faults []error
	spare  *regexp.Regexp // of Unused
	own    bool           // canonical files: each column has its use
}

// A Source is one table of the system: how to tell its files.
type Source struct {
	// File is a regular expression for the whole name of a file without its
	// extension, or of the folder that holds its parts, in any case.
	File string `yaml:"file" json:"file,omitempty"`
	// Needs are columns that a file must have to be this table, in any case.
	Needs []string `yaml:"needs" json:"needs,omitempty"`
	// Begins lists how the name of its first column may begin, where names of columns differ.
	Begins []string `yaml:"begins" json:"begins,omitempty"`
	// Required says that the system is recognised by this table.
	Required bool `yaml:"required" json:"required,omitempty"`
	// Numbered says that the table may come as several files side by side.
	Numbered bool `yaml:"numbered" json:"numbered,omitempty"`
	// Layouts are the columns, in order, of files without a header line: that with
	// as many columns as the file has fields is taken.
	Layouts []Names `yaml:"layouts" json:"layouts,omitempty"`
	// Key are the columns that identify a record: a later set replaces it by them.
	// Patient are the columns that identify its patient.
	Key     Names `yaml:"key" json:"key,omitempty"`
	Patient Names `yaml:"patient" json:"patient,omitempty"`
	// Deleted says which rows are records that were deleted; Own, which are the
	// practice's own, where rows of other organisations are among them.
	Deleted Conditions `yaml:"deleted" json:"deleted,omitempty"`
	Own     Conditions `yaml:"own" json:"own,omitempty"`
	// Says is what it means for the practice's figures that the source has rows; the
	// report then says so, with their number.
	Says     string `yaml:"says" json:"says,omitempty"`
	Resource `yaml:",inline"`

	pattern *regexp.Regexp
}

// A Lookup is a source table that is held in memory, by its key.
type Lookup struct {
	From string `yaml:"from" json:"from,omitempty"`
	Key  Names  `yaml:"key" json:"key,omitempty"`
	// Where says which rows count.
	Where Conditions `yaml:"where" json:"where,omitempty"`
	// For names lookups; only rows count whose key is a key of one of them.
	For Names `yaml:"for" json:"for,omitempty"`
	// Needed is how people call the file, where values mean nothing without it: where it
	// is absent, so is a column that is read through it.
	Needed string `yaml:"needed" json:"needed,omitempty"`
}

// A Release names the column with the date of the extract.
type Release struct {
	From   string `yaml:"from" json:"from,omitempty"`
	Column string `yaml:"column" json:"column,omitempty"`
	// Name is, in place of the column, what the file's name captures.
	Name  string   `yaml:"name" json:"name,omitempty"`
	Dates []string `yaml:"dates" json:"dates,omitempty"`
}

// A Target says how the rows of a source become rows of a canonical table.
type Target struct {
	From string `yaml:"from" json:"from,omitempty"`
	// Where says which rows count.
	Where Conditions `yaml:"where" json:"where,omitempty"`
	// Gather says that few rows of the source count: they are kept in memory when
	// the source is read for lookups.
	Gather bool `yaml:"gather" json:"gather,omitempty"`
	// Once are columns: of the rows with the same text in them the first counts.
	Once    Names                  `yaml:"once" json:"once,omitempty"`
	Columns map[string]*Expression `yaml:"columns" json:"columns,omitempty"`
}

// An Item is the first of a list in one text that begins as is asked: with Begins, which
// is taken off, or not with Not.
type Item struct {
	// Of is the character between the items.
	Of     string `yaml:"of" json:"of,omitempty"`
	Begins string `yaml:"begins" json:"begins,omitempty"`
	Not    string `yaml:"not" json:"not,omitempty"`
}

// An Expression says where a canonical column comes from. Written as a plain
// word it is the source column of that name.
type Expression struct {
	// From is the source column, With the further columns of a key; Via names
	// lookup.column through which the value is read, one after another.
	From string `yaml:"from" json:"from,omitempty"`
	With Names  `yaml:"with" json:"with,omitempty"`
	Via  Names  `yaml:"via" json:"via,omitempty"`
	// Name is, in place of a column, what the file's name captures: a named group
	// of Source.File.
	Name string `yaml:"name" json:"name,omitempty"`
	// When says for which rows the expression has a value.
	When Conditions `yaml:"when" json:"when,omitempty"`
	// Clean and Match are regular expressions with one group, which is the value;
	// there is none where they do not match all of the text. Clean comes before Via,
	// Match after it.
	Clean string `yaml:"clean" json:"clean,omitempty"`
	Match string `yaml:"match" json:"match,omitempty"`
	// Item is one of a list in one text.
	Item *Item `yaml:"item" json:"item,omitempty"`
	// Split separates the values of a list; of those that Values knows the
	// one counts that comes first in the column's own list.
	Split string `yaml:"split" json:"split,omitempty"`
	// Missing lists words that mean "no value" here.
	Missing []string `yaml:"missing" json:"missing,omitempty"`
	// Values maps the values of the source, in any case, to those of the column;
	// any other value is Otherwise, or malformed where that is empty.
	Values    map[string]string `yaml:"values" json:"values,omitempty"`
	Otherwise string            `yaml:"otherwise" json:"otherwise,omitempty"`
	// Prefix is put before the value.
	Prefix string `yaml:"prefix" json:"prefix,omitempty"`
	// Dates lists the layouts of a date, tried in turn; yyyy-mm-dd where none
	// is given.
	Dates []string `yaml:"dates" json:"dates,omitempty"`
	// Parts are the columns of year, month and day of a date; without a day it
	// is the first of the month.
	Parts []string `yaml:"parts" json:"parts,omitempty"`
	// YearsSince is the year from which years below 1000 are counted: that of a column
	// of whole numbers, or the first of Parts.
	YearsSince int `yaml:"years_since" json:"years_since,omitempty"`
	// Constant is the value of every row.
	Constant string `yaml:"constant" json:"constant,omitempty"`
	// FirstOf lists expressions; the first that has a value gives it.
	FirstOf []*Expression `yaml:"first_of" json:"first_of,omitempty"`

	clean *regexp.Regexp
	match *regexp.Regexp
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
		src := &Source{File: ownFile(t), Required: t.Name == "patients", pattern: ownPatterns()[t.Index]}
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

// ownFile is the pattern of the names of the files of a canonical table.
func ownFile(t *schema.Table) string { return strings.ReplaceAll(t.Name, "_", "[-_]") }

// ownPatterns are those patterns by table, compiled where any is asked for.
var ownPatterns = sync.OnceValue(func() []*regexp.Regexp {
	out := make([]*regexp.Regexp, len(schema.Tables))
	for _, t := range schema.Tables {
		out[t.Index] = regexp.MustCompile("(?i)^" + ownFile(t) + "$")
	}
	return out
})

// asTyped reads a column of the answers as declarations.yaml does: people type both.
func asTyped(c *schema.Column) *Expression {
	e := &Expression{From: c.Name, typed: c.Type != schema.Text || c.Values != nil}
	if c.Values != nil {
		e.Values = schema.AnswerWords()
	}
	return e
}
