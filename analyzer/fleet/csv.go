package fleet

import (
	"bytes"
	"io"
	"strconv"
	"strings"

	"paperlight/analyzer/report"
	"paperlight/analyzer/visible"
)

// WriteJSON writes the table as one JSON object.
func (t *Table) WriteJSON(w io.Writer) error {
	text, err := visible.JSON(t)
	if err == nil {
		_, err = w.Write(text)
	}
	return err
}

// practiceColumns stand before those of the accreditations.
var practiceColumns = []string{"practice_id", "ods_code", "name", "as_of", "registered_patients", "system", "not_judged", "needs", "jobs", "report", "state", "extract_number", "exit_code"}

// figureColumns are those of each accreditation, with its id before them. Scores are
// percentages.
var figureColumns = []string{"verdict", "score", "assured_score", "coverage", "blockers_failed", "blockers_unjudged", "answers_needed", "verdict_before", "score_before", "as_of_before"}

// WriteCSV writes a line for each practice, then one for each extract that has no state.
func (t *Table) WriteCSV(w io.Writer) error {
	var out bytes.Buffer
	columns := t.accreditations()
	line := func(cells []string) {
		out.WriteString(strings.Join(cells, ",") + "\r\n")
	}
	head := append([]string{}, practiceColumns...)
	for _, a := range columns {
		for _, name := range figureColumns {
			head = append(head, report.QuotedCell(a.ID+"_"+name))
		}
	}
	line(head)
	for i := range t.Practices {
		line(t.Practices[i].cells(columns))
	}
	for _, n := range t.NotRead {
		cells := make([]string, len(head))
		cells[6], cells[11], cells[12] = report.QuotedCell("not_read"), number(n.Number), number(n.ExitCode)
		line(cells)
	}
	_, err := w.Write(out.Bytes())
	return err
}

// accreditations are those of the rows, in the order in which they first stand.
func (t *Table) accreditations() []Figures {
	var out []Figures
	seen := map[string]bool{}
	for i := range t.Practices {
		for _, a := range t.Practices[i].Accreditations {
			if !seen[a.ID] {
				seen[a.ID] = true
				out = append(out, Figures{ID: a.ID, Title: a.Title})
			}
		}
	}
	return out
}

func (row *Row) cells(columns []Figures) []string {
	q := report.QuotedCell
	out := []string{q(row.PracticeID), q(row.ODSCode), q(row.Name), q(row.AsOf), counted(row.Registered), q(row.System), q(string(row.NotJudged)), q(strings.Join(row.Needs, " ")),
		number(row.Jobs), q(row.Report), q(row.State), numbers(row.Extracts), ""}
	if row.NotJudged != "" {
		out[8] = ""
	}
	for _, a := range columns {
		f, before, asOf := figuresIn(row.Accreditations, a.ID), (*Figures)(nil), ""
		if row.Before != nil {
			before, asOf = figuresIn(row.Before.Accreditations, a.ID), row.Before.AsOf
		}
		if f == nil {
			out = append(out, make([]string, len(figureColumns))...)
			continue
		}
		out = append(out, q(string(f.Verdict)), percent(f.Score), percent(f.Assured), percent(f.Coverage), q(strings.Join(f.Blockers, " ")), q(strings.Join(f.Open, " ")), number(f.Answers))
		if before == nil {
			out = append(out, "", "", "")
			continue
		}
		out = append(out, q(string(before.Verdict)), percent(before.Score), q(asOf))
	}
	return out
}

// figuresIn are those of an accreditation; nil where there are none.
func figuresIn(of []Figures, id string) *Figures {
	for i := range of {
		if of[i].ID == id {
			return &of[i]
		}
	}
	return nil
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// numbers are in one cell, with blanks between them.
func numbers(of []int) string {
	out := make([]string, len(of))
	for i, n := range of {
		out[i] = number(n)
	}
	return strings.Join(out, " ")
}

func counted(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

// percent writes hundredths of a percent as a number.
func percent(hundredths *int64) string {
	if hundredths == nil {
		return ""
	}
	return strconv.FormatFloat(float64(*hundredths)/100, 'f', -1, 64)
}
