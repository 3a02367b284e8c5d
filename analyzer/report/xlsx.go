package report

import (
	"archive/zip"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"paperlight/analyzer/visible"
)

// Limits of the sheet format.
const (
	sheetRows   = 1 << 20
	cellLetters = 32767
)

// WriteXLSX writes a workbook: a summary, the requirements of the scheme where
// it lists any, all checks, and how the file was read. Every cell is typed; a text is never a formula.
func WriteXLSX(w io.Writer, r Released, o Options) error {
	return writeXLSX(w, presentable(r), o, sheetRows)
}

func writeXLSX(w io.Writer, r *Report, o Options, rows int) (err error) {
	b := &book{file: excelize.NewFile(), rows: rows}
	defer func() {
		if closed := b.file.Close(); err == nil {
			err = closed
		}
	}()
	if err := b.prepare(r.Tool.Name, "Readiness report"); err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	for _, write := range []func(*Report, Options) error{b.summary, b.requirements, b.checks, b.reading} {
		if err := write(r, o); err != nil {
			return fmt.Errorf("write the workbook: %w", err)
		}
	}
	return b.write(w)
}

// write ends the workbook, whose sheets are closed.
func (b *book) write(w io.Writer) error {
	if names := b.file.WorkBook.DefinedNames; names != nil { // the filters, as the sheets were closed
		sort.Slice(names.DefinedName, func(i, j int) bool { return names.DefinedName[i].Data < names.DefinedName[j].Data })
	}
	return PackWorkbook(w, b.file)
}

// PackWorkbook writes a workbook that the library made: equal ones in equal bytes. It is
// no renderer: what is in the book is for the caller to answer for.
func PackWorkbook(w io.Writer, book *excelize.File) error {
	var out bytes.Buffer
	if err := book.Write(&out); err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	return inOrder(w, out.Bytes())
}

// inOrder copies a workbook with its parts sorted by name: the library writes
// the sheets in the order of a map.
func inOrder(w io.Writer, book []byte) error {
	from, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		return fmt.Errorf("order the workbook: %w", err)
	}
	slices.SortFunc(from.File, func(a, b *zip.File) int { return cmp.Compare(a.Name, b.Name) })
	to := zip.NewWriter(w)
	for _, part := range from.File {
		if err := to.Copy(part); err != nil {
			return fmt.Errorf("order the workbook: %w", err)
		}
	}
	return to.Close()
}

// A book is a workbook being written, sheet after sheet.
type book struct {
	file           *excelize.File
	heading, share int // styles
	text           int // the style of cells that stay text when someone edits them
	rows           int
	named          bool
	taken          map[string]bool // names of sheets, in small letters
}

func (b *book) prepare(tool, title string) error {
	var err error
	b.taken = map[string]bool{}
	if b.text, err = b.file.NewStyle(&excelize.Style{NumFmt: 49}); err != nil { // "@"
		return err
	}
	if b.heading, err = b.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}}); err != nil {
		return err
	}
	places := "[>0.9994]0.0##%;0.0%" // what is not all is not shown as all
	if b.share, err = b.file.NewStyle(&excelize.Style{CustomNumFmt: &places}); err != nil {
		return err
	}
	return b.file.SetDocProps(&excelize.DocProperties{
		Creator: tool, LastModifiedBy: tool, Title: title,
		Created: "1980-01-01T00:00:00Z", Modified: "1980-01-01T00:00:00Z",
	})
}

func (b *book) summary(r *Report, o Options) error {
	s := b.sheet("Summary", []float64{36, 14, 14, 24, 60, 12, 12, 12})
	s.heading("practice", "code", "as of", "for", "readiness", "score", "score if the rest is not met", "checked")
	for i, p := range pages(r, o) {
		for j, standing := range p.Standings {
			a := &r.Practices[i].Accreditations[j]
			s.row(p.Name, p.Code, r.Practices[i].AsOf, standing.Title, standing.whole(), outOf(a.Score, 100), outOf(a.AssuredScore, 100), outOf(a.Coverage, 10000))
		}
		if len(p.Standings) == 0 {
			s.row(p.Name, p.Code, r.Practices[i].AsOf, nil, p.Headline)
		}
	}
	for _, n := range notReadWords(r) {
		s.row(n.Name, nil, nil, nil, n.whole())
	}
	s.filter() // what follows is no part of the table
	s.row()
	s.row(r.Scheme.Title)
	s.row(r.Scheme.Statement)
	s.row(levelWords[r.Level])
	s.row(careLine + " " + readinessLine)
	s.row(provenance(r))
	for _, slip := range r.Extract.Slips {
		s.row(slip)
	}
	for i := range r.Options {
		s.row(r.Options[i].words())
	}
	for _, n := range notes(r) {
		s.row(n)
	}
	return s.close()
}

