package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strings"

	"paperlight/analyzer/markdown"
)

// WriteMarkdown writes the report as GitHub-flavoured Markdown, in the words
// and the order of the text form.
func WriteMarkdown(w io.Writer, released Released, o Options) error {
	r := presentable(released)
	all := pages(r, o)
	m := &markdownPage{}
	m.block("# %s", cmp.Or(r.Scheme.Title, "Record quality"))
	m.block("%s", r.Scheme.Statement)
	m.block("**%s** %s %s", levelWords[r.Level], careLine, readinessLine)
	m.notRead(r)
	if len(all) > 1 {
		m.block("## %s", practicesHeading)
		m.table("Practice", "Verdict", "Scores out of 100")
		for i := range all {
			var scores []string
			for _, s := range all[i].Standings {
				scores = append(scores, s.Title+": "+s.brief())
			}
			m.row(all[i].label(), strings.TrimSpace(all[i].Headline+" "+sentence(all[i].Tally)), strings.Join(scores, "; "))
		}
		m.end()
		m.reading(r)
	}
	for i := range all {
		m.practice(&all[i])
		if len(all) == 1 {
			m.reading(r)
		}
		m.ledgers(&all[i])
	}
	m.identifying(r)
	m.block("---")
	for _, n := range notes(r) {
		m.item("%s", n)
	}
	m.item("%s", provenance(r))
	m.item("%s %s", levelWords[r.Level], careLine)
	_, err := w.Write(m.out.Bytes())
	return err
}

// A markdownPage is the form while it is written.
type markdownPage struct{ out bytes.Buffer }

func (m *markdownPage) practice(p *page) {
	m.block("## %s", p.label())
	m.block("%s", strings.Join(p.Facts, ", "))
	m.block("**%s**", p.Headline)
	if len(p.Requirements) > 0 {
		m.block("### %s", requiredHeading)
		m.block("%s", sentence(p.Tally))
		m.table("Kind", "The scheme asks that", "Outcome", "Why")
		for _, q := range p.Requirements {
			m.row(q.Kind, q.Title, q.Words, q.Why)
		}
		m.end()
	}
	if len(p.Standings) > 0 {
		m.table("For", "Readiness", "Score", "Counting no result as not met", "Checked")
		for _, s := range p.Standings {
			m.row(s.Title, s.whole(), s.scored(), s.Assured, s.Coverage)
		}
		m.end()
	}
	m.block("%s", p.Asks)
	m.list(slipsHeading, p.Slips)
	m.list(optionsHeading, p.Options)
	m.jobs(stopsHeading, stopsLead, p.Stops)
	m.questions(unjudgedHeading, p.Unjudged)
	m.questions(answersHeading, p.Answers)
	if len(p.Groups) > 0 {
		m.block("### %s", p.JobsTitle)
		m.block("%s", p.JobsLead)
		n := 1
		for _, g := range p.Groups {
			m.block("**%s**", g.Who)
			for i := range g.Jobs {
				m.job(n, &g.Jobs[i], false)
				n++
			}
			m.end()
		}
		m.block("%s", p.Reach)
		m.block("%s", p.MoreJobs)
	}
	if p.Judged {
		m.block("### %s", goodHeading)
		for _, g := range p.Good {
			m.item("%s", g)
		}
		if len(p.Good) == 0 {
			m.item("%s", nothingGood)
		}
		m.end()
	}
	if len(p.Shown) > 0 {
		m.block("### %s", shownHeading)
		m.block("%s", shownLead)
		for _, f := range p.Shown {
			m.item("**%s.** %s", f.Title, f.Text)
		}
		m.end()
	}
	m.questions(unseenHeading, p.Unseen)
	if len(p.Notes) > 0 {
		m.block("### %s", notesHeading)
		for _, n := range p.Notes {
			m.item("%s", sentence(n))
		}
		m.end()
	}
}

