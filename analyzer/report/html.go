package report

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"

	"paperlight/analyzer/figures"
	"paperlight/analyzer/webpage"
)

//go:embed html.tmpl
var htmlPage string

// An htmlReport is what the template is given. All of it is text that the
// template escapes, but for the style in Head, which is ours.
type htmlReport struct {
	Head                           webpage.Head
	Scheme, Statement, Level, Care string
	Several                        bool
	SummaryTitle, SummaryCaption   string
	Chart                          chart
	Practices                      []htmlPractice
	NotReadTitle                   string
	NotRead                        []notRead
	Readings                       []reading
	Identified                     *identified
	Notes                          []string
	Provenance                     string
}

type htmlPractice struct {
	page
	ID     string
	Chart  chart
	Groups []htmlGroup // numbered on from group to group
}

type htmlGroup struct {
	group
	Start int
}

type htmlJob struct {
	job
	Mark   string
	SayWho bool
}

// WriteHTML writes the report as one page that needs nothing else: no script,
// no font, no picture from elsewhere, and a policy that allows none.
func WriteHTML(w io.Writer, released Released, o Options) error {
	return webpage.Write(w, htmlTemplate, htmlOf(presentable(released), o))
}

// htmlTemplate is read once.
var htmlTemplate = webpage.Template("report", htmlPage, template.FuncMap{
	"verdict": Verdict.Words,
	"brief":   func(s standing) string { return s.brief() },
	"words":   func(key string) string { return htmlWords[key] },
	"number": func(i, start int, j job, sayWho bool) htmlJob {
		return htmlJob{j, fmt.Sprintf("%d", start+i), sayWho}
	},
})

var htmlWords = map[string]string{
	"required": requiredHeading, "stops": stopsHeading, "stops lead": stopsLead, "unjudged": unjudgedHeading, "slips": slipsHeading, "options": optionsHeading, "answers": answersHeading, "good": goodHeading, "nothing": nothingGood, "shown": shownHeading, "shown lead": shownLead,
	"annex": annexHeading, "more": "The annex says why, and where to look.", "unseen": unseenHeading, "reading": readingHeading, "identifying": IdentifyingHeading, "ledger": ledgerHeading, "notes": notesHeading, "all": allHeading, "not read lead": notReadLead,
	"scores":  scoresLine + ", if nothing stops you and enough could be judged.",
	"caption": "Each line earns its points when the pass mark is met, and none when it is not. The points add up to the score. In brackets: the range in which the true rate lies, with 95% confidence.",
}

func htmlOf(r *Report, o Options) *htmlReport {
	out := &htmlReport{
		Scheme: cmp.Or(r.Scheme.Title, "Record quality"), Statement: r.Scheme.Statement,
		Level: levelWords[r.Level], Care: careLine + " " + readinessLine,
		Readings: readings(r), Notes: notes(r), Identified: r.identified(), NotRead: notReadWords(r), NotReadTitle: notReadHeading(r), Provenance: provenance(r),
	}
	for i, p := range pages(r, o) {
		h := htmlPractice{page: p, ID: fmt.Sprintf("practice-%d", i+1)}
		h.Chart = scoreChart(h.ID+"-chart", "Scores of "+p.Name, p.Standings)
		start := 1
		for _, g := range p.Groups {
			h.Groups = append(h.Groups, htmlGroup{g, start})
			start += len(g.Jobs)
		}
		for j := range h.Notes {
			h.Notes[j] = sentence(h.Notes[j])
		}
		out.Practices = append(out.Practices, h)
	}
	out.Several = len(out.Practices) > 1
	title := out.Scheme
	if len(out.Practices) == 1 {
		title = out.Practices[0].label() + ": " + out.Practices[0].Headline
	}
	out.Head = webpage.NewHead(title, levelWords[r.Level]+" "+careLine, "")
	if out.Several {
		out.SummaryTitle = figures.Plural(int64(len(out.Practices)), "practice", "practices")
		out.SummaryCaption = "Each practice's verdict. The name leads to its own part of this page."
		if len(out.Practices) <= chartPractices {
			out.Chart = summaryChart(out.Practices)
		}
	}
	return out
}
