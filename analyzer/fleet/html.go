package fleet

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"maps"
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
	Checks                          []pageCheck
	// Span is the columns beside the name.
	Span int
}

// A pageCheck says what the code of a check stands for.
type pageCheck struct{ Code, Title string }

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
	if n := t.notJudged(); n > 0 {
		out.Summary = append(out.Summary, "Not judged: "+figures.Plural(n, "practice", "practices")+". The table says why.")
	}
	out.Checks = t.checks()
	codes := map[string]int{} // rows of one ODS code
	for i := range t.Practices {
		codes[t.Practices[i].ODSCode]++
	}
	for i := range t.Practices {
		shown := t.Practices[i].page(columns, slices.Contains(t.Reports, "html"))
		if codes[t.Practices[i].ODSCode] > 1 && shown.ID != t.Practices[i].PracticeID { // branches of one code
			shown.ID += ", " + t.Practices[i].PracticeID
		}
		out.Rows = append(out.Rows, shown)
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

// notJudged counts the practices without a verdict for want of the right extract.
func (t *Table) notJudged() (n int64) {
	for i := range t.Practices {
		if t.Practices[i].NotJudged != "" {
			n++
		}
	}
	return n
}

// checks are those that the table names by their codes, sorted.
func (t *Table) checks() []pageCheck {
	named := map[string]bool{}
	for i := range t.Practices {
		for _, f := range t.Practices[i].Accreditations {
			for _, code := range slices.Concat(f.Blockers, f.Open) {
				named[code] = true
			}
		}
	}
	out := []pageCheck{}
	for _, code := range slices.Sorted(maps.Keys(named)) {
		if titles := t.titles[code]; len(titles) > 0 {
			out = append(out, pageCheck{code, strings.Join(titles, " / ")})
		}
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
	out := pageRow{Name: row.Name, ID: cmp.Or(strings.TrimSpace(row.ODSCode), row.PracticeID), AsOf: row.AsOf, Jobs: figures.Count(int64(row.Jobs)), Why: row.why()}
	if out.Name == "" {
		out.Name = "Practice " + out.ID
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
		which := "several extracts"
		if n := len(row.Extracts); n > 1 {
			which = "extracts " + listed(row.Extracts) + " of the plan"
		}
		return "Not judged: " + which + " are of this practice, and nobody can tell which is meant. Keep one. Where their days differ, --newer takes the latest."
	case NeedsExtract:
		return "Not judged: " + row.needs() + ". Read its extract again."
	}
	if len(row.Accreditations) == 0 {
		return "Nothing is published of a practice with 100 registered patients or fewer, or with an unknown number."
	}
	return ""
}

// mostNeeds is how many rules a row names: the CSV and JSON forms have all.
const mostNeeds = 5

// needs says of which rules the state cannot tell.
func (row *Row) needs() string {
	n := len(row.Needs)
	says := figures.Plural(int64(n), "check counts", "checks count") + " something else now, or " + map[bool]string{true: "is", false: "are"}[n == 1] + " new"
	if n <= mostNeeds {
		return says + " (" + strings.Join(row.Needs, ", ") + ")"
	}
	return says + " (" + strings.Join(row.Needs[:mostNeeds], ", ") + " and " + figures.Count(int64(n-mostNeeds)) + " more)"
}

// listed are numbers in words: 2, 7 and 9.
func listed(of []int) string {
	var b strings.Builder
	for i, n := range of {
		switch {
		case i > 0 && i == len(of)-1:
			b.WriteString(" and ")
		case i > 0:
			b.WriteString(", ")
		}
		fmt.Fprint(&b, n)
	}
	return b.String()
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
