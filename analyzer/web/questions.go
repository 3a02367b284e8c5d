package web

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/declaration"
	"paperlight/analyzer/figures"
	"paperlight/analyzer/history"
	"paperlight/analyzer/report"
	"paperlight/analyzer/visible"
	"paperlight/rules"
)

// A questionsPage is what the extract cannot show, as a form.
type questionsPage struct {
	ID        string
	Sheet     *report.Sheet
	Practice  int
	Questions []questionLine
	Where     string // the answers are kept
	// Last is the last day that an answer can be about, and Day the one to begin with.
	Day, Last, LastWords string
	// Flawed says that some answers do not count.
	Flawed string
	Saved  bool
	Kept   bool // there are answers to take away
	Fault  string
}

// A questionLine is one question, and what was answered so far.
type questionLine struct {
	Key, Title, Where, Valid string
	Why, Flaws               []string
	Needed                   bool
	Answers                  []answerChoice
	Count                    bool
	CountOf                  string
	Answer, Date             string
	Evidence, Role           string
	Number                   string
}

type answerChoice struct {
	Value, Words string
	Chosen       bool
}

// longestAnswer bounds a text of an answer, in bytes.
const longestAnswer = 2000

var answerWords = map[string]string{rules.Yes: "yes", rules.No: "no", rules.NotApplicable: "does not apply to us", rules.SupplierHosted: "our system supplier does it"}

// questions is the form of what is open, and of what was answered.
func (s *Server) questions(w http.ResponseWriter, r *http.Request) {
	c, out := s.done(r)
	if out == nil || len(out.sheets) == 0 || c.past() {
		s.missing(w)
		return
	}
	s.ask(w, http.StatusOK, c, out, filterOf(r.URL.Query(), len(out.sheets)).practice, "", r.URL.Query().Get("saved") != "")
}

// ask writes the form.
func (s *Server) ask(w http.ResponseWriter, status int, c *check, out *outcome, practice int, fault string, saved bool) {
	given, err := s.given()
	if err != nil && fault == "" {
		fault = err.Error()
	}
	page := questionsPage{ID: c.id, Sheet: &out.sheets[practice], Practice: practice, Where: visible.Line(s.Answers.Where()), Last: out.Practices[practice].AsOf, Saved: saved, Kept: len(given) > 0, Fault: fault}
	page.Day = min(s.Now().Format(time.DateOnly), page.Last)
	if last, ok := calendar.Parse(page.Last); ok {
		page.LastWords = last.Words()
	}
	flawed, terms := int64(0), s.Catalogue.AnswerTerms()
	for _, q := range s.open(out, practice, given) {
		l := questionOf(&q, out.Practices[practice].PracticeID, given, out.needed(practice, q.Key))
		if l.Answer != "" || l.Number != "" {
			for _, flaw := range declaration.Flaws(terms, q.Ask, &out.Practices[practice], given) {
				l.Flaws = append(l.Flaws, visible.Line(flaw))
			}
		}
		if len(l.Flaws) > 0 {
			flawed++
		}
		page.Questions = append(page.Questions, l)
	}
	if flawed > 0 {
		page.Flawed = figures.Plural(flawed, "answer does", "answers do") + " not count yet. Why stands beside each."
	}
	s.pages.write(w, status, "questions", "Questions for the practice", page)
}

// given are the answers that are kept.
func (s *Server) given() ([]rules.Declaration, error) {
	text, err := s.Answers.Read()
	if err != nil {
		return nil, fmt.Errorf("The answers that were kept cannot be read: %s. Save none before that is put right.", visible.Line(err.Error())) //nolint:staticcheck // said to people
	}
	if len(text) == 0 {
		return nil, nil
	}
	given, err := rules.ParseAnswers("declarations.yaml", text, s.Catalogue.AnswerTerms())
	if err != nil {
		return nil, fmt.Errorf("The answers that were kept cannot be read: %s. Save none before that is put right.", visible.Line(err.Error())) //nolint:staticcheck // said to people
	}
	return given, nil
}

// open are the questions of a practice: those that its report holds open, and those that
// it has answered.
func (s *Server) open(out *outcome, practice int, given []rules.Declaration) []rules.Question {
	one := *out.Report
	one.Practices = one.Practices[practice : practice+1]
	all := declaration.Open(&one, s.Catalogue, given)
	for _, d := range given {
		if !ofPractice(&d, one.Practices[0].PracticeID) || slices.ContainsFunc(all, func(q rules.Question) bool { return q.Key == d.Key }) {
			continue
		}
		q := rules.Question{}
		for _, rule := range s.Catalogue.Rules {
			for _, ask := range rule.Asks() {
				if ask.Key == d.Key {
					q.Ask, q.Rules = ask, append(q.Rules, rule)
				}
			}
		}
		if len(q.Rules) > 0 {
			all = append(all, q)
		}
	}
	return all
}

