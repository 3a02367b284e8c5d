package report

import (
	"bytes"
	"cmp"
	"html/template"
	"slices"
	"strings"

	"paperlight/analyzer/figures"
)

// A Sheet is a practice in words, for pages whose reader filters and sorts. It says what
// the other forms say, in the same words.
type Sheet struct {
	Practice, Name, Code string
	AsOf                 string // YYYY-MM-DD
	Facts                []string
	Verdict              Verdict
	Headline             string
	Tally                string // of what the scheme asks for; empty where it lists nothing
	Standings            []Standing
	// Tasks are all checks, each once: what stops the practice first, then what gains
	// most for its time, then what is open, and what is met last.
	Tasks []Task
	// Reach says what the scores would be once the first jobs are done; may be empty.
	Reach string
	// Slips, Options and Notes bear on the result, as the other forms say them.
	Slips, Options, Notes []string
	// Answers is how many questions are open.
	Answers int

	chart chart
}

// A Standing is one accreditation of a Sheet.
type Standing struct {
	ID, Title string
	Verdict   Verdict
	Words     string
	Score     string // "82.3 of 100, but only 41% could be checked"
	Stays     string // what is not asked of a file that stays; may be empty
}

// A Kind is what a check asks of the practice.
type Kind string

// The kinds, in the order of attention.
const (
	Stops  Kind = "stops"   // not met, and stops the practice
	ToDo   Kind = "to_do"   // not met
	Open   Kind = "open"    // an answer, or somebody's look, would settle it
	LookAt Kind = "look_at" // never judged, and lists records
	Unseen Kind = "unseen"  // the extract cannot show it
	Done   Kind = "met"
	NoWork Kind = "no_work" // never judged, or does not apply
)

// Kinds are all kinds, in the order of attention.
func Kinds() []Kind { return []Kind{Stops, ToDo, Open, LookAt, Unseen, Done, NoWork} }

var kindWords = map[Kind]string{
	Stops: "stops you", ToDo: "to put right", Open: "to answer or check", LookAt: "to look at", Unseen: "not in this extract", Done: "met", NoWork: "nothing to do",
}

// Words is the kind as people read it.
func (k Kind) Words() string { return kindWords[k] }

// A Task is one check of one practice in words.
type Task struct {
	Rule, Code string
	Title      string // a question, where nobody knows yet
	Kind       Kind
	Status     Status
	Words      string // of the status
	// For are the accreditations that ask it, in their order.
	For []TaskFor
	// Owners are the ids of those who can do it, and Who their names.
	Owners []string
	Who    string
	// Need is "80 of 340 medicines do not meet this", Rest what to do with them, Fix how.
	Need, Rest, Fix string
	// Gain is what it adds to the scores, Points the same in hundredths.
	Gain   string
	Points int64
	// Time is our own estimate of the work in words, and Minutes in minutes; 0 where
	// nothing is known.
	Time    string
	Minutes int64
	// Records counts what is listed.
	Records int64
	// Counts, Rate, Range, Mark and From are the arithmetic: "340 of 352", "96.6%",
	// "94.1% to 98.0%", "at least 95%" and where the pass mark comes from.
	Counts, Rate, Range, Mark, From string
	// Why says why it is open, Where which screen shows it, Declares which answers settle it.
	Why, Where, Declares string
	Notes                []string
}

// A TaskFor is what an accreditation makes of a task.
type TaskFor struct{ ID, Title, Severity, Points string }

// Sheets are the practices of a report that was read back, in its order.
func Sheets(read *Report) []Sheet {
	r := presentable(Released{read})
	texts := ruleTexts(r)
	out := make([]Sheet, 0, len(r.Practices))
	for i := range r.Practices {
		p := &r.Practices[i]
		out = append(out, readerOf(r, p, texts, Options{Worklists: allListed(r)}).sheet(p))
	}
	return out
}

// allListed says of every rule that its records are listed: how to put them right is
// said beside the list.
func allListed(r *Report) map[string]string {
	out := make(map[string]string, len(r.RuleTexts))
	for i := range r.RuleTexts {
		out[r.RuleTexts[i].Rule] = "listed"
	}
	return out
}

func (r *reader) sheet(p *PracticeReport) Sheet {
	said := r.page(p)
	out := Sheet{
		Practice: p.PracticeID, Name: said.Name, Code: said.Code, AsOf: p.AsOf, Facts: said.Facts, Verdict: said.Verdict, Headline: said.Headline, Tally: said.Tally,
		Reach: said.Reach, Slips: said.Slips, Options: said.Options, Notes: said.Notes, Tasks: r.tasks(p), Answers: len(p.Questions),
		chart: scoreChart("scores", "Scores of "+said.Name, said.Standings),
	}
	for i, s := range said.Standings {
		out.Standings = append(out.Standings, Standing{ID: p.Accreditations[i].ID, Title: s.Title, Verdict: s.Verdict, Words: s.Words, Score: s.scored(), Stays: s.Stays})
	}
	return out
}

