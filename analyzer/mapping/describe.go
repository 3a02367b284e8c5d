package mapping

import (
	"cmp"
	"fmt"
	"slices"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/source"
)

// A Description says what was recognised in an extract and how it is mapped.
type Description struct {
	// System is the id of the mapping, Title its name for people.
	System string `json:"system"`
	Title  string `json:"title"`
	// Recognised says by which files and columns the system was told, and Chosen why the
	// files are read as of this system, a sentence for each other that they could be of.
	Recognised []string   `json:"recognised"`
	Chosen     []string   `json:"chosen,omitempty"`
	Files      []FileUse  `json:"files"`
	Tables     []TableUse `json:"tables"`
	// Forms are how values are written, of the columns that are read.
	Forms []ValueForm `json:"forms"`
	// NeverHas are the tables that no extract of the system has.
	NeverHas []string `json:"never_has,omitempty"`
}

// A FileUse says what becomes of one file.
type FileUse struct {
	// Name is the base name, with the folder of a file that is a part.
	Name    string `json:"name"`
	Format  string `json:"format"`
	Charset string `json:"charset,omitempty"`
	// Bytes is the stored size.
	Bytes int64 `json:"bytes"`
	// Source is the table of the system that the file holds; empty where the
	// mapping knows none.
	Source string `json:"source,omitempty"`
	// Tables are the canonical tables that the file feeds; empty where it is a
	// side table, or unused.
	Tables []string `json:"tables,omitempty"`
	// Unmapped are the columns that feed nothing, in the order of the file.
	Unmapped []string `json:"unmapped,omitempty"`
	// Columns says what becomes of each column, in the order of the file; those
	// whose type is not read come last. It is empty where no table is read from
	// the file: its first line need not be a header.
	Columns []HeaderUse `json:"columns,omitempty"`
	// Nearest is the table whose name the file nearly has, where the extract
	// lacks it; Ignored says that the file's form is none that is read.
	Nearest string `json:"nearest,omitempty"`
	Ignored bool   `json:"ignored,omitempty"`
}

// A TableUse says how a canonical table is filled.
type TableUse struct {
	Table   string      `json:"table"`
	Columns []ColumnUse `json:"columns"`
	// Absent are the columns that the extract cannot supply, in the order of
	// the dictionary; one that others are worked out from is not among them
	// where the files have it.
	Absent []string `json:"absent,omitempty"`
}

// A ColumnUse says where a canonical column comes from: one origin for each
// source table and alternative.
type ColumnUse struct {
	Column  string   `json:"column"`
	Origins []Origin `json:"origins"`
	// DerivedFrom is the column that this one is worked out from, where that
	// one is read.
	DerivedFrom string `json:"derived_from,omitempty"`
}

// An Origin is one way to a canonical column.
type Origin struct {
	// Source is the system's table and Columns its columns, as the file spells
	// them; none for a constant.
	Source  string   `json:"source"`
	Columns []string `json:"columns,omitempty"`
	// Conversions are the names of what happens on the way, in order; none
	// where the value is read as it is.
	Conversions []string `json:"conversions,omitempty"`
}

// Describe says how an extract that Open returned is mapped.
func Describe(x *extract.Extract) Description {
	d := Description{System: x.System, Recognised: []string{}, Forms: []ValueForm{}}
	tables := map[*bound][]string{}
	var all *bindings
	for _, t := range x.Tables {
		pieces := piecesOf(t)
		d.Tables = append(d.Tables, tableUse(t, pieces))
		for _, p := range pieces {
			all = p.all
			tables[p.bound] = append(tables[p.bound], t.Schema.Name)
		}
	}
	if all == nil {
		return d
	}
	d.Title, d.Recognised, d.Chosen, d.Forms = all.system.Title, all.recognisedBy(), all.chosen, all.valueForms()
	for _, t := range x.NeverHas {
		d.NeverHas = append(d.NeverHas, t.Name)
	}
	columns := all.headerUses(x)
	for _, b := range all.all() {
		u := fileUse(b.file)
		u.Source, u.Tables, u.Columns = b.source, tables[b], columns[b]
		for _, c := range u.Columns {
			if c.Use == unusedColumn && len(u.Tables) > 0 {
				u.Unmapped = append(u.Unmapped, c.Column)
			}
		}
		d.Files = append(d.Files, u)
	}
	nearest := map[string]string{}
	for _, s := range x.Unused {
		if s.Column == "" {
			nearest[s.File] = s.Nearest
		}
	}
	for _, f := range slices.Concat(all.unused, all.unknown) {
		u := fileUse(f)
		u.Nearest = nearest[u.Name]
		d.Files = append(d.Files, u)
	}
	for _, name := range all.ignored {
		d.Files = append(d.Files, FileUse{Name: name, Ignored: true, Nearest: nearest[name]})
	}
	slices.SortStableFunc(d.Files, func(a, b FileUse) int { return cmp.Compare(a.Name, b.Name) })
	return d
}