// ofPractice reports whether an answer is of a practice; one without is of every practice.
func ofPractice(d *rules.Declaration, practice string) bool {
	return d.Practice == "" || d.Practice == practice
}

// needed reports whether a verdict waits for an answer.
func (o *outcome) needed(practice int, key string) bool {
	return slices.ContainsFunc(o.Practices[practice].Questions, func(q report.Question) bool { return q.Key == key && (q.Needed || q.Blocks) })
}

func questionOf(q *rules.Question, practice string, given []rules.Declaration, needed bool) questionLine {
	first := q.Rules[0]
	l := questionLine{Key: q.Key, Title: visible.Line(first.Question()), Where: visible.Line(first.WhereToLook), Valid: q.Valid(), Needed: needed, Count: q.Count, CountOf: visible.Line(first.CountOf)}
	for _, why := range q.Why {
		if strings.HasPrefix(why, "The practice has not answered ") {
			continue // that is why it is asked
		}
		l.Why = append(l.Why, visible.Line(why))
	}
	var d rules.Declaration
	for _, g := range given { // the last one counts
		if g.Key == q.Key && ofPractice(&g, practice) {
			d = g
		}
	}
	l.Answer, l.Evidence, l.Role = d.Answer, visible.Line(d.Evidence), visible.Line(d.Role)
	if d.HasDate {
		l.Date = d.Date.String()
	}
	if d.HasCount {
		l.Number = strconv.FormatInt(d.Count, 10)
	}
	for _, a := range q.Takes() {
		l.Answers = append(l.Answers, answerChoice{a, answerWords[a], a == d.Answer})
	}
	return l
}

// save keeps what a form answers, and checks again where it asks for that.
func (s *Server) save(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	c, out := s.done(r)
	if out == nil || len(out.sheets) == 0 || c.past() {
		s.missing(w)
		return
	}
	practice := filterOf(r.PostForm, len(out.sheets)).practice
	if err := s.keep(r, out, practice); err != nil {
		s.ask(w, http.StatusBadRequest, c, out, practice, err.Error(), false)
		return
	}
	if r.PostForm.Get("then") != "check" {
		http.Redirect(w, r, s.at("/check/"+c.id+"/questions"+filter{practice: practice}.Query("saved", "1")), http.StatusSeeOther)
		return
	}
	s.checkAgain(ctx, w, r, c, c.asked)
}

// keep writes the answers of a form among those that are kept. What the form does not ask
// stays: it may have been answered since, on another page.
func (s *Server) keep(r *http.Request, out *outcome, practice int) error {
	s.keeping.Lock()
	defer s.keeping.Unlock()
	given, err := s.given()
	if err != nil {
		return err
	}
	id := out.Practices[practice].PracticeID
	others, err := s.others(out, given, id)
	if err != nil {
		return err
	}
	for _, q := range s.open(out, practice, given) {
		if !r.PostForm.Has("answer." + q.Key) {
			continue
		}
		a, err := answerOf(r, &q, id)
		if err != nil {
			return err
		}
		given = replaced(given, &a, others)
	}
	var b strings.Builder
	b.WriteString("# The practice's answers to what an extract cannot show. Written by the page of paperlight;\n# paperlight check EXTRACT --declarations THIS-FILE uses them.\n")
	if len(given) == 0 {
		b.WriteString("[]\n")
	}
	rules.WriteAnswers(&b, given)
	if _, err := rules.ParseAnswers("declarations.yaml", []byte(b.String()), s.Catalogue.AnswerTerms()); err != nil {
		return errors.New("The answers could not be kept: they are too long together. Shorten what you saw.") //nolint:staticcheck // said to people
	}
	if err := s.Answers.Write([]byte(b.String())); err != nil {
		return fmt.Errorf("The answers could not be kept: %s.", visible.Line(err.Error())) //nolint:staticcheck // said to people
	}
	return nil
}

