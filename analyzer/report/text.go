package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"
)

// WriteText writes the report for a terminal or a plain file, in a practice
// manager's words and order, wrapped to Options.Width.
func WriteText(w io.Writer, released Released, o Options) error {
	r := presentable(released)
	t := &terminal{width: max(cmp.Or(o.Width, 80), 30), color: o.Color}
	all := pages(r, o)
	t.line(bold, cmp.Or(r.Scheme.Title, "Record quality"))
	t.wrap(0, r.Scheme.Statement)
	t.wrap(0, careLine+" "+readinessLine)
	t.wrap(0, levelWords[r.Level])
	t.notRead(r)
	if len(all) > 1 {
		t.summary(all)
		t.reading(r)
	}
	for i := range all {
		t.practice(&all[i], len(all) > 1)
		if len(all) == 1 {
			t.reading(r)
		}
		t.ledgers(&all[i], len(all) > 1)
	}
	t.identifying(r)
	t.heading(notesHeading)
	for _, n := range notes(r) {
		t.item("-", n)
	}
	t.item("-", provenance(r))
	t.item("-", careLine+" "+levelWords[r.Level])
	_, err := w.Write(t.out.Bytes())
	return err
}

// summary is one line a practice.
func (t *terminal) summary(all []page) {
	t.heading(practicesHeading)
	for i := range all {
		p := &all[i]
		t.pair(2, p.label(), verdictWords[p.Verdict], verdictInk(p.Verdict))
		t.wrap(4, p.Headline)
		t.wrap(4, sentence(p.Tally))
		for _, s := range p.Standings {
			t.pair(4, s.Title, s.scored(), plain)
		}
	}
}

// practice is everything of one practice above the table.
func (t *terminal) practice(p *page, several bool) {
	t.blank()
	if several {
		t.rule()
	}
	t.line(bold, p.label())
	t.wrap(0, strings.Join(p.Facts, ", "))
	t.blank()
	t.line(bold|verdictInk(p.Verdict), p.Headline)
	t.requirements(p)
	t.blank()
	for _, s := range p.Standings {
		t.pair(2, s.Title, s.scored(), plain)
		t.ink(verdictInk(s.Verdict), func() { t.wrap(4, s.Words) })
		t.wrap(4, s.assurance())
		t.wrap(4, s.Stays)
	}
	if p.Asks != "" {
		t.blank()
		t.wrap(0, p.Asks)
	}
	t.list(slipsHeading, p.Slips)
	t.list(optionsHeading, p.Options)
	t.jobs(stopsHeading, stopsLead, p.Stops)
	t.questions(unjudgedHeading, p.Unjudged)
	t.questions(answersHeading, p.Answers)
	if len(p.Groups) > 0 {
		t.heading(p.JobsTitle)
		t.wrap(2, p.JobsLead)
		n := 0
		for _, g := range p.Groups {
			t.wrap(2, g.Who)
			for i := range g.Jobs {
				n++
				t.job(fmt.Sprintf("%d.", n), &g.Jobs[i], false)
			}
		}
		t.wrap(2, p.Reach)
		t.wrap(2, p.MoreJobs)
	}
	if p.Judged {
		t.heading(goodHeading)
		if len(p.Good) == 0 {
			t.wrap(2, nothingGood)
		}
		for _, g := range p.Good {
			t.item("+", g)
		}
	}
	if len(p.Shown) > 0 {
		t.heading(shownHeading)
		t.wrap(2, shownLead)
		for _, f := range p.Shown {
			t.item("-", f.Title)
			t.wrap(4, f.Text)
		}
	}
	t.questions(unseenHeading, p.Unseen)
	for _, n := range p.Notes {
		t.item("-", sentence(n))
	}
}

func (t *terminal) list(heading string, items []string) {
	if len(items) == 0 {
		return
	}
	t.heading(heading)
	for _, one := range items {
		t.item("!", one)
	}
}

func (t *terminal) requirements(p *page) {
	if len(p.Requirements) == 0 {
		return
	}
	t.heading(requiredHeading)
	t.wrap(2, sentence(p.Tally))
	kind := ""
	for _, q := range p.Requirements {
		if q.Kind != kind {
			kind = q.Kind
			t.wrap(2, kind)
		}
		t.pair(4, q.Title, q.Words, requirementInk(q.Status))
		t.wrap(6, q.Why)
	}
}

func (t *terminal) jobs(heading, lead string, jobs []job) {
	if len(jobs) == 0 {
		return
	}
	t.heading(heading)
	t.wrap(2, lead)
	for i := range jobs {
		t.job(fmt.Sprintf("%d.", i+1), &jobs[i], true)
	}
}

func (t *terminal) job(mark string, j *job, sayWho bool) {
	t.item(mark, j.Title)
	indent := 2 + len(mark) + 1
	t.wrap(indent, j.count())
	t.wrap(indent, j.Fix)
	var tail []string
	if sayWho {
		tail = append(tail, "Who: "+j.Who+".")
	}
	if j.Gain != "" {
		tail = append(tail, "Adds "+j.Gain+".")
	}
	if j.Time != "" {
		tail = append(tail, "Takes "+j.Time+".")
	}
	if j.List != "" {
		tail = append(tail, "List: "+j.List)
	}
	t.wrap(indent, strings.Join(tail, " "))
}

func (t *terminal) questions(heading string, all []asked) {
	if len(all) == 0 {
		return
	}
	t.heading(heading)
	for _, a := range all {
		t.wrap(2, a.Lead)
		for _, q := range a.Questions {
			t.item("?", q.Title)
			t.wrap(4, q.Why)
			if q.Where != "" {
				t.wrap(4, "Where to look: "+q.Where)
			}
			if q.Declares != "" {
				t.wrap(4, "Name in the file of answers: "+q.Declares)
			}
		}
	}
}

func (t *terminal) reading(r *Report) {
	said := readings(r)
	if len(said) == 0 {
		return
	}
	t.heading(readingHeading)
	for _, f := range said {
		t.pair(2, f.label(), f.Rows, plain)
		for _, fault := range f.Faults {
			t.wrap(4, fault)
		}
	}
}

func (t *terminal) ledgers(p *page, several bool) {
	for _, l := range p.Ledgers {
		if len(l.Rows) == 0 {
			continue
		}
		title := ledgerHeading + ": " + l.Title
		if several {
			title += ", " + p.label()
		}
		t.heading(title)
		for i := range l.Rows {
			e := &l.Rows[i]
			t.pair(2, e.Code+"  "+e.Title, e.Words, statusInk(e.Status))
			t.pair(4, e.found(), e.Points, plain)
			for _, n := range e.Notes {
				t.wrap(4, n)
			}
		}
		if l.Total != "" {
			t.pair(2, "Score", l.Total, bold)
		}
	}
}

// found is what was counted and what was asked for, in one line.
func (e *entry) found() string {
	parts := e.Counts
	if e.Rate != "" && parts != "" {
		parts += " (" + e.Rate + ")"
	}
	if parts == "" && e.Basis != "" {
		parts = e.Basis
	}
	if e.Mark != "" {
		if parts != "" {
			parts += ", "
		}
		parts += "pass mark: " + e.Mark
	}
	return cmp.Or(parts, "not counted")
}

// label names a practice with its code.
func (p *page) label() string {
	if p.Code == "" {
		return p.Name
	}
	return p.Name + " (" + p.Code + ")"
}
