package web

import (
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"paperlight/analyzer/comparison"
	"paperlight/analyzer/figures"
	"paperlight/analyzer/history"
	"paperlight/analyzer/report"
	"paperlight/analyzer/visible"
)

// A movement is what became of the records of a practice since the check before.
type movement struct {
	history.Movement
	run    history.Run
	before string // its day in words
	rules  map[string]history.RuleMovement
}

// past opens the history; nil where there is none, or none yet.
func (s *Server) past() (*history.History, error) {
	if s.History == "" {
		return nil, nil
	}
	h, err := history.Open(s.History)
	if errors.Is(err, history.ErrNone) {
		return nil, nil
	}
	return h, err
}

// pastFault says what is wrong with the history, for people.
func pastFault(err error) string {
	said := visible.Line(err.Error())
	var wrong *history.Error
	if errors.As(err, &wrong) && wrong.Hint != "" {
		said += ". " + visible.Line(wrong.Hint)
	}
	return "What was found before cannot be read: " + said + "."
}

// moved is what became of the records of each practice of a check that has just ended,
// by practice. Where it cannot be read the check stands all the same.
func (s *Server) moved(c *check, out *outcome) (map[string]*movement, error) {
	h, err := s.past()
	if h == nil {
		return nil, err
	}
	defer h.Close()
	found := map[string]*movement{}
	for i := range out.Practices {
		id := out.Practices[i].PracticeID
		runs, err := h.Runs(id)
		if err != nil {
			return nil, err
		}
		for at, run := range runs {
			if at > 0 && run.At.Before(c.began.Truncate(time.Second)) {
				break
			}
			ours, err := s.ours(h, run, &out.Practices[i])
			if err != nil {
				return nil, err
			}
			if !ours { // that of another check, which ended meanwhile
				continue
			}
			if found[id], err = movementOf(h, run); err != nil {
				return nil, err
			}
			break
		}
	}
	return found, nil
}

// ours reports whether a run is that of a check, or one that found the same: what is
// found twice is kept once.
func (s *Server) ours(h *history.History, run history.Run, found *report.PracticeReport) (bool, error) {
	read, err := h.Report(run.ID)
	if err != nil {
		return false, err
	}
	at := slices.IndexFunc(read.Practices, func(p report.PracticeReport) bool { return p.PracticeID == found.PracticeID })
	if at < 0 {
		return false, nil
	}
	before, now := read.Practices[at], *found
	before.Extract, now.Extract = 0, 0 // its place among those that were read
	return reflect.DeepEqual(before, now), nil
}

func movementOf(h *history.History, run history.Run) (*movement, error) {
	m := &movement{run: run, rules: map[string]history.RuleMovement{}}
	var err error
	if m.Movement, err = h.Movement(run.ID); err != nil {
		return nil, err
	}
	for _, r := range m.Rules {
		m.rules[r.Rule] = r
	}
	if m.Before > 0 {
		before, err := h.Run(m.Before)
		if err != nil {
			return nil, err
		}
		m.before = before.At.Local().Format("2 January 2006")
	}
	return m, nil
}

// Words say what became of all records: empty where there was no check before.
func (m *movement) Words() string {
	if m == nil || m.Before == 0 {
		return ""
	}
	total := m.Total()
	if m.Linked && total == nil {
		return "Nobody can say what was put right since the last check, on " + m.before + ": no check could be held against what it found."
	}
	if !m.Linked {
		return "These records cannot be linked to those of the last check, on " + m.before + ": they have other keys. So nobody can say which ones were put right."
	}
	return "Since the last check, on " + m.before + ": " + movedWords(total) + "."
}

// movedWords is "3 new, 12 fixed, 40 still open, 1 came back", without what is none.
func movedWords(m *history.Moved) string {
	var said []string
	for _, part := range []struct {
		n     int64
		words string
	}{{m.New, " new"}, {m.Fixed, " fixed"}, {m.Reopened, " came back"}, {m.StillOpen, " still open"}} {
		if part.n > 0 {
			said = append(said, figures.Count(part.n)+part.words)
		}
	}
	if len(said) == 0 {
		return "nothing is open"
	}
	return strings.Join(said, ", ")
}

