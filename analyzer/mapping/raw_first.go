package mapping

import (
	"context"

	"paperlight/analyzer/source"
)

// firstRows are the first rows of a file, with some of its columns.
type firstRows struct {
	rows    int
	columns map[int]*firstCells // by number in the file, from 0
}

// firstCells are the first cells of a column as text; an absent one is empty.
type firstCells struct {
	text []byte
	ends []uint32
}

func (c *firstCells) at(row int) []byte {
	from := uint32(0)
	if row > 0 {
		from = c.ends[row-1]
	}
	return c.text[from:c.ends[row]]
}

// How many rows of a file a sample has at most, and at least where it has them, and how
// many cells; and how much text is kept of a column.
const mostSampled, leastSampled, sampledCells, keptBytes = 1000, 200, 20_000, 64 << 10

// SampleRows is how many rows of a file of so many columns are a sample of it.
func SampleRows(columns int) int {
	return min(max(sampledCells/max(columns, 1), leastSampled), mostSampled)
}

// keepFirst keeps the first of the rows, which begin the file. Columns of long texts are
// left out.
func keepFirst(r *rows, columns []int) *firstRows {
	out := &firstRows{rows: min(r.n, SampleRows(len(columns))), columns: map[int]*firstCells{}}
	ends := make([]uint32, out.rows*len(columns))
	for slot, column := range columns {
		kept, size := &firstCells{ends: ends[slot*out.rows:][:out.rows]}, 0
		for i := range kept.ends {
			size += len(r.cells[slot].at(i))
			kept.ends[i] = uint32(size)
		}
		if size > keptBytes {
			continue
		}
		kept.text = make([]byte, 0, size)
		for i := range kept.ends {
			kept.text = append(kept.text, r.cells[slot].at(i)...)
		}
		out.columns[column] = kept
	}
	return out
}

// Deferred reports whether First reads no more of the file than its rows take, so that
// Sound is to be asked afterwards.
func (f *RawFile) Deferred() bool { return f.file.Format == source.Parquet && len(f.file.Parts) > 0 }

// First hands the text of the first rows of a file that is Deferred, at most so many, to
// take, one column after the other: cell i is of record i+1, and k counts columns, by
// their place in Columns. An error leaves some columns out.
func (f *RawFile) First(ctx context.Context, columns []int, most int, scratch *source.Scratch, take func(k, rows int, cell func(row int) []byte)) error {
	var rest, at []int
	for _, k := range columns {
		kept, rows := (*firstCells)(nil), 0
		if f.first != nil {
			kept, rows = f.first.columns[f.at[k]], min(f.first.rows, most)
		}
		_, all := f.file.Parts[0].Size()
		if kept == nil || int64(rows) < min(int64(most), all) {
			rest, at = append(rest, k), append(at, f.at[k])
			continue
		}
		take(k, rows, kept.at)
	}
	if len(rest) == 0 {
		return nil
	}
	for raw, err := range source.First(ctx, f.file.Parts[0], at, most, scratch) {
		r := rows{cells: make([]cells, len(at))}
		if err == nil {
			some := *raw
			some.Rows = min(raw.Rows, most)
			if err = r.set(&some); err == nil {
				err = r.renderAll()
			}
		}
		if err != nil {
			return inFile(f.file, err)
		}
		for slot, k := range rest {
			take(k, r.n, r.cells[slot].at)
		}
		break
	}
	return nil
}

// Sound reads what no one has read so far of the pages that the first rows of a file
// lie in, in some columns, and returns what is wrong with them.
func (f *RawFile) Sound(ctx context.Context, columns []int) error {
	at := make([]int, len(columns))
	for i, k := range columns {
		at[i] = f.at[k]
	}
	if at = source.Doubtful(f.file.Parts[0], at); len(at) == 0 {
		return nil
	}
	for _, err := range f.file.Parts[0].Scan(ctx, at) {
		if err != nil {
			return inFile(f.file, err)
		}
		break
	}
	return nil
}
