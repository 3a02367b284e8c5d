package web

import (
	"cmp"
	"encoding/csv"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"paperlight/analyzer/figures"
	"paperlight/analyzer/history"
	"paperlight/analyzer/report"
)

// A recordsPage is the list of records behind a number.
type recordsPage struct {
	ID    string
	Sheet *report.Sheet
	Task  taskLine
	View  view
	Rows  []*record
	Total string
	// Before and After are the addresses of the pages beside this one; empty where there
	// is none.
	Before, After string
	Columns       []column
	// Triage: what is done about each record can be said here. Untold says why not.
	Triage  bool
	Untold  string
	States  []stateChoice
	Owners  []stateChoice
	Reasons []stateChoice
	Saved   bool
}

// A record is one line of a worklist.
type record struct {
	Practice, Patient, Record, Date, Result, Why, Table, Code string
	// Handle stands for the record in the history; empty where it is not there.
	Handle string
	said   history.Triage
}

// A column of the list, and how it is sorted by.
type column struct {
	Words, Query string
	Sorted       string // "ascending", "descending", or empty
}

// A view is which records of a rule a page shows, and in which order.
type view struct {
	rule     string
	practice int
	find     string
	sort     string
	state    string // of what was said of a record
	page     int
}

// recordsShown is how many records a page shows at a time.
const recordsShown = 200

var recordOrders = []string{"", "patient", "date", "why"}

func viewOf(q url.Values, practices int) view {
	v := view{rule: q.Get("rule"), find: q.Get("find"), practice: practiceIn(q, practices)}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 0 && n < 1_000_000 {
		v.page = n
	}
	if slices.Contains(recordOrders, q.Get("sort")) {
		v.sort = q.Get("sort")
	}
	if len(v.find) > 200 {
		v.find = ""
	}
	if _, ok := stateWords[history.State(q.Get("state"))]; ok {
		v.state = q.Get("state")
	}
	return v
}

// Query is the view as the end of an address, with some of it changed.
func (v view) Query(changes ...string) string {
	return ending(v.practice, append([]string{"rule", v.rule, "find", v.find, "sort", v.sort, "state", v.state}, changes...))
}

// pageText is the page as it stands in an address; empty for the first.
func (v view) pageText() string {
	if v.page == 0 {
		return ""
	}
	return strconv.Itoa(v.page)
}

// Rule, Practice, Find and Sort are for the forms that keep them.
func (v view) Rule() string { return v.rule }

// Practice is the place of the practice in the report.
func (v view) Practice() int { return v.practice }

// Find is what is searched for.
func (v view) Find() string { return v.find }

// Sort is the order.
func (v view) Sort() string { return v.sort }

// Page is the part of the list that is shown.
func (v view) Page() int { return v.page }

// State is what was said of the records that are shown.
func (v view) State() string { return v.state }

// A list is the records that an address asks for.
type list struct {
	*check
	*outcome
	view view
	task *report.Task
	rows []*record
	cut  bool // there are more
	// tell finds what was said of some of the rows: of a long list, of those that are shown.
	tell func([]*record)
	// can: what is done about the records can be said. untold says why not.
	can    bool
	untold string
}

// list is what an address asks for; nil where there is no such list.
func (s *Server) list(r *http.Request) *list {
	c, out := s.done(r)
	if out == nil {
		return nil
	}
	l := &list{check: c, outcome: out, view: viewOf(r.URL.Query(), len(out.sheets))}
	var err error
	if l.task = out.task(l.view); l.task == nil {
		return nil
	}
	if l.rows, l.cut, err = s.read(c, out, l.view); err != nil {
		return nil
	}
	l.can, l.untold, l.tell = s.said(c, out, l.view)
	if l.view.state != "" {
		l.tell(l.rows)
		l.rows = slices.DeleteFunc(l.rows, func(r *record) bool { return r.state() != history.State(l.view.state) })
	}
	return l
}

