package report

import (
	"fmt"
	"io"
	"strings"

	"paperlight/analyzer/annotation"
	"paperlight/analyzer/figures"
)

// WriteGitHub writes what a build on GitHub shows at its top: the verdict of each
// practice as a notice, what stops it as errors, and what may stop it and could not be
// checked as warnings. GitHub keeps what it is sent.
func WriteGitHub(w io.Writer, released Released, o Options) error {
	r := presentable(released)
	var out []annotation.Annotation
	for _, n := range notReadWords(r) {
		out = append(out, annotation.Annotation{Level: annotation.Error, Title: n.Name, Text: n.whole()})
	}
	all := pages(r, o)
	for i := range all { // first: GitHub shows the first ten of each level
		p := &all[i]
		out = append(out, annotation.Annotation{Level: annotation.Notice, Title: p.label(), Text: strings.TrimSpace(p.Headline+" "+sentence(p.Tally)) + "\n" + levelWords[r.Level] + " " + careLine})
	}
	for i := range all {
		out = append(out, all[i].annotations()...)
	}
	return annotation.Write(w, out)
}

func (p *page) annotations() (out []annotation.Annotation) {
	for i := range p.Stops {
		j := &p.Stops[i]
		out = append(out, annotation.Annotation{Level: annotation.Error, Title: p.label() + ": not met: " + j.Title, Text: strings.TrimSpace(j.count() + " " + j.Fix + " Who: " + j.Who + ".")})
	}
	for _, a := range p.Unjudged {
		for _, q := range a.Questions {
			out = append(out, annotation.Annotation{Level: annotation.Warning, Title: p.label() + ": could not be checked: " + q.Title, Text: strings.TrimSpace(a.Lead + " " + q.Why)})
		}
	}
	return out
}

// summaryBytes is how much of a summary GitHub takes: it refuses all of a longer one.
const summaryBytes = 1 << 20

// WriteSummary writes a page of Markdown for the summary of a step on GitHub: the
// verdict of each practice, what stops it, and what could not be checked.
func WriteSummary(w io.Writer, released Released, o Options) error {
	return writeSummary(w, presentable(released), o, summaryBytes)
}

func writeSummary(w io.Writer, r *Report, o Options, most int) error {
	m := &markdownPage{}
	m.block("## %s", r.Scheme.Title)
	m.block("**%s** %s %s", levelWords[r.Level], careLine, readinessLine)
	m.notRead(r)
	end := &markdownPage{}
	end.item("%s", provenance(r))
	all := pages(r, o)
	for i := range all {
		one := &markdownPage{}
		one.summary(&all[i])
		left := &markdownPage{}
		left.block("%s", leftOut(len(all)-i))
		if m.out.Len()+one.out.Len()+left.out.Len()+end.out.Len() > most {
			m.out.Write(left.out.Bytes())
			break
		}
		m.out.Write(one.out.Bytes())
	}
	m.out.Write(end.out.Bytes())
	_, err := w.Write(m.out.Bytes())
	return err
}

// leftOut says how many practices a summary has no room for.
func leftOut(n int) string {
	return fmt.Sprintf("There is no room here for %s more. The whole report has all of them.", figures.Plural(int64(n), "practice", "practices"))
}

func (m *markdownPage) summary(p *page) {
	m.block("### %s", p.label())
	m.block("%s", strings.Join(p.Facts, ", "))
	m.block("**%s** %s", p.Headline, sentence(p.Tally))
	if len(p.Standings) > 0 {
		m.table("For", "Readiness", "Score", "Counting no result as not met", "Checked")
		for _, s := range p.Standings {
			m.row(s.Title, s.whole(), s.scored(), s.Assured, s.Coverage)
		}
		m.end()
	}
	m.list(optionsHeading, p.Options)
	if len(p.Stops) > 0 {
		m.table(stopsHeading, "How much", "Who")
		for i := range p.Stops {
			m.row(p.Stops[i].Title, p.Stops[i].count(), p.Stops[i].Who)
		}
		m.end()
	}
	if len(p.Unjudged) > 0 {
		m.table(unjudgedHeading, "Why")
		for _, a := range p.Unjudged {
			for _, q := range a.Questions {
				m.row(q.Title, strings.TrimSpace(a.Lead+" "+q.Why))
			}
		}
		m.end()
	}
}
