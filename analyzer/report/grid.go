package report

import (
	"bytes"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// A Grid is a table as a page shows it, to be taken away. Cells are strings, int64,
// float64 or nil.
type Grid struct {
	Name    string // of the sheet
	Columns []string
	Widths  []float64 // in letters, for a workbook
	Rows    [][]any
}

// WriteCSV writes the table as CSV. Text cells are quoted and cannot start a formula.
func (g *Grid) WriteCSV(w io.Writer) error {
	var out bytes.Buffer
	line := func(cells []any) {
		for i, cell := range cells {
			if i > 0 {
				out.WriteByte(',')
			}
			writeCell(&out, cell)
		}
		out.WriteString("\r\n")
	}
	heading := make([]any, len(g.Columns))
	for i, name := range g.Columns {
		heading[i] = name
	}
	line(heading)
	for _, row := range g.Rows {
		line(row)
	}
	_, err := w.Write(out.Bytes())
	return err
}

// WriteXLSX writes the table as a workbook of one sheet, more where it is too long for
// one. Texts stay texts.
func (g *Grid) WriteXLSX(w io.Writer, tool string) (err error) {
	b := &book{file: excelize.NewFile(), rows: sheetRows}
	defer func() {
		if closed := b.file.Close(); err == nil {
			err = closed
		}
	}()
	if err := b.prepare(tool, g.Name); err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	s := b.sheet(g.Name, g.Widths)
	s.text = true
	s.heading(g.Columns...)
	for _, row := range g.Rows {
		s.row(row...)
	}
	if err := s.close(); err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	return b.write(w)
}
