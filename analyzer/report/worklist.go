package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// A Worklist is what a workbook says of one rule and the records to put right.
type Worklist struct {
	Rule, Code, Title string
	Fix               string // how to put a record right
	Owner             string // who does, as rules say it
	PassMark          string // empty where nothing is judged
	File              string // the same list as CSV
}

// A WorklistRow is one record to put right. All of it is text, whatever it looks
// like.
type WorklistRow struct {
	Practice, Patient, Record, Date string
	Result, Why                     string
	Table, Code                     string
	Extract                         string // where the book names extracts
}

// A WorklistBook is a workbook of worklists while it is written: an index and a
// sheet for each rule. Rows of the lists may come in any order. What does not fit
// in memory (16 MiB a sheet) waits in files of the folder it was given.
type WorklistBook struct {
	book  *book
	index *sheet
	lists map[string]*listSheet
	names bool // extracts
}

// NameExtracts has each record name its extract, before any list is added.
func (w *WorklistBook) NameExtracts(names bool) { w.names = names }

type listSheet struct {
	Worklist
	*sheet
	count int64
}

var (
	indexColumns = []string{"what is checked", "code", "records", "who puts it right", "how to put it right", "pass mark", "sheet", "file"}
	indexWidths  = []float64{60, 10, 10, 30, 90, 12, 32, 40}
	listColumns  = []string{"practice", "patient", "record", "date", "result", "what is wrong", "kind of entry", "code of the entry"}
	listWidths   = []float64{14, 24, 24, 12, 16, 70, 20, 22}
)

// NewWorklistBook begins a workbook. Close it whether or not it is written.
func NewWorklistBook(tool, folder string) (*WorklistBook, error) {
	return newWorklistBook(tool, folder, sheetRows)
}

func newWorklistBook(tool, folder string, rows int) (*WorklistBook, error) {
	b := &book{file: excelize.NewFile(excelize.Options{TmpDir: folder}), rows: rows}
	w := &WorklistBook{book: b, lists: map[string]*listSheet{}}
	if err := b.prepare(tool, "Worklists"); err != nil {
		return nil, fmt.Errorf("write the workbook: %w", err)
	}
	w.index = b.sheet("Index", indexWidths)
	w.index.text = true
	w.index.heading(indexColumns...)
	return w, w.index.err
}

// Add begins the sheet of a rule.
func (w *WorklistBook) Add(l Worklist) error {
	_, name, _ := strings.Cut(l.Rule, "/")
	columns, widths := listColumns, listWidths
	if w.names {
		columns, widths = append(slices.Clone(columns), "extract"), append(slices.Clone(widths), 30)
	}
	s := w.book.sheet(strings.TrimSpace(l.Code+" "+name), widths)
	s.text = true
	s.heading(columns...)
	w.lists[l.Rule] = &listSheet{Worklist: l, sheet: s}
	return s.err
}

// Row adds a record to the sheet of a rule.
func (w *WorklistBook) Row(rule string, r *WorklistRow) error {
	l := w.lists[rule]
	l.count++
	cells := []any{r.Practice, r.Patient, r.Record, r.Date, r.Result, r.Why, OneRecord(r.Table), r.Code}
	if w.names {
		cells = append(cells, r.Extract)
	}
	l.row(cells...)
	return l.err
}

// Write writes the workbook. In its index the lists of what is judged come first,
// and of those the longest. Equal lists give equal bytes.
func (w *WorklistBook) Write(to io.Writer) error {
	var lists []*listSheet
	for _, l := range w.lists {
		lists = append(lists, l)
	}
	slices.SortFunc(lists, func(a, b *listSheet) int {
		return cmp.Or(cmp.Compare(len(b.PassMark), 0)-cmp.Compare(len(a.PassMark), 0), cmp.Compare(b.count, a.count), cmp.Compare(a.Rule, b.Rule))
	})
	for _, l := range lists {
		w.index.row(l.Title, l.Code, l.count, cmp.Or(ownerWords[l.Owner], l.Owner), l.Fix, cmp.Or(l.PassMark, "none: to look at"), l.first, l.File)
	}
	for _, s := range append([]*listSheet{{sheet: w.index}}, lists...) {
		if err := s.close(); err != nil {
			return fmt.Errorf("write the workbook: %w", err)
		}
	}
	return w.book.write(to)
}

// Close removes what waits in files.
func (w *WorklistBook) Close() error { return w.book.file.Close() }

// SeveralRecords are rows of a table as people call them.
func SeveralRecords(table string) string {
	if words, ok := recordWords[table]; ok {
		return words[1]
	}
	return "records"
}

// OneRecord is one row of a table as people call it.
func OneRecord(table string) string {
	if words, ok := recordWords[table]; ok {
		return words[0]
	}
	return "record"
}

// sheetLetters is the longest name of a sheet.
const sheetLetters = 31

// sheetName makes a name that a sheet may have and no other has: readers take large
// and small letters for the same.
func (b *book) sheetName(name string, part int) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) || r < ' ' {
			return '-'
		}
		return r
	}, strings.Trim(name, "' "))
	for ; ; part++ {
		end := ""
		if part > 1 {
			end = fmt.Sprintf(" %d", part)
		}
		short := []rune(name)
		if room := sheetLetters - utf8.RuneCountInString(end); len(short) > room {
			short = short[:room]
		}
		full := strings.TrimRight(string(short), " -'") + end
		if key := strings.ToLower(full); !b.taken[key] {
			b.taken[key] = true
			return full
		}
	}
}