// records is the page of the list behind a number.
func (s *Server) records(w http.ResponseWriter, r *http.Request) {
	l := s.list(r)
	if l == nil {
		s.missing(w)
		return
	}
	v := l.view
	page := recordsPage{ID: l.id, Sheet: &l.sheets[v.practice], Task: s.line(l.outcome, l.task, filter{practice: v.practice}), View: v, Columns: v.columns(),
		Triage: l.can, Untold: l.untold, States: states(v), Owners: owners(), Reasons: reasons(), Saved: r.URL.Query().Get("saved") != ""}
	all := int64(len(l.rows))
	from := min(v.page*recordsShown, len(l.rows))
	page.Rows = l.rows[from:min(from+recordsShown, len(l.rows))]
	l.tell(page.Rows)
	page.Total = figures.Plural(all, "record", "records")
	if l.cut {
		page.Total = "The first " + page.Total + ", which is what a page can show: the workbook has all"
	}
	if v.find != "" || v.state != "" {
		page.Total += " as asked for, of " + figures.Count(l.task.Records)
	}
	if all > recordsShown && len(page.Rows) > 0 {
		page.Total += ", of which you see " + figures.Count(int64(from+1)) + " to " + figures.Count(int64(from+len(page.Rows)))
	}
	if from > 0 {
		page.Before = v.Query("page", strconv.Itoa(v.page-1))
	}
	if from+recordsShown < len(l.rows) {
		page.After = v.Query("page", strconv.Itoa(v.page+1))
	}
	s.pages.write(w, http.StatusOK, "records", l.task.Title, page)
}

func (v view) columns() []column {
	return columns(v.sort, v.Query, [][2]string{{"Patient", "patient"}, {"Date", "date"}, {"What is wrong", "why"}})
}

// columns are the heads of a table that is sorted by one of them, of words and orders.
func columns(sorted string, query func(...string) string, heads [][2]string) (out []column) {
	for _, h := range heads {
		c := column{Words: h[0], Query: query("sort", h[1])}
		if h[1] == sorted {
			if c.Sorted = "descending"; slices.Contains(fromFirst, sorted) {
				c.Sorted = "ascending"
			}
		}
		out = append(out, c)
	}
	return out
}

// fromFirst are the orders that begin with the first of the alphabet; the others begin
// with the most, or the last day.
var fromFirst = []string{"title", "outcome", "patient", "why"}

// task is the check that a view is of, or nil.
func (o *outcome) task(v view) *report.Task {
	if len(o.sheets) == 0 || o.lists[v.rule] == "" {
		return nil
	}
	tasks := o.sheets[v.practice].Tasks
	at := slices.IndexFunc(tasks, func(t report.Task) bool { return t.Rule == v.rule })
	if at < 0 {
		return nil
	}
	return &tasks[at]
}

// mostRecords bounds what a page reads of a list: more no page can show.
const mostRecords = 500_000

// read reads the records that a view shows, in its order. The list is cut where it has
// more than it reads.
func (s *Server) read(c *check, out *outcome, v view) (rows []*record, cut bool, err error) {
	name := out.lists[v.rule]
	if name == "" || len(out.sheets) == 0 {
		return nil, false, errors.New("there is no such list")
	}
	f, err := s.root.Open(path.Join(c.id, "outcome", Lists, name))
	if err != nil {
		return nil, false, err
	}
	defer f.Close()
	practice := out.sheets[v.practice].Practice
	err = eachLine(f, func(cells []string) bool {
		if len(out.sheets) > 1 && unescaped(cells[0]) != practice {
			return true
		}
		if cut = len(rows) == s.most; cut {
			return false
		}
		r := &record{unescaped(cells[0]), unescaped(cells[1]), unescaped(cells[2]), cells[3], cells[4], unescaped(cells[5]), cells[6], unescaped(cells[7]), "", history.Triage{}}
		if v.find == "" || contains(v.find, r.Patient, r.Record, r.Date, r.Result, r.Why, r.Code) {
			rows = append(rows, r)
		}
		return true
	})
	if err != nil {
		return nil, false, err
	}
	switch v.sort {
	case "patient":
		slices.SortStableFunc(rows, func(a, b *record) int { return cmp.Compare(a.Patient, b.Patient) })
	case "date":
		slices.SortStableFunc(rows, func(a, b *record) int { return cmp.Compare(b.Date, a.Date) })
	case "why":
		slices.SortStableFunc(rows, func(a, b *record) int { return cmp.Compare(a.Why, b.Why) })
	}
	return rows, cut, nil
}

