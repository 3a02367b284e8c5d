package mapping

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/visible"
)

// What becomes of a column of a file.
const (
	readColumn     = "read"          // as a canonical column
	derivedColumn  = "derived"       // other columns are worked out from it; itself it is not kept
	lookedUpColumn = "looked_up"     // values of other files are read through it
	selectsRows    = "selects_rows"  // it says which rows count
	releaseColumn  = "release_date"  // it states the date of the extract
	unusedColumn   = "unused"        // nothing is read from it
	unreadType     = "type_not_read" // its type is not one that is read
)

// A HeaderUse says what becomes of one column of a file. Its name is that of the
// header, or the column's number where that looks like data.
type HeaderUse struct {
	Column string `json:"column"`
	Use    string `json:"use"`
	// As are the canonical columns that are read or worked out from it, as
	// table.column.
	As []string `json:"as,omitempty"`
	// Nearest is the column that was probably meant, where the file lacks it.
	Nearest string `json:"nearest,omitempty"`

	hidden bool // Column is its number: the name looks like data
}

// A headerRead is what is read from one column of a file.
type headerRead struct {
	as []*schema.Column
	// asItIs says that one of them is read as it is, and not derived; other is a
	// use beside them.
	asItIs bool
	other  string
}

func (r *headerRead) add(c *schema.Column, w *recipe) {
	if !slices.Contains(r.as, c) {
		r.as = append(r.as, c)
	}
	r.asItIs = r.asItIs || !w.worksOut(c)
}

// headerReads says what is read from each column of each bound file.
func (b *bindings) headerReads(x *extract.Extract) map[*bound][]headerRead {
	out := map[*bound][]headerRead{}
	for _, f := range b.all() {
		out[f] = make([]headerRead, len(f.file.Columns))
		b.beside(f, out[f])
	}
	for _, t := range x.Tables {
		for _, p := range piecesOf(t) {
			for _, test := range p.only.tests() {
				for _, c := range test.columns {
					out[p.bound][c].other = selectsRows
				}
			}
			for i, ways := range p.recipes {
				if !t.Supplied[i] {
					continue // not in every file of the table
				}
				for _, w := range ways {
					for _, from := range w.columns {
						out[p.bound][from].add(t.Schema.Columns[i], &w)
					}
					for _, beside := range w.reads()[len(w.columns):] {
						out[p.bound][beside].other = selectsRows
					}
				}
			}
		}
	}
	return out
}

// headerUses says of each bound file what becomes of each of its columns, and
// then of those whose type is not read.
func (b *bindings) headerUses(x *extract.Extract) map[*bound][]HeaderUse {
	wanted := b.wanted()
	out := map[*bound][]HeaderUse{}
	for f, reads := range b.headerReads(x) {
		lacks := slices.DeleteFunc(slices.Clone(wanted[f.source]), func(name string) bool { _, have := f.header[folded(name)]; return have })
		isWanted := func(name string) bool { return slices.ContainsFunc(wanted[f.source], called(name)) }
		names := slices.Concat(f.file.Columns, f.file.Unsupported)
		shown, _ := visible.Header(names, isWanted)
		for i, name := range names {
			var u HeaderUse
			if i < len(f.file.Columns) {
				u = headerUse(name, reads[i], isWanted(name), lacks)
			} else {
				u = HeaderUse{Use: unreadType}
				if at := slices.IndexFunc(lacks, called(name)); at >= 0 {
					u.Nearest = lacks[at]
				}
			}
			if u.Column = name; shown[i] != visible.Name(name) {
				u.Column, u.Nearest, u.hidden = shown[i], "", true
			}
			out[f] = append(out[f], u)
		}
	}
	return out
}

func called(name string) func(string) bool {
	return func(other string) bool { return folded(other) == folded(name) }
}

// headerUse says what becomes of a column. One that is wanted, and not read
// since other files of the table lack it, is no slip for another.
func headerUse(name string, r headerRead, wanted bool, lacks []string) HeaderUse {
	u := HeaderUse{Column: name, Use: cmp.Or(r.other, unusedColumn)}
	for _, c := range r.as {
		u.As = append(u.As, c.String())
	}
	switch {
	case r.asItIs:
		u.Use = readColumn
	case len(r.as) > 0:
		u.Use = derivedColumn
	case r.other == "" && !wanted:
		u.Nearest = schema.NearestColumn(name, lacks)
	}
	return u
}

