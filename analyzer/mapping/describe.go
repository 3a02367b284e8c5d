package mapping

import (
	"cmp"
	"slices"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
)

// A Description says what was recognised in an extract and how it is mapped.
type Description struct {
	// System is the id of the mapping, Title its name for people.
	System string     `json:"system"`
	Title  string     `json:"title"`
	Files  []FileUse  `json:"files"`
	Tables []TableUse `json:"tables"`
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
}

// A TableUse says how a canonical table is filled.
type TableUse struct {
	Table   string      `json:"table"`
	Columns []ColumnUse `json:"columns"`
	// Absent are the columns that the extract cannot supply, in the order of
	// the dictionary.
	Absent []string `json:"absent,omitempty"`
}

// A ColumnUse says where a canonical column comes from: one origin for each
// source table and alternative.
type ColumnUse struct {
	Column  string   `json:"column"`
	Origins []Origin `json:"origins"`
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
	d := Description{System: x.System}
	uses := map[*bound]*FileUse{}
	used := map[*bound]map[int]bool{}
	var all *bindings
	for _, t := range x.Tables {
		pieces := piecesOf(t)
		d.Tables = append(d.Tables, tableUse(t, pieces))
		for _, p := range pieces {
			all = p.all
			if uses[p.bound] == nil {
				uses[p.bound], used[p.bound] = &FileUse{}, map[int]bool{}
			}
			uses[p.bound].Tables = append(uses[p.bound].Tables, t.Schema.Name)
			p.columns(used[p.bound])
		}
	}
	if all == nil {
		return d
	}
	d.Title = all.system.Title
	for _, b := range all.all() {
		u := FileUse{Source: b.source}
		if have := uses[b]; have != nil {
			u.Tables = have.Tables
			for i, name := range b.file.Columns {
				if !used[b][i] {
					u.Unmapped = append(u.Unmapped, name)
				}
			}
		}
		u.Name, u.Format, u.Charset, u.Bytes = label(b.file), string(b.file.Format), b.file.Charset, b.file.Bytes
		d.Files = append(d.Files, u)
	}
	for _, f := range slices.Concat(all.unused, all.unknown) {
		d.Files = append(d.Files, FileUse{Name: label(f), Format: string(f.Format), Charset: f.Charset, Bytes: f.Bytes})
	}
	slices.SortFunc(d.Files, func(a, b FileUse) int { return cmp.Compare(a.Name, b.Name) })
	return d
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

// columns marks the source columns that the piece reads.
func (p *piece) columns(used map[int]bool) {
	for _, ways := range p.ways {
		for _, w := range ways {
			for _, c := range w.columns {
				used[c] = true
			}
		}
	}
	for _, c := range p.only {
		used[c.column] = true
	}
}

func tableUse(t *extract.Table, pieces []*piece) TableUse {
	out := TableUse{Table: t.Schema.Name}
	for _, c := range t.Schema.Columns {
		switch {
		case c.Virtual:
		case !t.Supplied[c.Index]:
			out.Absent = append(out.Absent, c.Name)
		default:
			out.Columns = append(out.Columns, columnUse(c, pieces))
		}
	}
	return out
}

func columnUse(c *schema.Column, pieces []*piece) ColumnUse {
	out := ColumnUse{Column: c.Name}
	for _, p := range pieces {
		if p.derivesKey(c) {
			out.add(Origin{Source: p.bound.source, Conversions: []string{asRecord.Name}})
		}
		for _, w := range p.ways[c.Index] {
			o := Origin{Source: p.bound.source}
			for _, i := range w.columns {
				o.Columns = append(o.Columns, p.bound.file.Columns[i])
			}
			for _, by := range w.by {
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
