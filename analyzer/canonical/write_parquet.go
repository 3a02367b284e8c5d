package canonical

import (
	"io"
	"strings"

	"github.com/parquet-go/parquet-go"

	"paperlight/analyzer/schema"
)

// parquetWriter writes blocks as zstd Parquet, a row group at a time.
type parquetWriter struct {
	w         *parquet.GenericWriter[any]
	columns   []*parquet.ColumnWriter // in block order
	groupRows int
	rows      int // in the row group under way
	values    []parquet.Value
}

func newParquetWriter(w io.Writer, b *Block, groupRows int) *parquetWriter {
	group := parquet.Group{}
	for _, c := range b.Columns {
		group[c.Name] = parquet.Optional(parquet.Compressed(parquetNode(c), &parquet.Zstd))
	}
	form := parquet.NewSchema(b.Table.Name, group)
	p := &parquetWriter{
		w: parquet.NewGenericWriter[any](w, form, parquet.DataPageVersion(1), parquet.DataPageStatistics(true),
			parquet.PageBufferSize(256<<10), parquet.DictionaryMaxBytes(1<<20), parquet.CreatedBy("paperlight", "", "")),
		groupRows: groupRows,
	}
	writers := p.w.ColumnWriters()
	for _, c := range b.Columns {
		leaf, _ := form.Lookup(c.Name)
		p.columns = append(p.columns, writers[leaf.ColumnIndex])
	}
	return p
}

// parquetNode encodes record ids plainly, since none repeats, and everything
// else through a dictionary.
func parquetNode(c *Column) parquet.Node {
	var n parquet.Node
	switch c.Type {
	case schema.Date:
		n = parquet.Date()
	case schema.Int:
		n = parquet.Int(64)
	case schema.Decimal:
		n = parquet.Leaf(parquet.DoubleType)
	case schema.Bool:
		return parquet.Leaf(parquet.BooleanType)
	default:
		n = parquet.String()
	}
	if c.Column == c.Table.Key || strings.HasPrefix(c.Name, "nhs_number") || c.Name == "twin_key" {
		return parquet.Encoded(n, &parquet.Plain)
	}
	return parquet.Encoded(n, &parquet.RLEDictionary)
}

func (p *parquetWriter) Write(b *Block) error {
	for from := 0; from < b.Rows; {
		to := min(b.Rows, from+p.groupRows-p.rows)
		for k, c := range b.Columns {
			p.values = p.values[:0]
			for i := from; i < to; i++ {
				p.values = append(p.values, parquetValue(c, i))
			}
			if _, err := p.columns[k].WriteRowValues(p.values); err != nil {
				return err
			}
		}
		p.rows += to - from
		from = to
		if p.rows == p.groupRows {
			if err := p.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *parquetWriter) flush() error {
	p.rows = 0
	return p.w.Flush()
}

func (p *parquetWriter) Close() error { return p.w.Close() }

func parquetValue(c *Column, i int) parquet.Value {
	if !c.Known[i] {
		return parquet.NullValue()
	}
	var v parquet.Value
	switch c.Type {
	case schema.Date:
		v = parquet.Int32Value(int32(c.Ints[i]))
	case schema.Int:
		v = parquet.Int64Value(c.Ints[i])
	case schema.Bool:
		v = parquet.BooleanValue(c.Ints[i] != 0)
	case schema.Decimal:
		v = parquet.DoubleValue(c.Reals[i])
	default:
		v = parquet.ByteArrayValue(c.Text(i))
	}
	return v.Level(0, 1, 0)
}