// rule is what became of the records of one rule, in words; empty where nobody knows.
func (m *movement) rule(rule string) string {
	if m == nil {
		return ""
	}
	if r := m.rules[rule]; r.Moved != nil && (r.Found > 0 || r.Moved.Fixed > 0) {
		return movedWords(r.Moved)
	}
	return ""
}

// forget removes what is kept of a practice, or all where none is named.
func (s *Server) forget(practice string, all bool) error {
	if all {
		return s.Erase()
	}
	h, err := s.past()
	if h == nil {
		return err
	}
	defer h.Close()
	return h.Erase(practice)
}

// A historyPage is what was found before.
type historyPage struct {
	Where     string
	Fault     string
	Practices []practicePast
}

type practicePast struct {
	ID, Name string
	Runs     []runLine
	Chart    trendChart
}

type runLine struct {
	ID            int64
	Day, AsOf     string
	Verdicts      []verdictLine
	Open, Moved   string
	Before        int64
	CompareBefore bool
}

type verdictLine struct{ Title, Words, Score, State string }

// history is the page of what was found before.
func (s *Server) history(w http.ResponseWriter, _ *http.Request) {
	page := historyPage{Where: visible.Line(s.HistoryWhere)}
	h, err := s.past()
	if h != nil {
		defer h.Close()
		page.Practices, err = pasts(h)
	}
	if err != nil {
		page.Fault = pastFault(err)
	}
	s.pages.write(w, http.StatusOK, "history", "What was found before", page)
}

func pasts(h *history.History) (out []practicePast, err error) {
	practices, err := h.Practices()
	if err != nil {
		return nil, err
	}
	for _, p := range practices {
		points, err := h.Trend(p.ID)
		if err != nil {
			return nil, err
		}
		one := practicePast{ID: p.ID, Name: visible.Line(p.Name), Chart: trendOf("trend-"+strconv.Itoa(len(out)), points)}
		if one.Name == "" {
			one.Name = visible.Line(p.ID)
		}
		for i := len(points) - 1; i >= 0; i-- {
			one.Runs = append(one.Runs, runLineOf(&points[i]))
		}
		out = append(out, one)
	}
	return out, nil
}

func runLineOf(p *history.Point) runLine {
	l := runLine{ID: p.ID, Day: p.At.Local().Format("2 January 2006 at 15:04"), AsOf: p.AsOf, Before: p.Before, CompareBefore: p.Before > 0}
	if p.Open != nil {
		l.Open = figures.Count(*p.Open)
	}
	switch {
	case p.Before == 0:
		l.Moved = "the first check"
	case !p.Linked:
		l.Moved = "cannot be linked to the last check"
	case p.Moved == nil:
		l.Moved = "nothing could be held against the last check"
	default:
		l.Moved = movedWords(p.Moved)
	}
	for _, v := range p.Verdicts {
		line := verdictLine{Title: v.Title, Words: v.Verdict.Words(), State: string(v.Verdict)}
		if v.Score != nil {
			line.Score = figures.Points(*v.Score)
		}
		l.Verdicts = append(l.Verdicts, line)
	}
	return l
}

// findPast is a run of the history as a check, by "run-" and its number; nil where there
// is none.
func (s *Server) findPast(id string) *check {
	text, ok := strings.CutPrefix(id, "run-")
	n, err := strconv.ParseInt(text, 10, 64)
	if !ok || err != nil || n < 1 || strconv.FormatInt(n, 10) != text {
		return nil
	}
	h, err := s.past()
	if h == nil || err != nil {
		return nil
	}
	defer h.Close()
	run, err := h.Run(n)
	if err != nil {
		return nil
	}
	read, err := h.Report(n)
	if err != nil {
		return nil
	}
	m, err := movementOf(h, run)
	if err != nil {
		return nil
	}
	ended := make(chan struct{})
	close(ended)
	out := &outcome{Report: read, sheets: report.Sheets(read), lists: map[string]string{}, moved: map[string]*movement{run.Practice: m}}
	return &check{job: &job{began: run.At.Local(), stop: func() {}, ended: ended, news: make(chan struct{})}, id: id, name: "What was found before", outcome: out}
}