func (m *markdownPage) list(heading string, items []string) {
	if len(items) == 0 {
		return
	}
	m.block("### %s", heading)
	for _, one := range items {
		m.item("%s", one)
	}
	m.end()
}

func (m *markdownPage) jobs(heading, lead string, jobs []job) {
	if len(jobs) == 0 {
		return
	}
	m.block("### %s", heading)
	m.block("%s", lead)
	for i := range jobs {
		m.job(i+1, &jobs[i], true)
	}
	m.end()
}

func (m *markdownPage) job(n int, j *job, sayWho bool) {
	fmt.Fprintf(&m.out, "%d. **%s**", n, markdown.Literal(j.Title))
	says := []string{j.count(), j.Fix}
	if sayWho {
		says = append(says, "Who: "+j.Who+".")
	}
	if j.Gain != "" {
		says = append(says, "Adds "+j.Gain+".")
	}
	if j.Time != "" {
		says = append(says, "Takes "+j.Time+".")
	}
	if j.List != "" {
		says = append(says, "List: "+j.List)
	}
	for _, s := range says {
		if s != "" {
			m.out.WriteString("  \n   " + markdown.Literal(s))
		}
	}
	m.end()
}

func (m *markdownPage) questions(heading string, all []asked) {
	if len(all) == 0 {
		return
	}
	m.block("### %s", heading)
	for _, a := range all {
		m.block("%s", a.Lead)
		for _, q := range a.Questions {
			says := []string{q.Why}
			if q.Where != "" {
				says = append(says, "Where to look: "+q.Where)
			}
			if q.Declares != "" {
				says = append(says, "Name in the file of answers: "+q.Declares)
			}
			m.item("**%s** %s", sentence(q.Title), strings.TrimSpace(strings.Join(says, " ")))
		}
		m.end()
	}
}

func (m *markdownPage) reading(r *Report) {
	said := readings(r)
	if len(said) == 0 {
		return
	}
	m.block("### %s", readingHeading)
	m.table("Table", "Rows", "What was wrong")
	for _, t := range said {
		m.row(t.label(), t.Rows, cmp.Or(strings.Join(t.Faults, " "), "nothing"))
	}
	m.end()
}

func (m *markdownPage) ledgers(p *page) {
	for _, l := range p.Ledgers {
		if len(l.Rows) == 0 {
			continue
		}
		m.block("### %s: %s", ledgerHeading, l.Title)
		m.table("Code", "Check", "Counted", "Pass mark", "Outcome", "Who", "Points", "Notes")
		for i := range l.Rows {
			e := &l.Rows[i]
			counted := e.Counts
			if e.Rate != "" {
				counted += " (" + e.Rate + ")"
			}
			outcome := e.Words
			m.row(e.Code, e.Title, counted, e.Mark, outcome, e.Who, e.Points, strings.Join(e.Notes, " "))
		}
		if l.Total != "" {
			m.row("", "Score", "", "", "", "", l.Total, "")
		}
		m.end()
	}
}

// block writes a paragraph or heading; its arguments are literal text. One
// whose arguments are all empty is not written.
func (m *markdownPage) block(form string, args ...string) {
	if s := filled(form, args); s != "" {
		m.out.WriteString(s + "\n\n")
	}
}

func (m *markdownPage) item(form string, args ...string) {
	if s := filled(form, args); s != "" {
		m.out.WriteString("- " + s + "\n")
	}
}

func filled(form string, args []string) string {
	if len(args) > 0 && strings.Join(args, "") == "" {
		return ""
	}
	literals := make([]any, len(args))
	for i, a := range args {
		literals[i] = markdown.Literal(a)
	}
	return strings.TrimRight(fmt.Sprintf(form, literals...), " ")
}

func (m *markdownPage) table(names ...string) { m.out.WriteString(markdown.Heading(names...)) }

func (m *markdownPage) row(cells ...string) { m.out.WriteString(markdown.Row(cells...)) }

func (m *markdownPage) end() { m.out.WriteByte('\n') }
