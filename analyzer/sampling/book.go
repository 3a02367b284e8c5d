package sampling

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"paperlight/analyzer/report"
)

// widths are those of the columns, in letters.
var widths = []float64{7, 26, 60, 18, 24, 24, 12, 20, 22, 28, 12, 12}

// WriteXLSX writes the tick sheets as a workbook, with a list to choose from for each
// answer and reason. All cells are text, so that a spreadsheet leaves ids as they are.
// Equal draws are written in equal bytes.
func (d *Draw) WriteXLSX(w io.Writer) (err error) {
	f := excelize.NewFile()
	defer func() {
		if closed := f.Close(); err == nil {
			err = closed
		}
	}()
	if err := d.fill(f); err != nil {
		return fmt.Errorf("write the tick sheets: %w", err)
	}
	return report.PackWorkbook(w, f)
}

func (d *Draw) fill(f *excelize.File) error {
	if err := f.SetDocProps(&excelize.DocProperties{Creator: "paperlight", LastModifiedBy: "paperlight", Title: "Tick sheets", Created: "1980-01-01T00:00:00Z", Modified: "1980-01-01T00:00:00Z"}); err != nil {
		return err
	}
	if err := f.SetSheetName("Sheet1", tickSheet); err != nil {
		return err
	}
	heading, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return err
	}
	text, err := f.NewStyle(&excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}) // "@"
	if err != nil {
		return err
	}
	s, err := f.NewStreamWriter(tickSheet)
	if err != nil {
		return err
	}
	for i := len(widths) - 1; i >= 0; i-- { // the library puts each before the others
		if err := s.SetColWidth(i+1, i+1, widths[i]); err != nil {
			return err
		}
	}
	if err := s.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := row(s, 1, heading, columns); err != nil {
		return err
	}
	for i := range d.Lines {
		if err := row(s, i+2, text, d.Lines[i].cells(d.ID, strconv.Itoa(i+1))); err != nil {
			return err
		}
	}
	if err := d.choices(f); err != nil {
		return err
	}
	if err := s.Flush(); err != nil {
		return err
	}
	return d.aboutSheet(f, heading, text)
}

func row(s *excelize.StreamWriter, number, style int, cells []string) error {
	out := make([]any, len(cells))
	for i, cell := range cells {
		out[i] = excelize.Cell{StyleID: style, Value: cell}
	}
	return s.SetRow("A"+strconv.Itoa(number), out)
}

// choices adds the lists to choose from, and the filter.
func (d *Draw) choices(f *excelize.File) error {
	last := len(d.Lines) + 1
	for _, of := range []struct {
		column string
		words  []string
	}{{"I", Answers}, {"J", Reasons}} {
		v := excelize.NewDataValidation(true)
		v.SetSqref(fmt.Sprintf("%s2:%s%d", of.column, of.column, last))
		if err := v.SetDropList(of.words); err != nil {
			return err
		}
		v.SetError(excelize.DataValidationErrorStyleStop, "Not one of the list", "Please choose one of the list.")
		if err := f.AddDataValidation(tickSheet, v); err != nil {
			return err
		}
	}
	return f.AutoFilter(tickSheet, fmt.Sprintf("A1:L%d", last), nil)
}

// aboutSheet says, on a sheet of its own, how the other is filled in.
func (d *Draw) aboutSheet(f *excelize.File, heading, text int) error {
	const name = "How to"
	if _, err := f.NewSheet(name); err != nil {
		return err
	}
	s, err := f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	if err := s.SetColWidth(1, 1, 110); err != nil {
		return err
	}
	if err := row(s, 1, heading, []string{d.title()}); err != nil {
		return err
	}
	for i, line := range howTo {
		if err := row(s, i+3, text, []string{line}); err != nil {
			return err
		}
	}
	return s.Flush()
}

// title names the draw.
func (d *Draw) title() string {
	return fmt.Sprintf("Hand check of practice %s, as of %s: draw %s", d.Practice, d.AsOf, d.ID)
}

// WriteCSV writes the same lines as CSV. A cell that a spreadsheet would run begins
// with an apostrophe.
func (d *Draw) WriteCSV(w io.Writer) error {
	var b strings.Builder
	line := func(cells []string) {
		for i, cell := range cells {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(report.QuotedCell(cell))
		}
		b.WriteString("\r\n")
	}
	line(columns)
	for i := range d.Lines {
		line(d.Lines[i].cells(d.ID, strconv.Itoa(i+1)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