func (b *book) requirements(r *Report, o Options) error {
	if !slices.ContainsFunc(r.Practices, func(p PracticeReport) bool { return len(p.Requirements) > 0 }) {
		return nil
	}
	s := b.sheet("Requirements", []float64{36, 14, 14, 12, 8, 70, 16, 8, 8, 100})
	s.heading("practice", "code", "as of", "kind", "id", "the scheme asks that", "outcome", "judged", "checks", "why")
	texts := ruleTexts(r)
	for i := range r.Practices {
		p := &r.Practices[i]
		find := readerOf(r, p, texts, o)
		for j := range p.Requirements {
			q := &p.Requirements[j]
			s.row(practiceName(p), cmp.Or(p.ODSCode, p.PracticeID), p.AsOf, q.Kind, q.ID, q.Title,
				requirementWords[q.Status], int64(q.Judged), int64(q.Checks), find.whyMet(p, q))
		}
	}
	return s.close()
}

func outOf(n *int64, unit float64) any {
	if n == nil {
		return nil
	}
	return float64(*n) / unit
}

func (b *book) checks(r *Report, _ Options) error {
	s := b.sheet("Checks", []float64{12, 10, 28, 12, 20, 14, 34, 10, 48})
	s.heading(checkColumns()...)
	if err := eachCriterion(r, func(cells []any) error {
		for i := range cells {
			cells[i] = inWords(criteriaColumns[i], cells[i])
		}
		s.row(cells...)
		return s.err
	}); err != nil {
		return err
	}
	return s.close()
}

func (b *book) reading(r *Report, _ Options) error {
	if len(r.Extract.Tables) == 0 {
		return nil
	}
	s := b.sheet("Reading", []float64{20, 12, 100})
	s.heading("table", "rows", "what was wrong")
	for _, t := range readings(r) {
		s.row(t.label(), t.Count, cmp.Or(strings.Join(t.Faults, " "), "nothing"))
	}
	return s.close()
}

// A sheet is written row by row and goes on in another when it is full, under
// the same heading. The first error stops it.
type sheet struct {
	book   *book
	name   string
	first  string // the name of its first part
	part   int
	text   bool // texts are of the style text
	widths []float64
	names  []string
	stream *excelize.StreamWriter
	next   int
	// filtered: the part's filter is set.
	filtered bool
	err      error
}

func (b *book) sheet(name string, widths []float64) *sheet {
	s := &sheet{book: b, name: name, widths: widths}
	s.open()
	return s
}

func (s *sheet) open() {
	s.part++
	s.next, s.filtered = 1, false
	name := s.book.sheetName(s.name, s.part)
	if s.part == 1 {
		s.first = name
	}
	if !s.book.named {
		s.book.named = true
		s.err = s.book.file.SetSheetName("Sheet1", name)
	} else {
		_, s.err = s.book.file.NewSheet(name)
	}
	if s.err == nil {
		s.stream, s.err = s.book.file.NewStreamWriter(name)
	}
	for i, width := range slices.Backward(s.widths) { // the library puts each before the others
		if s.err == nil {
			s.err = s.stream.SetColWidth(i+1, i+1, width)
		}
	}
	if s.err == nil {
		s.err = s.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
	}
}

func (s *sheet) heading(names ...string) {
	s.names = names
	cells := make([]any, len(names))
	for i, name := range names {
		cells[i] = excelize.Cell{StyleID: s.book.heading, Value: name}
	}
	s.write(cells)
}

// row writes strings, int64, float64 and nil as typed cells.
func (s *sheet) row(values ...any) {
	if s.err == nil && s.next > s.book.rows {
		s.filter()
		if s.err == nil {
			s.err = s.stream.Flush()
		}
		if s.err == nil {
			s.open()
			s.heading(s.names...)
		}
	}
	cells := make([]any, len(values))
	for i, v := range values {
		switch v := v.(type) {
		case string:
			switch {
			case v == "":
			case s.text:
				cells[i] = excelize.Cell{StyleID: s.book.text, Value: fitted(v)}
			default:
				cells[i] = fitted(v)
			}
		case float64:
			cells[i] = v
			if i < len(s.names) && shares[s.names[i]] {
				cells[i] = excelize.Cell{StyleID: s.book.share, Value: v}
			}
		default:
			cells[i] = v
		}
	}
	s.write(cells)
}

// shares are the columns that hold proportions.
var shares = map[string]bool{"rate": true, checkHeadings["interval_low"]: true, checkHeadings["interval_high"]: true, "checked": true}

func (s *sheet) write(cells []any) {
	if s.err != nil {
		return
	}
	var at string
	if at, s.err = excelize.CoordinatesToCellName(1, s.next); s.err == nil {
		s.err = s.stream.SetRow(at, cells)
	}
	s.next++
}

// filter puts a filter on the heading, for the rows so far.
func (s *sheet) filter() {
	if s.err != nil || s.filtered || len(s.names) == 0 {
		return
	}
	s.filtered = true
	last, err := excelize.CoordinatesToCellName(len(s.names), s.next-1)
	if err == nil {
		err = s.book.file.AutoFilter(s.stream.Sheet, "A1:"+last, nil)
	}
	s.err = err
}

func (s *sheet) close() error {
	s.filter()
	if s.err != nil {
		return s.err
	}
	return s.stream.Flush()
}

// fitted makes a text visible, cuts what no cell can hold, and says so.
func fitted(s string) string {
	s = visible.Line(s)
	const mark = " … (cut)"
	if utf8.RuneCountInString(s) <= cellLetters/2 {
		return s
	}
	return string([]rune(s)[:cellLetters/2-len(mark)]) + mark
}
