package report

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"regexp"

	"paperlight/analyzer/figures"
)

//go:embed html.tmpl
var htmlPage string

//go:embed html.css
var htmlStyle string

// An htmlReport is what the template is given. All of it is text that the
// template escapes, but for Style, which is ours.
type htmlReport struct {
	Policy, Title, Scheme, Statement, Level, Care string
	Style                                         template.CSS
	Several                                       bool
	SummaryTitle, SummaryCaption                  string
	Chart                                         chart
	Practices                                     []htmlPractice
	NotReadTitle                                  string
	NotRead                                       []notRead
	Readings                                      []reading
	Identified                                    *identified
	Notes                                         []string
	Provenance                                    string
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

type htmlList struct {
	Heading string
	Items   []string
}

type htmlJob struct {
	job
	Mark   string
	SayWho bool
}

// WriteHTML writes the report as one page that needs nothing else: no script,
// no font, no picture from elsewhere, and a policy that allows none.
func WriteHTML(w io.Writer, released Released, o Options) error {
	r := presentable(released)
	var out bytes.Buffer
	if err := htmlTemplate.Execute(&out, htmlOf(r, o)); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	_, err := w.Write(out.Bytes())
	return err
}

// htmlTemplate is read once; a fault in it is ours and stops every program
// that would use it.
var htmlTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"verdict": func(v Verdict) string { return cmp.Or(verdictWords[v], "Not judged") },
	"pieces":  pieces,
	"brief":   func(s standing) string { return s.brief() },
	"words":   func(key string) string { return htmlWords[key] },
	"list":    func(heading string, items []string) htmlList { return htmlList{heading, items} },
	"number": func(i, start int, j job, sayWho bool) htmlJob {
		return htmlJob{j, fmt.Sprintf("%d", start+i), sayWho}
	},
}).Parse(htmlPage))

// A piece is a part of a sentence. A flag is kept whole: a line that ends between its
// hyphens cannot be typed as it stands.
type piece struct {
	Text string
	Flag bool
}

var flagForm = regexp.MustCompile(`--[a-z][a-z-]*`)

func pieces(said string) (out []piece) {
	from := 0
	for _, at := range flagForm.FindAllStringIndex(said, -1) {
		out = append(out, piece{Text: said[from:at[0]]}, piece{said[at[0]:at[1]], true})
		from = at[1]
	}
	return append(out, piece{Text: said[from:]})
}

var htmlWords = map[string]string{
	"required": requiredHeading, "stops": stopsHeading, "stops lead": stopsLead, "unjudged": unjudgedHeading, "slips": slipsHeading, "options": optionsHeading, "answers": answersHeading, "good": goodHeading, "nothing": nothingGood, "shown": shownHeading, "shown lead": shownLead,
	"annex": annexHeading, "more": "The annex says why, and where to look.", "unseen": unseenHeading, "reading": readingHeading, "identifying": IdentifyingHeading, "ledger": ledgerHeading, "notes": notesHeading,
	"scores":  scoresLine + ", if nothing stops you and enough could be judged.",
	"caption": "Each line earns its points when the pass mark is met, and none when it is not. The points add up to the score. In brackets: the range in which the true rate lies, with 95% confidence.",
}

func htmlOf(r *Report, o Options) *htmlReport {
	style := htmlStyle + pageFoot(levelWords[r.Level])
	sum := sha256.Sum256([]byte(style))
	out := &htmlReport{
		Policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
			"'; img-src data:; base-uri 'none'; form-action 'none'",
		Style:  template.CSS(style),
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
	out.Title = out.Scheme
	if len(out.Practices) == 1 {
		out.Title = out.Practices[0].label() + ": " + out.Practices[0].Headline
	}
	if out.Several {
		out.SummaryTitle = figures.Plural(int64(len(out.Practices)), "practice", "practices")
		out.SummaryCaption = "Each practice's verdict. The name leads to its own part of this page."
		if len(out.Practices) <= chartPractices {
			out.Chart = summaryChart(out.Practices)
		}
	}
	return out
}

// pageFoot prints the level and the warning on every sheet of paper.
func pageFoot(level string) string {
	return fmt.Sprintf("@page{size:A4;margin:11mm 13mm 15mm;"+
		"@bottom-left{content:%q;font:8pt sans-serif;color:#4b5862;width:80%%;vertical-align:top;padding-top:2mm}"+
		"@bottom-right{content:counter(page) \" / \" counter(pages);font:8pt sans-serif;color:#4b5862;vertical-align:top;padding-top:2mm}}\n",
		level+" "+careLine)
}