// eachLine reads the records of a list, until take has enough.
func eachLine(from io.Reader, take func(cells []string) bool) error {
	lines := csv.NewReader(from)
	lines.ReuseRecord = true
	for n := 0; ; n++ {
		cells, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil || len(cells) < 8 {
			return errors.Join(err, errors.New("the list cannot be read"))
		}
		if n > 0 && !take(cells) {
			return nil
		}
	}
}

// unescaped takes off what keeps a spreadsheet from running a cell as a formula.
func unescaped(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && report.FormulaSafe(rest) == cell {
		return rest
	}
	return cell
}

// grid is the records as they are taken away.
func grid(task *report.Task, rows []*record) *report.Grid {
	g := &report.Grid{Name: task.Code, Columns: []string{"practice", "patient", "record", "date", "result", "what is wrong", "kind of entry", "code of the entry", "what was done"}, Widths: []float64{14, 24, 24, 12, 16, 70, 20, 22, 40}}
	for _, r := range rows {
		g.Rows = append(g.Rows, []any{r.Practice, r.Patient, r.Record, r.Date, r.Result, r.Why, report.OneRecord(r.Table), r.Code, r.Said()})
	}
	return g
}

// takeRecords sends the list as shown, to keep.
func (s *Server) takeRecords(w http.ResponseWriter, r *http.Request) {
	l := s.list(r)
	if l == nil {
		s.missing(w)
		return
	}
	if l.cut { // a part would be taken for the whole
		s.fail(w, http.StatusRequestEntityTooLarge, "This list is too long to be taken away by itself. Take the workbook of all records, which holds it.")
		return
	}
	l.tell(l.rows)
	s.take(w, r, grid(l.task, l.rows), strings.ReplaceAll(l.view.rule, "/", "--"))
}

// takeTasks sends the checks as shown, to keep.
func (s *Server) takeTasks(w http.ResponseWriter, r *http.Request) {
	c, out := s.done(r)
	if out == nil || len(out.sheets) == 0 {
		s.missing(w)
		return
	}
	g := &report.Grid{Name: "Checks", Columns: []string{"check", "code", "outcome", "what to do", "who", "counted", "rate", "pass mark", "where the pass mark comes from", "records", "minutes", "points", "how to put it right"},
		Widths: []float64{60, 10, 18, 18, 28, 18, 10, 18, 60, 10, 10, 10, 90}}
	for _, t := range s.result(c, out, r).Tasks {
		var records any
		if t.Numbered {
			records = t.Records
		}
		g.Rows = append(g.Rows, []any{t.Title, t.Code, t.Words, t.Kind.Words(), t.Who, t.Counts, t.Rate, t.Mark, t.From, records, t.Minutes, float64(t.Points) / 100, t.Fix})
	}
	s.take(w, r, g, "checks")
}

// take sends a table in the form that the address ends with.
func (s *Server) take(w http.ResponseWriter, r *http.Request, g *report.Grid, name string) {
	ending := filepath.Ext(r.URL.Path)
	kind, write := "text/csv; charset=utf-8", g.WriteCSV
	if ending == ".xlsx" {
		kind, write = workbookKind, func(w io.Writer) error { return g.WriteXLSX(w, "paperlight") }
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name + ending}))
	if err := write(&moving{Writer: w, move: s.mover(w)}); err != nil && ending == ".xlsx" {
		panic(http.ErrAbortHandler) // the user must not take a part for the whole
	}
}

const workbookKind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// workbook is the workbook of all lists, as the check wrote it.
func (s *Server) workbook(w http.ResponseWriter, r *http.Request) {
	c, out := s.done(r)
	if out == nil || out.book == "" {
		s.missing(w)
		return
	}
	s.send(w, path.Join(c.id, "outcome", Lists, out.book), map[string]string{
		"Content-Type": workbookKind, "Content-Disposition": mime.FormatMediaType("attachment", map[string]string{"filename": out.book}),
	})
}
