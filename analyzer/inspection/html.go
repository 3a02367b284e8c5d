package inspection

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
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

// The fixed words of the page.
const (
	pageTitle = "What is in the extract"
	pageLevel = "It shows names of files, columns and practices, and counts. It shows no value of a record. Keep it where the extract is kept."
)

// A sheet is what the template is given: text, but for the style in Head, which is ours.
type sheet struct {
	Head     webpage.Head
	Title    string
	Level    string
	Several  bool
	Summary  string
	NotRead  notRead
	Beside   []string
	Extracts []part
	Made     string
}

// notRead are the extracts that could not be read.
type notRead struct {
	Title string
	All   []unread
}

type unread struct{ Name, Says, Hint string }

// A part is what the page says of one extract.
type part struct {
	ID, Name, System string
	Facts            []string
	// Mark colours the headline, and Word says it in the list of all extracts.
	Mark, Word, Headline string
	Lead, Asked          string
	Why                  []string
	ToDo                 []string
	NothingToDo          string
	Tables               []tablePart
	Lacks, Never         string
	Forms                []fileForms
	Lost                 []lostPart
	Scheme               string
	Practices            []practicePart
	Files                []filePart
	Identified           []string
	Notes                []string
}

type tablePart struct {
	Name, Rows             string
	Wrong                  []string
	Given, Derived, Absent string
}

type lostPart struct {
	Lacks, Note string
	Checks      []string
}

type practicePart struct{ Name, Day, How string }

type filePart struct {
	Name, Becomes string
	Uses          []usePart
	Charset       string
}

type usePart struct{ Title, Columns string }

// WriteHTML writes what was found as one page that needs nothing else: no script, no
// font, no picture from elsewhere, and a policy that allows none.
func WriteHTML(w io.Writer, all *All) error {
	page := visible.Copied(sheetOf(all), visible.Line)
	title := page.Title
	if !page.Several && len(page.Extracts) == 1 {
		title = page.Extracts[0].Name + ": " + page.Extracts[0].Headline
	}
	page.Head = webpage.NewHead(title, pageLevel, htmlStyle)
	return webpage.Write(w, htmlTemplate, page)
}

// htmlTemplate is read once.
var htmlTemplate = webpage.Template("inspection", htmlPage, template.FuncMap{"words": func(key string) string { return htmlWords[key] }})

var htmlWords = map[string]string{
	"todo": doHeading, "tables": tablesHeading, "columns": columnsHeading, "forms": formsHeading, "forms lead": formsLead, "lost": lostHeading, "lost lead": lostLead, "none lost": noneLost,
	"practices": judgedHeading, "files": filesHeading, "identifying": report.IdentifyingHeading, "notes": notesHeading, "not looked at": notLookedAt,
	"not read": "Nothing below is about what is in them.",
	"summary":  "The name leads to its own part of this page.", "why": "Why it was read so",
	"tables caption":  "The tables that the files fill, and what could not be read",
	"columns caption": "The columns of each table: given by a file, worked out from another column, or absent",
	"forms caption":   "How dates and empty cells are written in the columns that are read",
	"lost caption":    "What is absent, and the checks that cannot be made without it",
	"dates caption":   "The day that each practice would be judged as of",
	"files caption":   "Each file, the table it fills, and what becomes of its columns",
}

func sheetOf(all *All) *sheet {
	out := &sheet{Title: pageTitle, Level: pageLevel, Several: all.Several, Beside: all.Beside, Made: "paperlight " + all.ToolVersion + "."}
	for i, n := range all.Found {
		out.Extracts = append(out.Extracts, n.part(fmt.Sprintf("extract-%d", i+1)))
	}
	if all.Several {
		out.Title = "What is in the extracts"
		out.Summary = figures.Plural(int64(len(out.Extracts)), "extract", "extracts")
	}
	if len(all.NotRead) > 0 {
		out.NotRead.Title = figures.Plural(int64(len(all.NotRead)), "extract", "extracts") + " could not be read"
	}
	for _, one := range all.NotRead {
		out.NotRead.All = append(out.NotRead.All, unread{one.Name, oneLine("Not read: " + one.Says), oneLine(one.Hint)})
	}
	return out
}

// oneLine makes a sentence of a message, which may have several lines.
func oneLine(s string) string { return sentence(strings.Join(strings.Fields(s), " ")) }

func (n *Inspection) part(id string) part {
	out := part{ID: id, Name: n.Extract, System: n.title(), Headline: n.headline(), Lead: judgingLead, Asked: n.Judging.asked(), Why: append(append([]string{}, n.Mapping.Recognised...), n.Mapping.Chosen...),
		ToDo: n.toDo(), NothingToDo: nothingToDo, Forms: formsByFile(n.Mapping.Forms), Scheme: n.Judging.Scheme, Identified: n.Identifying.Words(), Notes: n.Notes}
	out.Mark, out.Word = n.mark()
	out.Facts = []string{n.title(), n.Format, figures.Plural(int64(len(n.Mapping.Files)), "file", "files")}
	if n.Reading == nil {
		out.NothingToDo = nothingToDoYet
	}
	lacks, never := n.lacking()
	out.Lacks, out.Never = strings.Join(lacks, ", "), strings.Join(never, ", ")
	n.tables(&out)
	for i := range n.Judging.Lost {
		loss := &n.Judging.Lost[i]
		one := lostPart{Lacks: loss.words(), Note: loss.note()}
		for _, check := range loss.checks {
			one.Checks = append(one.Checks, check.words())
		}
		out.Lost = append(out.Lost, one)
	}
	for i := range n.Practices {
		p := &n.Practices[i]
		out.Practices = append(out.Practices, practicePart{p.label(), p.day(), p.how()})
	}
	for i := range n.Mapping.Files {
		f := &n.Mapping.Files[i]
		one := filePart{Name: f.Name, Becomes: becomes(f)}
		for _, u := range usesOf(f) {
			one.Uses = append(one.Uses, usePart{capital(u.Title), strings.Join(u.Columns, ", ")})
		}
		if f.Charset != "" && f.Charset != "utf-8" {
			one.Charset = f.Charset
		}
		out.Files = append(out.Files, one)
	}
	return out
}

// tables says how each table was filled and read.
func (n *Inspection) tables(out *part) {
	reading := n.readings()
	rows := int64(0)
	for i := range n.Mapping.Tables {
		t := &n.Mapping.Tables[i]
		one := tablePart{Name: t.Table, Given: strings.Join(givenColumns(t), ", "), Derived: strings.Join(derivedColumns(t), ", "), Absent: strings.Join(t.Absent, ", ")}
		if r := reading[t.Table]; r != nil {
			rows += r.Rows
			one.Rows, one.Wrong = figures.Count(r.Rows), r.faults()
			for j := range r.Faults {
				one.Wrong = append(one.Wrong, r.Faults[j].words())
			}
		}
		out.Tables = append(out.Tables, one)
	}
	if n.Reading != nil {
		out.Facts = append(out.Facts, figures.Plural(rows, "row", "rows"))
	}
}

// mark is whether the extract can be judged, as the class of a verdict and in a word.
func (n *Inspection) mark() (class, word string) {
	j := &n.Judging
	switch {
	case j.Refused != "" || j.Made == 0 && j.Checks > 0:
		return "damaged", "Cannot be judged"
	case j.Made < j.Checks:
		return "cannot_tell", "In part"
	}
	return "ready", "Yes"
}