// recognisedBy says by which files the system was told: those of the tables that it
// cannot do without.
func (b *bindings) recognisedBy() []string {
	var out []string
	for _, name := range sortedKeys(b.files) {
		src := b.system.Sources[name]
		if src == nil || !src.Required || len(b.files[name]) == 0 {
			continue
		}
		if src.Resource.Resource != "" {
			out = append(out, fmt.Sprintf("There are FHIR resources of the type %s.", src.Resource.Resource))
			continue
		}
		said := b.filesOf(name) + " is named like a table of " + b.system.Title
		if b.system.own {
			said = b.filesOf(name) + " is named like the table " + name
		}
		if len(src.Needs) > 0 {
			said += " and has the columns that it must have: " + shownAll(slices.Clone(src.Needs))
		}
		out = append(out, said+".")
	}
	return out
}

func fileUse(f *source.File) FileUse {
	return FileUse{Name: label(f), Format: string(f.Format), Charset: f.Charset, Bytes: f.Bytes}
}

// piecesOf returns the pieces of a table, each once, in order.
func piecesOf(t *extract.Table) []*piece {
	var out []*piece
	for _, have := range t.Parts {
		if p, ok := have.(*part); ok && (len(out) == 0 || out[len(out)-1] != p.piece) {
			out = append(out, p.piece)
		}
	}
	return out
}

func tableUse(t *extract.Table, pieces []*piece) TableUse {
	out := TableUse{Table: t.Schema.Name}
	for _, c := range t.Schema.Columns {
		switch {
		case c.Virtual:
		case t.Supplied[c.Index]:
			out.Columns = append(out.Columns, columnUse(c, pieces))
		case !derives(c, pieces) && c.Beside == "":
			out.Absent = append(out.Absent, c.Name)
		}
	}
	return out
}

// derives reports whether a column that is not kept is read all the same, and
// another worked out from it.
func derives(c *schema.Column, pieces []*piece) bool {
	for _, other := range c.Table.Columns {
		if other.Derived == c.Name && derivedFrom(other, pieces) {
			return true
		}
	}
	return false
}

// derivedFrom reports whether the column is worked out from its base.
func derivedFrom(c *schema.Column, pieces []*piece) bool {
	return slices.ContainsFunc(pieces, func(p *piece) bool {
		return slices.ContainsFunc(p.recipes[c.Index], func(w recipe) bool { return len(w.columns) > 0 && w.worksOut(c) })
	})
}

func columnUse(c *schema.Column, pieces []*piece) ColumnUse {
	out := ColumnUse{Column: c.Name}
	if derivedFrom(c, pieces) {
		out.DerivedFrom = c.Derived
	}
	for _, p := range pieces {
		if p.derivesKey(c) {
			out.add(Origin{Source: p.bound.source, Conversions: []string{asRecord.Name}})
		}
		for _, w := range p.recipes[c.Index] {
			o := Origin{Source: p.bound.source}
			for _, i := range w.columns {
				o.Columns = append(o.Columns, p.bound.file.Columns[i])
			}
			for _, by := range w.conversions {
				o.Conversions = append(o.Conversions, by.Name)
			}
			out.add(o)
		}
	}
	return out
}

// add leaves out what another file of the same source has already said.
func (u *ColumnUse) add(o Origin) {
	for _, have := range u.Origins {
		if have.Source == o.Source && slices.Equal(have.Columns, o.Columns) && slices.Equal(have.Conversions, o.Conversions) {
			return
		}
	}
	u.Origins = append(u.Origins, o)
}
