package canonical

import (
	"io"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"paperlight/analyzer/schema"
)

// arrowWriter writes blocks as record batches of an Arrow IPC file.
type arrowWriter struct {
	w       *ipc.FileWriter
	build   *array.RecordBuilder
	maxRows int
}

func newArrowWriter(w io.WriteSeeker, b *Block, maxRows int) (*arrowWriter, error) {
	var fields []arrow.Field
	for _, c := range b.Columns {
		fields = append(fields, arrow.Field{Name: c.Name, Type: arrowType(c.Type), Nullable: true})
	}
	form := arrow.NewSchema(fields, nil)
	out, err := ipc.NewFileWriter(w, ipc.WithSchema(form))
	if err != nil {
		return nil, err
	}
	return &arrowWriter{w: out, build: array.NewRecordBuilder(memory.DefaultAllocator, form), maxRows: maxRows}, nil
}

func arrowType(t schema.Type) arrow.DataType {
	switch t {
	case schema.Date:
		return arrow.FixedWidthTypes.Date32
	case schema.Int:
		return arrow.PrimitiveTypes.Int64
	case schema.Decimal:
		return arrow.PrimitiveTypes.Float64
	case schema.Bool:
		return arrow.FixedWidthTypes.Boolean
	}
	return arrow.BinaryTypes.String
}

func (a *arrowWriter) Write(b *Block) error {
	for from := 0; from < b.Rows; from += a.maxRows {
		to := min(b.Rows, from+a.maxRows)
		for k, c := range b.Columns {
			appendArrow(a.build.Field(k), c, from, to)
		}
		record := a.build.NewRecord()
		err := a.w.Write(record)
		record.Release()
		if err != nil {
			return err
		}
	}
	return nil
}

func appendArrow(field array.Builder, c *Column, from, to int) {
	for i := from; i < to; i++ {
		if !c.Known[i] {
			field.AppendNull()
			continue
		}
		switch f := field.(type) {
		case *array.Date32Builder:
			f.Append(arrow.Date32(c.Ints[i]))
		case *array.Int64Builder:
			f.Append(c.Ints[i])
		case *array.BooleanBuilder:
			f.Append(c.Ints[i] != 0)
		case *array.Float64Builder:
			f.Append(c.Reals[i])
		case *array.StringBuilder:
			f.BinaryBuilder.Append(c.Text(i))
		}
	}
}

func (a *arrowWriter) Close() error {
	a.build.Release()
	return a.w.Close()
}