// beside notes the columns of a file that lookups and the date of the extract
// are read from.
func (b *bindings) beside(f *bound, reads []headerRead) {
	note := func(use string, columns ...string) {
		for _, column := range columns {
			if i, have := f.header[folded(column)]; have {
				reads[i].other = use
			}
		}
	}
	if src := b.system.Sources[f.source]; src != nil {
		src.Deleted.reads(func(names ...string) { note(selectsRows, names...) })
		src.Own.reads(func(names ...string) { note(selectsRows, names...) })
		if b.system.Sets != nil {
			note(selectsRows, src.Key...)
		}
	}
	used := b.system.lookupColumns()
	for name, l := range b.system.Lookups {
		if _, asked := used[name]; l.From != f.source || !asked {
			continue
		}
		l.Where.reads(func(names ...string) { note(lookedUpColumn, names...) })
		note(lookedUpColumn, l.Key...)
		note(lookedUpColumn, used[name]...)
	}
	if r := b.system.Release; r != nil && r.From == f.source {
		note(releaseColumn, r.Column)
	}
}

// wanted are the columns that the mapping reads where they are there, by source.
func (b *bindings) wanted() map[string][]string {
	out := map[string][]string{}
	add := func(source string, names ...string) {
		for _, n := range names {
			if n != "" && !slices.Contains(out[source], n) {
				out[source] = append(out[source], n)
			}
		}
	}
	own := canonical()
	for _, t := range schema.Tables {
		targets := b.system.Tables[t.Name]
		if targets == nil && slices.Contains(sideTables, t.Name) {
			targets = own.Tables[t.Name]
		}
		for _, target := range targets {
			target.names(func(names ...string) { add(target.From, names...) })
		}
	}
	used := b.system.lookupColumns()
	for _, name := range sortedKeys(b.system.Lookups) {
		l := b.system.Lookups[name]
		add(l.From, l.Key...)
		l.Where.reads(func(names ...string) { add(l.From, names...) })
		add(l.From, used[name]...)
	}
	for _, name := range sortedKeys(b.system.Sources) {
		src := b.system.Sources[name]
		src.Deleted.reads(func(names ...string) { add(name, names...) })
		src.Own.reads(func(names ...string) { add(name, names...) })
		add(name, src.Key...)
		add(name, src.Patient...)
	}
	if r := b.system.Release; r != nil {
		add(r.From, r.Column)
	}
	for _, side := range sideFiles {
		add(side.stem, side.columns...)
	}
	return out
}

// suggestions lists the columns and files that nothing is read from: columns
// table by table, then files. In the files of a vendor system most columns are
// of no use by design, so that slips alone are named there.
func (b *bindings) suggestions(x *extract.Extract) []extract.Suggestion {
	table := map[*bound]*schema.Table{}
	for _, t := range slices.Backward(x.Tables) {
		for _, p := range piecesOf(t) {
			table[p.bound] = t.Schema
		}
	}
	files := b.all()
	slices.SortStableFunc(files, func(a, c *bound) int { return cmp.Compare(placeOf(table[a]), placeOf(table[c])) })
	var out []extract.Suggestion
	seen := map[[2]string]int{}
	uses := b.headerUses(x)
	for _, f := range files {
		for _, u := range uses[f] {
			unread := u.Use == unreadType
			if u.Use != unusedColumn && !unread || u.Nearest == "" && !b.system.own {
				continue
			}
			key := [2]string{f.source, folded(u.Column)}
			if at, have := seen[key]; have {
				out[at].More++
				continue
			}
			seen[key] = len(out)
			s := extract.Suggestion{File: label(f.file), Column: u.Column, Nearest: u.Nearest, Unread: unread, Hidden: u.hidden}
			if t := table[f]; t != nil {
				s.Table = t.Name
			}
			out = append(out, s)
		}
	}
	return append(out, b.unusedFiles()...)
}

func placeOf(t *schema.Table) int {
	if t == nil {
		return len(schema.Tables)
	}
	return t.Index
}

// unusedFiles lists the files that no table is read from, with the table whose
// name they nearly have where the extract lacks it.
func (b *bindings) unusedFiles() []extract.Suggestion {
	var lacks []string
	for _, r := range b.reserved(false) {
		if !r.bound {
			lacks = append(lacks, r.name)
		}
	}
	var out []extract.Suggestion
	add := func(label, folder, stem string) {
		s := extract.Suggestion{File: label}
		for _, name := range []string{folder, stem} {
			if s.Nearest == "" {
				s.Nearest = nearestFile(name, lacks)
			}
		}
		if schema.Lookup(s.Nearest) != nil {
			s.Table = s.Nearest
		}
		out = append(out, s)
	}
	for _, f := range b.unknown {
		add(label(f), f.Folder, f.Stem)
	}
	for _, name := range b.ignored {
		switch {
		case passedOver(name):
		case prose[strings.ToLower(path.Ext(name))]:
			out = append(out, extract.Suggestion{File: name})
		default:
			add(name, "", stemOf(name))
		}
	}
	slices.SortStableFunc(out, func(a, c extract.Suggestion) int { return cmp.Compare(a.File, c.File) })
	return out
}