// tasks are the checks of a practice, each once. Of a damaged extract only those that
// say so count.
func (r *reader) tasks(p *PracticeReport) []Task {
	out, at := []Task{}, map[string]int{}
	asked := answers(p)
	each(p, func(a *Accreditation, c *Criterion) {
		if a.Verdict == Damaged && !slices.Contains(a.BlockersFailed, c.Rule) {
			return
		}
		i, seen := at[c.Rule]
		if !seen {
			i, at[c.Rule] = len(out), len(out)
			out = append(out, r.task(c, asked[c.Rule]))
		}
		t := &out[i]
		if slices.Contains(a.BlockersFailed, c.Rule) && c.Status == Failed {
			t.Kind = Stops
		}
		e := r.entry(c)
		t.For = append(t.For, TaskFor{ID: a.ID, Title: cmp.Or(a.Title, a.ID), Severity: e.Severity, Points: e.Points})
		if c.Status == Failed && a.Score != nil {
			t.Points += c.Of
		}
	})
	for i := range out {
		if out[i].Points > 0 {
			out[i].Gain = pointsWords(out[i].Points)
		}
	}
	slices.SortStableFunc(out, func(a, b Task) int {
		kinds := Kinds()
		return cmp.Or(cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)),
			cmp.Compare(b.Points*max(a.Minutes, 1), a.Points*max(b.Minutes, 1)), cmp.Compare(a.Minutes, b.Minutes), cmp.Compare(a.Rule, b.Rule))
	})
	return out
}

// task is one check; asked says that a verdict waits for an answer to it.
func (r *reader) task(c *Criterion, asked bool) Task {
	text, e := r.text(c.Rule), r.entry(c)
	t := Task{
		Rule: c.Rule, Code: e.Code, Title: e.Title, Status: c.Status, Words: e.Words, Kind: kindOf(c, r.result(c.Rule), asked || r.keys[c.Rule] != ""),
		Who: who(c.Owner), Owners: ownerIDs(c.Owner), Counts: e.Counts, Rate: e.Rate, Range: e.Interval, Mark: e.Mark, From: c.ThresholdFrom, Notes: e.Notes,
		Fix: r.fix(c, text.Fix), Where: sentence(text.Where), Declares: r.keys[c.Rule],
	}
	if c.Failing != nil {
		t.Records = *c.Failing
	}
	switch t.Kind {
	case Stops, ToDo:
		j := r.job(c)
		t.Need, t.Rest, t.Time, t.Minutes = j.Need, j.Rest, j.Time, j.minutes
	case Open, Unseen:
		_, q := r.question(c)
		t.Title, t.Why = q.Title, q.Why
	case LookAt, NoWork:
		result := r.result(c.Rule)
		t.Rest = r.listed(&Criterion{Rule: c.Rule, Status: c.Status, Basis: c.Basis, Threshold: c.Threshold, Failing: noneFailing(c.Failing), Suppressed: c.Suppressed}, text, result)
	}
	return t
}

// noneFailing keeps how to put a record right out of what is said of the figure: it
// stands in a place of its own.
func noneFailing(failing *int64) *int64 {
	if failing == nil || *failing > 0 {
		return nil
	}
	return failing
}

// kindOf says what a check asks of the practice; stops are told from the accreditation.
func kindOf(c *Criterion, result Result, answerable bool) Kind {
	switch c.Status {
	case Failed:
		return ToDo
	case Passed:
		return Done
	case Shown:
		switch {
		case len(result.Missing) > 0 && answerable:
			return Open
		case len(result.Missing) > 0:
			return Unseen
		case c.Failing != nil && *c.Failing > 0:
			return LookAt
		}
		return NoWork
	case NotApplicable:
		return NoWork
	}
	if answerable || c.Status == TooFew {
		return Open
	}
	return Unseen
}

// ownerIDs are those who can do a task, by their ids.
func ownerIDs(owner string) (out []string) {
	for _, one := range strings.FieldsFunc(cmp.Or(owner, "practice"), func(r rune) bool { return r == ',' || r == ' ' }) {
		if one != "or" {
			out = append(out, strings.ToLower(one))
		}
	}
	return out
}

// OwnerWords names who can do a task.
func OwnerWords(id string) string { return capital(cmp.Or(ownerWords[id], id)) }

// Chart draws the scores; empty where there are none.
func (s *Sheet) Chart() template.HTML {
	var out bytes.Buffer
	if err := htmlTemplate.ExecuteTemplate(&out, "chart", s.chart); err != nil {
		return ""
	}
	return template.HTML(out.String()) //nolint:gosec // the template escaped it
}

// RecordsWords is "80 records".
func (t *Task) RecordsWords() string { return figures.Plural(t.Records, "record", "records") }
