package mapping

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"paperlight/analyzer/source"
)

// A sideFile is a list that a practice keeps beside its clinical system. It
// fills columns of a table that the extract has, by a key of that table's rows.
type sideFile struct {
	stem, table, key string
	columns          []string
	// stands: where the extract lacks the table, the file stands for it.
	stands bool
}

// sideFiles are the lists that are known, by the name of their file.
var sideFiles = []sideFile{
	{stem: "fp69", table: "registrations", key: "patient_id", columns: []string{"fp69_set_date"}},
	{stem: "paper-notes-received", table: "registrations", key: "patient_id", columns: []string{"paper_notes_received_date"}},
	{stem: "document-workflow", table: "documents", key: "document_id", stands: true,
		columns: []string{"received_date", "filed_date", "action_required", "actioned_date", "coded_entries"}},
}

// pattern matches the names that a side file may have, without extensions.
func (s *sideFile) pattern() *regexp.Regexp {
	return regexp.MustCompile("(?i)^" + strings.ReplaceAll(s.stem, "-", "[-_]") + "$")
}

// addSideColumns binds the side files among the files that no source claims.
func (b *bindings) addSideColumns() error {
	for _, side := range sideFiles {
		var found []*bound
		name := side.pattern()
		for _, f := range b.unknown {
			if name.MatchString(f.Stem) {
				found = append(found, bind(f, side.stem))
			}
		}
		switch len(found) {
		case 0:
			continue
		case 1:
		default:
			return &RefusedError{
				Message: fmt.Sprintf("%s and %s are both the side file %s", shown(label(found[0].file)), shown(label(found[1].file)), side.stem),
				Hint:    "give one of them",
			}
		}
		if err := b.addSide(side, found[0]); err != nil {
			return err
		}
	}
	return nil
}

func (b *bindings) addSide(side sideFile, f *bound) error {
	columns := slices.DeleteFunc(slices.Clone(side.columns), func(c string) bool { _, have := f.header[c]; return !have })
	if _, have := f.header[side.key]; !have || len(columns) == 0 {
		return &RefusedError{
			Message: fmt.Sprintf("%s lacks a column: want %s, and one or more of %s", shown(label(f.file)), side.key, strings.Join(side.columns, ", ")),
			Hint:    "docs/side-files.md says what a side file holds",
		}
	}
	took := func() { b.unknown = slices.DeleteFunc(b.unknown, func(u *source.File) bool { return u == f.file }) }
	switch filled := b.fill(side, f, columns); {
	case filled:
		took()
		b.files[side.stem] = []*bound{f}
		b.sided = append(b.sided, fmt.Sprintf("%s gives %s of the table %s.", shown(label(f.file)), strings.Join(columns, ", "), side.table))
	case side.stands && !b.fillsTable(side.table):
		_, patient := f.header["patient_id"]
		if _, practice := f.header["practice_id"]; !patient && !practice {
			return &RefusedError{
				Message: fmt.Sprintf("%s holds the table %s, but does not say which patient each row belongs to", shown(label(f.file)), side.table),
				Hint:    "add the column patient_id, or practice_id",
			}
		}
		took()
		b.system = b.system.with(side.table, canonical().Sources[side.table], canonical().Tables[side.table])
		b.files[side.table] = []*bound{bind(f.file, side.table)}
		b.sided = append(b.sided, fmt.Sprintf("%s stands for the table %s, which the extract lacks.", shown(label(f.file)), side.table))
	}
	return nil // a file of no use stays unknown, and a note says so
}

// fill makes the columns of the table read through the file, after the table's
// own; false where no file of the extract holds the table, or its key is not
// read as it stands.
func (b *bindings) fill(side sideFile, f *bound, columns []string) bool {
	var targets []*Target
	filled := false
	for _, target := range b.system.Tables[side.table] {
		key := target.Columns[side.key]
		if len(b.files[target.From]) == 0 || key == nil || key.From == "" || len(key.Via)+len(key.With)+len(key.When) > 0 || len(key.Values) > 0 {
			targets = append(targets, target)
			continue
		}
		filled = true
		copied := *target
		copied.Columns = maps.Clone(target.Columns)
		for _, name := range columns {
			through := &Expression{From: key.From, Missing: key.Missing, Via: Names{side.stem + "." + name}}
			if own := target.Columns[name]; own != nil {
				through = &Expression{FirstOf: []*Expression{own, through}}
			}
			copied.Columns[name] = through
		}
		targets = append(targets, &copied)
	}
	if !filled {
		return false
	}
	b.system = b.system.with(side.stem, &Source{File: side.stem, pattern: regexp.MustCompile("$^")}, nil)
	b.system.Tables[side.table] = targets
	b.system.Lookups[side.stem] = &Lookup{From: side.stem, Key: Names{side.key}}
	return true
}

// fillsTable reports whether some file of the extract fills the table.
func (b *bindings) fillsTable(table string) bool {
	return slices.ContainsFunc(b.system.Tables[table], func(t *Target) bool { return len(b.files[t.From]) > 0 })
}

// with is a copy of the system that has one more source, and the table of that
// name where targets are given.
func (s *System) with(name string, src *Source, targets []*Target) *System {
	out := *s
	out.Sources, out.Lookups, out.Tables = cloned(s.Sources), cloned(s.Lookups), cloned(s.Tables)
	out.Sources[name] = src
	if targets != nil {
		out.Tables[name] = targets
	}
	return &out
}

func cloned[V any](m map[string]V) map[string]V {
	out := make(map[string]V, len(m)+1)
	maps.Copy(out, m)
	return out
}

// sideTables are canonical files that may lie beside the files of any system:
// what no system exports.
var sideTables = []string{"declarations", "prescribing_items", "control_totals"}

// addSideFiles takes the side tables from the files as canonical ones.
func (b *bindings) addSideFiles(own *bindings) {
	taken := map[*source.File]bool{}
	for _, name := range sideTables {
		for _, f := range own.files[name] {
			if slices.Contains(b.unknown, f.file) {
				b.files[name] = append(b.files[name], f)
				taken[f.file] = true
			}
		}
	}
	b.unknown = slices.DeleteFunc(b.unknown, func(f *source.File) bool { return taken[f] })
	for _, l := range own.lacks {
		if slices.Contains(sideTables, l.source) {
			b.lacks = append(b.lacks, l)
		}
	}
}
