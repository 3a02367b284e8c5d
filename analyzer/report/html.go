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
	"slices"
	"strings"
	"unicode/utf8"
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
	Readings                                      []reading
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
func WriteHTML(w io.Writer, r *Report, o Options) error {
	r = presentable(r)
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
	"words":   func(key string) string { return htmlWords[key] },
	"list":    func(heading string, items []string) htmlList { return htmlList{heading, items} },
	"number": func(i, start int, j job, sayWho bool) htmlJob {
		return htmlJob{j, fmt.Sprintf("%d", start+i), sayWho}
	},
}).Parse(htmlPage))

var htmlWords = map[string]string{
	"required": requiredHeading, "stops": stopsHeading, "stops lead": stopsLead, "jobs lead": jobsLead, "unjudged": unjudgedHeading, "slips": slipsHeading, "options": optionsHeading, "answers": answersHeading, "good": goodHeading, "nothing": nothingGood, "shown": shownHeading,
	"unseen": unseenHeading, "reading": readingHeading, "ledger": ledgerHeading, "notes": notesHeading,
	"scores":  scoresLine + ", if nothing stops you and enough could be judged.",
	"caption": "Each line earns its points when the mark is met and none when it is not. The points add up to the score. In brackets: the 95% interval of the rate.",
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
		Readings: readings(r), Provenance: provenance(r),
	}
	for _, n := range r.Notes {
		out.Notes = append(out.Notes, sentence(n))
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
		out.SummaryTitle = plural(int64(len(out.Practices)), "practice", "practices")
		out.SummaryCaption = "Each practice's verdict. The name leads to its own part of this page."
		if len(out.Practices) <= chartPractices {
			out.Chart = summaryChart(out.Practices)
		}
	}
	return out
}

// pageFoot prints the level and the warning on every sheet of paper.
func pageFoot(level string) string {
	return fmt.Sprintf("@page{size:A4;margin:16mm 15mm 20mm;"+
		"@bottom-left{content:%q;font:8pt sans-serif;color:#4b5862;width:80%%;vertical-align:top;padding-top:4mm}"+
		"@bottom-right{content:counter(page) \" / \" counter(pages);font:8pt sans-serif;color:#4b5862;vertical-align:top;padding-top:4mm}}\n",
		level+" "+careLine)
}

// A chart is bars of scores under their labels, with the two marks that a
// verdict turns on. Its height is in pixels and its widths are shares, so that
// it fits any page without shrinking its letters.
type chart struct {
	ID, Title, Desc string
	Bars            []bar
	Height, TickY   int
}

type bar struct {
	Label, Value, Share            string
	Scored, Pale                   bool
	LabelY, BarY, LineTop, LineEnd int
}

const barHeight = 46

// chartPractices is the most practices that a chart is drawn of; of more, the
// table alone is easier to read.
const chartPractices = 20

func scoreChart(id, title string, standings []standing) chart {
	c := chart{ID: id, Title: title}
	if !slices.ContainsFunc(standings, func(s standing) bool { return s.Scored }) {
		return c
	}
	var said []string
	for _, s := range standings {
		c.add(s.Title, s)
		said = append(said, s.Title+": "+s.Score)
	}
	c.finish(said)
	return c
}

// summaryChart has a bar for each practice and accreditation.
func summaryChart(practices []htmlPractice) chart {
	c := chart{ID: "summary-chart", Title: "Scores of all practices"}
	var said []string
	for i := range practices {
		for _, s := range practices[i].Standings {
			label := practices[i].Name
			if len(practices[i].Standings) > 1 {
				label += ", " + s.Title
			}
			c.add(label, s)
			said = append(said, label+": "+s.Score)
		}
	}
	c.finish(said)
	return c
}

func (c *chart) add(label string, s standing) {
	y := len(c.Bars) * barHeight
	value := s.Bare
	if s.Uncovered {
		value += " on " + s.Coverage
	}
	c.Bars = append(c.Bars, bar{
		Label: short(label), Value: value, Share: points(s.Share) + "%", Scored: s.Scored, Pale: s.Uncovered,
		LabelY: y + 16, BarY: y + 24, LineTop: y + 20, LineEnd: y + 40,
	})
}

func (c *chart) finish(said []string) {
	c.Desc = "Scores of 100. " + strings.Join(said, "; ") + ". " + scoresLine + "."
	c.TickY = len(c.Bars)*barHeight + 8
	c.Height = c.TickY + 8
}

// short keeps a label beside its value on a narrow page; the table beneath has
// it whole. Of a practice and what is scored, the practice's name gives way.
func short(label string) string {
	const most = 34
	name, scored, both := strings.Cut(label, ", ")
	if both {
		scored = ", " + scored
	}
	letters := []rune(name)
	if room := most - utf8.RuneCountInString(scored); len(letters) > room {
		name = strings.TrimRight(string(letters[:max(room-1, 1)]), " ,") + "…"
	}
	return name + scored
}