// others are the practices that are known here but for one: those of the extract, of the
// answers, and of what was found before.
func (s *Server) others(out *outcome, given []rules.Declaration, but string) ([]string, error) {
	known := map[string]bool{}
	for i := range out.Practices {
		known[out.Practices[i].PracticeID] = true
	}
	for i := range given {
		known[given[i].Practice] = true
	}
	h, err := s.past()
	if h != nil {
		defer h.Close()
		var practices []history.Practice
		practices, err = h.Practices()
		for _, p := range practices {
			known[p.ID] = true
		}
	}
	if err != nil {
		return nil, errors.New(pastFault(err))
	}
	delete(known, but)
	delete(known, "")
	return slices.Sorted(maps.Keys(known)), nil
}

// replaced are the answers with that of one question to one practice in place of what
// stood there. What stays as it was keeps the signature of its assessor, and an answer of
// every practice stays with the others.
func replaced(given []rules.Declaration, a *rules.Declaration, others []string) []rules.Declaration {
	mine := func(d rules.Declaration) bool { return d.Key == a.Key && ofPractice(&d, a.Practice) }
	for _, d := range slices.Backward(given) {
		if mine(d) {
			if d.Answer == a.Answer && d.HasDate == a.HasDate && d.Date == a.Date && d.HasCount == a.HasCount && d.Count == a.Count && d.Evidence == a.Evidence && d.Role == a.Role {
				return given
			}
			break
		}
	}
	var kept []rules.Declaration
	for _, d := range given {
		switch {
		case !mine(d):
			kept = append(kept, d)
		case d.Practice == "":
			for _, d.Practice = range others {
				kept = append(kept, d)
			}
		}
	}
	given = kept
	if a.Answer != "" || a.HasCount {
		given = append(given, *a)
	}
	return given
}

// answerOf reads the answer to one question out of a form. The date and the role of all
// stand in for those that are left empty.
func answerOf(r *http.Request, q *rules.Question, practice string) (rules.Declaration, error) {
	field := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name + "." + q.Key)) }
	a := rules.Declaration{Key: q.Key, Practice: practice, Answer: field("answer"), Evidence: field("evidence"), Role: field("role")}
	title := "“" + visible.Line(q.Rules[0].Question()) + "”"
	if a.Answer != "" && !slices.Contains(q.Takes(), a.Answer) {
		return a, errors.New(title + " has an answer that it does not take. Choose one of the list.")
	}
	if number := field("count"); number != "" {
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil || n < 0 {
			return a, errors.New(title + " has a number that cannot be read. Write a whole number, such as 0 or 12.")
		}
		a.Count, a.HasCount = n, true
	}
	if len(a.Evidence) > longestAnswer || len(a.Role) > 200 {
		return a, errors.New(title + " has a text that is too long. Shorten it.")
	}
	if a.Answer == "" && !a.HasCount {
		return a, nil
	}
	if a.Role == "" {
		a.Role = strings.TrimSpace(r.PostForm.Get("role"))
	}
	date := field("date")
	if date == "" {
		date = strings.TrimSpace(r.PostForm.Get("date"))
	}
	if date != "" {
		day, ok := calendar.Parse(date)
		if !ok {
			return a, errors.New(title + " has a date that cannot be read. Write it as 2026-03-31.")
		}
		a.Date, a.HasDate = day, true
	}
	return a, nil
}

// takeAnswers sends the file of answers, to keep.
func (s *Server) takeAnswers(w http.ResponseWriter, _ *http.Request) {
	text, err := s.Answers.Read()
	if err != nil || len(text) == 0 {
		s.missing(w)
		return
	}
	w.Header().Set("Content-Type", "application/yaml; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="declarations.yaml"`)
	_, _ = w.Write(text)
}

// again checks an extract once more, with the answers as they are now.
func (s *Server) again(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	c := s.find(r.PathValue("id"))
	if c == nil || c.past() {
		s.missing(w)
		return
	}
	if !s.form(w, r) {
		return
	}
	asked := c.asked
	if r.PostForm.Get("chosen") != "" {
		asked.Scheme, asked.AsOf, asked.TestNumbers = r.PostForm.Get("scheme"), r.PostForm.Get("as_of"), r.PostForm.Get("test_numbers") != ""
		if err := s.allowed(&asked); err != nil {
			s.fail(w, http.StatusBadRequest, err.Error())
			return
		}
	}
	s.checkAgain(ctx, w, r, c, asked)
}

func (s *Server) checkAgain(ctx context.Context, w http.ResponseWriter, r *http.Request, c *check, asked Checking) {
	next, err := s.add(ctx, random(), c.name, asked)
	if err != nil {
		s.fail(w, http.StatusInternalServerError, notStarted)
		return
	}
	http.Redirect(w, r, s.at("/check/"+next.id), http.StatusSeeOther)
}
