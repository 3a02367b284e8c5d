package mapping

import (
	"cmp"
	"context"
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/source"
	"paperlight/analyzer/visible"
)

// A RawFile is one file of an extract as it came, with all of its columns: those
// that nothing is read from are handed on with the extract too.
type RawFile struct {
	// Name is the base name, with the folder of a part; Table the system's table
	// that the file holds, empty where the mapping knows none.
	Name, Table string
	Columns     []RawColumn
	// Unread are the columns whose type is not read, as Shown.
	Unread []string

	file *source.File
	at   []int // of Columns, in the file
	// first is what was kept of the first rows when habits were looked for; nil for
	// nothing.
	first *firstRows
}

// A RawColumn is one column of a RawFile.
type RawColumn struct {
	// Name is that of the header, and Shown what may be printed of it: the column's
	// number where the name looks like data.
	Name, Shown string
	// Number is its place in the file, counted from 1.
	Number int
	// Feeds are the canonical columns that are read or worked out from it.
	Feeds []*schema.Column
	// Textless: by its type in the file it holds days or truth values, and no text.
	Textless bool
}

// RawFiles are the files of an extract that Open returned, in the order of their
// names. closed are the names of those that hold no table that can be read, with the
// types of FHIR resources that no table is made of, and beside of what lies beside
// tables by custom, such as a README.
func RawFiles(x *extract.Extract) (files []RawFile, closed, beside []string) {
	all := bindingsOf(x)
	if all == nil {
		return nil, nil, nil
	}
	reads := all.headerReads(x)
	for _, b := range all.all() {
		f := rawFile(b.file, b.source, reads[b])
		f.first, b.first = b.first, nil
		files = append(files, f)
	}
	for _, f := range slices.Concat(all.unused, all.unknown) {
		if f.Format == source.FHIR {
			closed = append(closed, f.Name)
			continue
		}
		files = append(files, rawFile(f, "", make([]headerRead, len(f.Columns))))
	}
	slices.SortStableFunc(files, func(a, b RawFile) int { return cmp.Compare(a.Name, b.Name) })
	closed = append(closed, all.headless...)
	for _, name := range all.ignored {
		if passedOver(name) && !mayHoldRows(name) {
			beside = append(beside, name)
		} else {
			closed = append(closed, name)
		}
	}
	slices.Sort(closed)
	return files, closed, beside
}

// mayHoldRows reports whether what is passed over by its name may hold rows of a table
// all the same: a folder or file that is hidden, but for what systems and programs put
// beside a file and that holds none of it (._patients.csv, .patients.csv.crc).
func mayHoldRows(label string) bool {
	folder, base := path.Split(label)
	switch {
	case base == "":
		return true
	case strings.HasPrefix(base, "._"), strings.HasSuffix(base, ".crc"), source.Strewn(base):
		return false
	case strings.HasPrefix(folder, ".") || strings.Contains(folder, "/.") || strings.Contains(strings.ToLower(folder), "__macosx/"):
		return true
	}
	return base[0] == '.' && path.Ext(base[1:]) != ""
}

func bindingsOf(x *extract.Extract) *bindings {
	for _, t := range x.Tables {
		for _, p := range piecesOf(t) {
			return p.all
		}
	}
	return nil
}

func rawFile(f *source.File, table string, reads []headerRead) RawFile {
	out := RawFile{Name: label(f), Table: table, file: f}
	read := func(name string) bool {
		i := slices.Index(f.Columns, name)
		return i >= 0 && (len(reads[i].as) > 0 || reads[i].other != "")
	}
	shown, _ := visible.Header(slices.Concat(f.Columns, f.Unsupported), read)
	for i, name := range f.Columns {
		if f.Types != nil && readable(f.Types[i]) != nil {
			out.Unread = append(out.Unread, shown[i])
			continue
		}
		out.Columns = append(out.Columns, RawColumn{Name: name, Shown: shown[i], Number: i + 1, Feeds: reads[i].as, Textless: f.Types != nil && textless(f.Types[i])})
		out.at = append(out.at, i)
	}
	out.Unread = append(out.Unread, shown[len(f.Columns):]...)
	return out
}

// Parts is how many parts the rows are in.
func (f *RawFile) Parts() int { return len(f.file.Parts) }

func textless(t arrow.DataType) bool {
	switch t.ID() {
	case arrow.BOOL, arrow.DATE32, arrow.DATE64, arrow.TIMESTAMP:
		return true
	}
	return false
}

// Places is in how many parts it costs little to look at the first rows: in Parquet and
// Arrow a page or batch of each column has to be decoded for them.
func (f *RawFile) Places() int {
	if f.file.Format == source.CSV {
		return f.Parts()
	}
	return min(f.Parts(), 1)
}

// Bytes is the stored size.
func (f *RawFile) Bytes() int64 { return f.file.Bytes }

// A RawBatch is some consecutive rows of a RawFile, as text. It is valid until the
// next iteration.
type RawBatch struct {
	Rows int
	// First is the record number of row 0, counted from 1.
	First int64
	// Bytes of stored input that it took, for progress.
	Bytes  int64
	ragged []uint64
	rows   rows
}

// Cell returns the text of a cell of the i-th of the columns asked for; empty where
// there is none.
func (b *RawBatch) Cell(column, row int) []byte { return b.rows.cells[column].at(row) }

// Ragged reports whether a row has too few or too many fields: its cells are not told
// apart, and empty.
func (b *RawBatch) Ragged(row int) bool { return b.ragged != nil && bitmap.Has(b.ragged, row) }

// Scan yields the rows of a part, with some columns, in order; the first rows alone
// where most is not below 0.
func (f *RawFile) Scan(ctx context.Context, part int, columns []int, most int) iter.Seq2[*RawBatch, error] {
	return func(yield func(*RawBatch, error) bool) {
		b := RawBatch{rows: rows{cells: make([]cells, len(columns))}}
		at := make([]int, len(columns))
		for i, c := range columns {
			at[i] = f.at[c]
		}
		for raw, err := range f.file.Parts[part].Scan(ctx, at) {
			if err == nil {
				some := *raw
				if most >= 0 {
					some.Rows = min(raw.Rows, most)
					most -= some.Rows
				}
				b.Rows, b.First, b.Bytes, b.ragged = some.Rows, raw.First, raw.Bytes, raw.Ragged
				if err = b.rows.set(&some); err == nil {
					err = b.rows.renderAll()
				}
			}
			if err != nil {
				yield(nil, inFile(f.file, err))
				return
			}
			if !yield(&b, nil) || most == 0 {
				return
			}
		}
	}
}
