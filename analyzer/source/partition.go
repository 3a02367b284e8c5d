package source

import (
	"context"
	"encoding/hex"
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"

	"paperlight/analyzer/extract"
)

// A constant is a column that has one value in all rows of a file: what the name of a
// folder says (code_system=sct), as Hive, Spark and others divide tables.
type constant struct{ column, value string }

// noPartition is how Hive writes that the column is empty.
const noPartition = "__HIVE_DEFAULT_PARTITION__"

// partitioned returns where the files of a folder named column=value lie; false where
// the folder has another name.
func (f found) partitioned(folder string) (found, bool) {
	column, value, ok := strings.Cut(folder, "=")
	if !ok || column == "" || column[0] == '.' || column[0] == '_' {
		return f, false
	}
	c := constant{percentDecoded(column), percentDecoded(value)}
	if value == noPartition {
		c.value = ""
	}
	f.sub = path.Join(f.sub, folder)
	f.constants = append(slices.Clip(f.constants), c)
	return f, true
}

// percentDecoded puts the bytes in place of their %XX.
func percentDecoded(s string) string {
	var out []byte
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+3 <= len(s) {
			if b, err := hex.DecodeString(s[i+1 : i+3]); err == nil {
				out = append(out, b[0])
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return string(out)
}

// addConstants adds a column for each constant that the file lacks, and holds the
// others to it.
func (f *File) addConstants(constants []constant) error {
	if len(constants) == 0 {
		return nil
	}
	all := partitioned{file: path.Join(f.Folder, f.Name), of: len(f.Columns)}
	for _, c := range constants {
		if !validText([]byte(c.value)) || !validText([]byte(c.column)) {
			return fault("the name of its folder is not UTF-8")
		}
		at := slices.IndexFunc(f.Columns, func(name string) bool { return strings.EqualFold(strings.TrimSpace(name), c.column) })
		switch {
		case at >= all.of:
			return fault("two of its folders are named after the column").column(c.column)
		case at >= 0:
			all.same = append(all.same, sameColumn{at, c})
			continue
		}
		f.Columns = append(slices.Clip(f.Columns), c.column)
		if f.Types != nil {
			f.Types = append(slices.Clip(f.Types), arrow.BinaryTypes.String)
		}
		all.values = append(all.values, []byte(c.value))
	}
	for i, p := range f.Parts {
		one := all
		one.Part = p
		f.Parts[i] = &one
	}
	return nil
}

// A partitioned is a Part with columns that have one value each.
type partitioned struct {
	Part
	file   string
	of     int      // columns of the file itself
	values [][]byte // of the columns after them
	same   []sameColumn
}

// A sameColumn is a column of the file that a folder is named after too.
type sameColumn struct {
	at int
	constant
}

// RowsAbout is that of the part itself.
func (p *partitioned) RowsAbout() int64 { return extract.RowsAbout(p.Part) }

func (p *partitioned) NoNulls(c int) bool {
	if c >= p.of {
		return len(p.values[c-p.of]) > 0
	}
	return p.Part.NoNulls(c)
}

func (p *partitioned) Scan(ctx context.Context, cols []int) iter.Seq2[*Raw, error] {
	return func(yield func(*Raw, error) bool) {
		var own []int
		for _, c := range cols {
			if c < p.of {
				own = append(own, c)
			}
		}
		for _, s := range p.same {
			own = append(own, s.at) // whatever is asked for: the row has two values
		}
		none, spans := make([]uint32, extract.MaxBatchRows), make([][]uint32, len(p.values))
		out := Raw{Columns: make([]RawColumn, len(cols))}
		for raw, err := range p.Part.Scan(ctx, own) {
			if err == nil {
				err = p.agree(raw, len(own)-len(p.same))
			}
			if err != nil {
				yield(nil, within(p.file, err))
				return
			}
			columns, next := out.Columns, 0
			out = *raw
			out.Columns = columns
			for i, c := range cols {
				if c < p.of {
					out.Columns[i] = raw.Columns[next]
					next++
					continue
				}
				value := p.values[c-p.of]
				if spans[c-p.of] == nil {
					spans[c-p.of] = slices.Repeat([]uint32{uint32(len(value))}, extract.MaxBatchRows)
				}
				out.Columns[i] = RawColumn{Data: value, Start: none[:raw.Rows], End: spans[c-p.of][:raw.Rows]}
			}
			if !yield(&out, nil) {
				return
			}
		}
	}
}

// agree refuses rows whose own column says otherwise than the name of their folder.
func (p *partitioned) agree(raw *Raw, from int) error {
	for i, s := range p.same {
		for row := range raw.Rows {
			if raw.Ragged != nil && raw.Ragged[row>>6]>>(row&63)&1 != 0 {
				continue
			}
			if raw.Columns[from+i].text(row) != s.value {
				return fault("the column says otherwise than the name of the folder that the file lies in").
					hint("move the file to the folder that its rows belong to, or export the table again").record(raw.First + int64(row)).column(s.column)
			}
		}
	}
	return nil
}

func (c *RawColumn) text(row int) string {
	switch {
	case c.Array == nil:
		return string(c.Data[c.Start[row]:c.End[row]])
	case c.Array.IsNull(row):
		return ""
	}
	return c.Array.ValueStr(row)
}