type comparePage struct {
	Name, Before, After string
	Lines               []string
	Rules               []comparedRule
	Moved               string
	Query               string // of the address
}

type comparedRule struct{ Title, Moved string }

// compare is the page of what changed from one run to another of the same practice.
func (s *Server) compare(w http.ResponseWriter, r *http.Request) {
	page := s.comparedBy(w, r)
	if page != nil {
		s.pages.write(w, http.StatusOK, "compare", "What changed", page)
	}
}

// comparedBy compares the runs that an address names, or answers why it cannot.
func (s *Server) comparedBy(w http.ResponseWriter, r *http.Request) *comparePage {
	before, err := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	after, err2 := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	h, err3 := s.past()
	if h == nil || errors.Join(err, err2, err3) != nil {
		s.missing(w)
		return nil
	}
	defer h.Close()
	page, err := compared(h, before, after)
	if err != nil {
		s.fail(w, http.StatusNotFound, pastFault(err))
		return nil
	}
	page.Query = "?" + url.Values{"before": {strconv.FormatInt(before, 10)}, "after": {strconv.FormatInt(after, 10)}}.Encode()
	return page
}

func compared(h *history.History, before, after int64) (*comparePage, error) {
	between, err := h.Between(before, after)
	if err != nil {
		return nil, err
	}
	// Of neighbours the history knows more: what came back.
	if m, err := h.Movement(after); err == nil && m.Before == before {
		between = m
		between.Rules = slices.DeleteFunc(between.Rules, func(r history.RuleMovement) bool { return r.Before != before })
	}
	var reports [2]*report.Report
	var runs [2]history.Run
	for i, id := range []int64{before, after} {
		if runs[i], err = h.Run(id); err == nil {
			reports[i], err = h.Report(id)
		}
		if err != nil {
			return nil, err
		}
	}
	var text strings.Builder
	if err := comparison.Of(reports[0], reports[1]).Text(&text); err != nil {
		return nil, err
	}
	page := &comparePage{Name: visible.Line(runs[1].Name), Before: runs[0].At.Local().Format("2 January 2006"), After: runs[1].At.Local().Format("2 January 2006")}
	for line := range strings.SplitSeq(strings.TrimSpace(text.String()), "\n") {
		page.Lines = append(page.Lines, visible.Text(line))
	}
	m := movement{Movement: between, before: page.Before}
	page.Moved = strings.Replace(m.Words(), "the last check", "the check", 1)
	titles := map[string]string{}
	for _, t := range reports[1].RuleTexts {
		titles[t.Rule] = t.Title
	}
	for _, rule := range between.Rules {
		if rule.Moved != nil && (rule.Found > 0 || rule.Moved.Fixed > 0) {
			page.Rules = append(page.Rules, comparedRule{visible.Line(titles[rule.Rule]), movedWords(rule.Moved)})
		}
	}
	return page, nil
}

// erase removes what was kept, of one practice or of all.
func (s *Server) erase(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	if r.PostForm.Get("sure") != "yes" {
		s.fail(w, http.StatusBadRequest, "Nothing was erased. Tick the box beside the button to say that you are sure.")
		return
	}
	err := s.forget(r.PostForm.Get("practice"), !r.PostForm.Has("practice"))
	if err != nil {
		s.fail(w, http.StatusInternalServerError, pastFault(err))
		return
	}
	http.Redirect(w, r, s.at("/history"), http.StatusSeeOther)
}
