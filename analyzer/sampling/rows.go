package sampling

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"paperlight/analyzer/crash"
	"paperlight/analyzer/visible"
)

var (
	errNoBook = errors.New("cannot be read as a workbook. Save it in a spreadsheet as .xlsx, and without a password")
	errNoCSV  = errors.New("cannot be read as CSV. Save it as \"CSV UTF-8\", or answer in the workbook")
	errLong   = fmt.Errorf("has more than %d rows or %d columns, which no tick sheet has", maxRows, maxColumns)
)

// csvRows are the rows of a CSV file, whose cells may stand between commas or semicolons.
func csvRows(text []byte) (rows [][]string, err error) {
	if visible.UTF16(text) || bytes.IndexByte(text, 0) >= 0 {
		return nil, errNoCSV
	}
	text = visible.Unmarked(text)
	r := csv.NewReader(bytes.NewReader(text))
	first, _, _ := bytes.Cut(text, []byte("\n"))
	if bytes.Count(first, []byte(";")) > bytes.Count(first, []byte(",")) {
		r.Comma = ';'
	}
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	for {
		row, err := r.Read()
		switch {
		case errors.Is(err, io.EOF):
			return rows, nil
		case err != nil:
			return nil, errNoCSV
		case len(rows) >= maxRows || len(row) > maxColumns:
			return nil, errLong
		}
		rows = append(rows, row)
	}
}

// bookRows are the rows of the tick sheet of a workbook. What it unpacks to is bounded
// before it is unpacked, and nothing of it goes to disk.
func bookRows(text []byte) (rows [][]string, err error) {
	defer crash.Catch(&err, "the reading of a workbook")
	f, err := excelize.OpenReader(bytes.NewReader(text), excelize.Options{UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked, RawCellValue: true})
	if err != nil {
		return nil, errNoBook
	}
	defer f.Close()
	names := f.GetSheetList()
	if len(names) == 0 {
		return nil, errNoBook
	}
	name := names[0]
	for _, one := range names {
		if one == tickSheet {
			name = one
		}
	}
	all, err := f.Rows(name)
	if err != nil {
		return nil, errNoBook
	}
	defer all.Close()
	for all.Next() {
		row, err := all.Columns()
		switch {
		case err != nil:
			return nil, errNoBook
		case len(rows) >= maxRows || len(row) > maxColumns:
			return nil, errLong
		}
		rows = append(rows, row)
	}
	if all.Error() != nil {
		return nil, errNoBook
	}
	return rows, nil
}
