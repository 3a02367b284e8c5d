package fleet

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"paperlight/analyzer/figures"
	"paperlight/analyzer/report"
	"paperlight/analyzer/visible"
	"paperlight/analyzer/webpage"
)

//go:embed html.tmpl
var htmlPage string

//go:embed html.css
var htmlStyle string

// page is what the template is given: text, but for the style in Head, which is ours.
type page struct {
	Head                            webpage.Head
	Title, Level, Scheme            string
	Summary                         []string
	Rows                            []pageRow
	NotRead                         []string
	NotReadTitle, NotReadLead, Made string
	Earlier                         bool
	// Span is the columns beside the name.
	Span int
}

type pageRow struct {
	Name, ID, Report, AsOf, Patients, Jobs, Why string
	Lines                                       int // of the table, which it takes
	Figures                                     []pageFigures
}

type pageFigures struct {
	Title, Mark, Verdict, Score, Coverage, Trend string
	Blockers, Open                               []string
}

// levelWords say who may have the page.
var levelWords = map[report.Level]string{
	report.Assessor: "For assessors: exact counts of practices, and nothing that names a record. Keep it with the reports.",
	report.Publish:  "To publish: small counts are hidden, as in each report.",
}

// WriteHTML writes the table as one page that needs nothing else; each practice leads to
// its report beside it.
func (t *Table) WriteHTML(w io.Writer) error {
	p := visible.Copied(t.page(), visible.Line)
	p.Head = webpage.NewHead(p.Title, p.Level, htmlStyle)
	return webpage.Write(w, htmlTemplate, p)
}

// htmlTemplate is read once.
var htmlTemplate = webpage.Template("practices", htmlPage, template.FuncMap{})

func (t *Table) page() *page {
	out := &page{Title: figures.Plural(int64(len(t.Practices)), "practice", "practices"), Level: levelWords[t.Level], Scheme: t.Scheme.Title,
		Span: 9, Made: "paperlight " + t.Tool.Version + ", rules " + t.Rules.Version + "."}
	columns := t.accreditations()
	for _, a := range columns {
		out.Summary = append(out.Summary, t.summary(a))
	}
	for i := range t.Practices {
		out.Rows = append(out.Rows, t.Practices[i].page(columns, slices.Contains(t.Reports, "html")))
		out.Earlier = out.Earlier || t.Practices[i].Before != nil
	}
	if out.Earlier {
		out.Span++
	}
	if n := len(t.NotRead); n > 0 {
		out.NotReadTitle, out.NotReadLead = figures.Plural(int64(n), "extract", "extracts")+" could not be read", "Nothing below is about the practices in "+map[bool]string{true: "it", false: "them"}[n == 1]+"."
	}
	for _, n := range t.NotRead {
		out.NotRead = append(out.NotRead, n.words())
	}
	return out
}

// verdictOrder is the order of attention.
var verdictOrder = []report.Verdict{report.Damaged, report.NotReady, report.Undecided, report.AnswersNeeded, report.NearlyReady, report.Ready, report.NoVerdict}

// summary counts the verdicts of an accreditation.
func (t *Table) summary(a Figures) string {
	count := map[report.Verdict]int64{}
	for i := range t.Practices {
		if f := figuresIn(t.Practices[i].Accreditations, a.ID); f != nil {
			count[f.Verdict]++
		}
	}
	var says []string
	for _, v := range slices.Backward(verdictOrder) {
		if count[v] > 0 {
			says = append(says, figures.Count(count[v])+" "+strings.ToLower(v.Words()))
		}
	}
	return a.Title + ": " + strings.Join(says, ", ") + "."
}

func (row *Row) page(columns []Figures, linked bool) pageRow {
	out := pageRow{Name: row.Name, ID: row.PracticeID, AsOf: row.AsOf, Jobs: figures.Count(int64(row.Jobs)), Why: row.why()}
	if out.Name == "" {
		out.Name = "Practice " + row.PracticeID
	}
	if linked && row.Report != "" {
		out.Report = "reports/" + row.Report + ".html"
	}
	if row.Registered != nil {
		out.Patients = figures.Count(*row.Registered)
	}
	for _, a := range columns {
		var before *Figures
		if row.Before != nil {
			before = figuresIn(row.Before.Accreditations, a.ID)
		}
		if f := figuresIn(row.Accreditations, a.ID); f != nil {
			out.Figures = append(out.Figures, f.page(before))
		}
	}
	out.Lines = max(1, len(out.Figures))
	return out
}

func (f *Figures) page(before *Figures) pageFigures {
	out := pageFigures{Title: f.Title, Mark: string(f.Verdict), Verdict: f.Verdict.Words(), Score: points(f.Score), Coverage: points(f.Coverage),
		Blockers: f.Blockers, Open: f.Open}
	if before == nil {
		return out
	}
	var says []string
	if before.Verdict != f.Verdict {
		says = append(says, "was "+strings.ToLower(before.Verdict.Words()))
	}
	if f.Score != nil && before.Score != nil {
		switch moved := *f.Score - *before.Score; {
		case moved > 0:
			says = append(says, "up "+figures.Points(moved))
		case moved < 0:
			says = append(says, "down "+figures.Points(-moved))
		}
	}
	if len(says) == 0 {
		says = []string{"as before"}
	}
	out.Trend = strings.Join(says, ", ")
	return out
}

func points(hundredths *int64) string {
	if hundredths == nil {
		return ""
	}
	return figures.Points(*hundredths)
}

// why says why nothing is shown of a practice; empty where something is.
func (row *Row) why() string {
	switch row.NotJudged {
	case SeveralExtracts:
		return "Not judged: several extracts of this practice were given. Nobody can tell which is meant."
	case NeedsExtract:
		return "Not judged: " + figures.Plural(int64(len(row.Needs)), "check counts", "checks count") + " something else now. Read its extract again."
	}
	if len(row.Accreditations) == 0 {
		return "Nothing of this practice is shown at this level: it is too small."
	}
	return ""
}

// notReadKinds are the reasons, by exit code.
var notReadKinds = map[int]string{
	3: "its files were refused", 4: "it can identify people", 5: "a limit was reached", 70: "paperlight itself failed",
}

func (n *NotRead) words() string {
	name := "Extract " + fmt.Sprint(n.Number) + " of the plan"
	if n.Number == 0 {
		name = "An extract"
	}
	kind := notReadKinds[n.ExitCode]
	if kind == "" {
		kind = fmt.Sprintf("the reading ended with %d", n.ExitCode)
	}
	return name + ": " + kind + "."
}
