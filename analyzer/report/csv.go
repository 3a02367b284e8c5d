package report

import (
	"bytes"
	"cmp"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"paperlight/analyzer/visible"
)

// criteriaColumns are the columns of the CSV form and of the sheet of checks.
var criteriaColumns = []string{
	"practice_id", "ods_code", "practice", "as_of", "accreditation", "verdict", "rule", "code", "title", "requirement", "requirement_title", "requirement_status",
	"severity", "weight", "status", "basis", "owner", "numerator", "denominator", "excluded", "undetermined", "unknown",
	"rate", "interval_low", "interval_high", "value", "threshold", "threshold_from", "tier", "failing", "to_fix",
	"points", "of", "missing", "why", "notes", "suppressed", "level", "notice", "extract",
}

// WriteCSV writes one line for each criterion of each accreditation of each
// practice, and then one for each extract that could not be read. Text cells are quoted and cannot start a formula; numbers are
// bare. Points and of are out of 100.
func WriteCSV(w io.Writer, released Released, _ Options) error {
	r := presentable(released)
	var out bytes.Buffer
	for i, name := range criteriaColumns {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString(name)
	}
	out.WriteString("\r\n")
	_ = eachCriterion(r, func(cells []any) error {
		for i, cell := range cells {
			if i > 0 {
				out.WriteByte(',')
			}
			writeCell(&out, cell)
		}
		out.WriteString("\r\n")
		return nil
	})
	_, err := w.Write(out.Bytes())
	return err
}

// eachCriterion gives the cells of each line: strings, int64, float64, or nil
// for an empty cell. It stops at the first error.
func eachCriterion(r *Report, emit func([]any) error) error {
	texts := ruleTexts(r)
	for i := range r.Practices {
		p := &r.Practices[i]
		find := readerOf(r, p, texts, Options{})
		for j := range p.Accreditations {
			a := &p.Accreditations[j]
			for k := range a.Criteria {
				if err := emit(criterionCells(find, p, a, &a.Criteria[k])); err != nil {
					return err
				}
			}
		}
	}
	for _, n := range notReadWords(r) {
		if err := emit(notReadCells(r, n)); err != nil {
			return err
		}
	}
	return nil
}

func criterionCells(find *reader, p *PracticeReport, a *Accreditation, c *Criterion) []any {
	result := find.result(c.Rule)
	var low, high any
	if result.Interval != nil {
		low, high = result.Interval[0], result.Interval[1]
	}
	var earned, of any
	if a.Score != nil && c.Of > 0 {
		earned, of = float64(c.Points)/100, float64(c.Of)/100
	}
	suppressed := append(append([]string{}, result.Suppressed...), c.Suppressed...)
	var asked Requirement // of a criterion that serves one
	if at := slices.IndexFunc(p.Requirements, func(q Requirement) bool { return q.ID == c.Requirement }); at >= 0 {
		asked = p.Requirements[at]
	}
	return []any{
		p.PracticeID, p.ODSCode, p.Name, p.AsOf, cmp.Or(a.Title, a.ID), string(a.Verdict), c.Rule, find.text(c.Rule).Code, find.title(c.Rule), c.Requirement, asked.Title, string(asked.Status),
		c.Severity, int64(c.Weight), string(c.Status), c.Basis, c.Owner, cell(result.Numerator), cell(result.Denominator),
		cell(result.Excluded), cell(result.Undetermined), cell(result.Unknown),
		cell(result.Rate), low, high, cell(result.Value), c.Threshold, c.ThresholdFrom, c.Tier, cell(c.Failing), cell(c.ToFix),
		earned, of, strings.Join(result.Missing, "; "), c.Why, strings.Join(result.Remarks(), " "), strings.Join(suppressed, "; "),
		string(find.report.Level), careLine, find.report.severalName(p.Extract),
	}
}

// notReadCells is the line of an extract that could not be read.
func notReadCells(r *Report, n notRead) []any {
	cells := make([]any, len(criteriaColumns))
	for name, cell := range map[string]string{"status": "not_read", "why": n.whole(), "level": string(r.Level), "notice": careLine, "extract": n.Name} {
		cells[slices.Index(criteriaColumns, name)] = cell
	}
	return cells
}

func cell[T int64 | float64](v *T) any {
	if v == nil {
		return nil
	}
	return *v
}

func writeCell(out *bytes.Buffer, cell any) {
	switch v := cell.(type) {
	case int64:
		out.WriteString(strconv.FormatInt(v, 10))
	case float64:
		out.WriteString(strconv.FormatFloat(v, 'f', -1, 64))
	case string:
		out.WriteString(QuotedCell(v))
	}
}

// QuotedCell is a text as a cell of a CSV file that a spreadsheet may open:
// visible, quoted, and safe from being read as a formula.
func QuotedCell(s string) string {
	return `"` + strings.ReplaceAll(FormulaSafe(visible.Line(s)), `"`, `""`) + `"`
}

// FormulaSafe puts an apostrophe before what a spreadsheet would take for a
// formula: = + - @ (also full-width), tab, return and NUL, at the start of the
// text after what leaves no mark, or after a character at which a spreadsheet may
// split the cell. The change is one way.
func FormulaSafe(s string) string {
	if !strings.ContainsFunc(s, starter) {
		return s
	}
	var b strings.Builder
	body := strings.TrimLeftFunc(s, func(r rune) bool { return blank(r) && !starter(r) })
	if r, _ := utf8.DecodeRuneInString(body); starter(r) {
		b.WriteByte('\'')
	}
	if !strings.ContainsAny(s, separators) && utf8.ValidString(s) { // as ids are
		b.WriteString(s)
		return b.String()
	}
	start := false
	for _, r := range s {
		if start && starter(r) {
			b.WriteByte('\'')
			start = false
		}
		b.WriteRune(r)
		switch {
		case strings.ContainsRune(separators, r):
			start = true
		case !blank(r):
			start = false
		}
	}
	return b.String()
}

// separators are where a spreadsheet may split a cell.
const separators = ",;|\t\"\n\r"

func blank(r rune) bool { return unicode.IsSpace(r) || visible.Hidden(r) }

// starter reports whether a character makes a cell a formula or hides one.
func starter(r rune) bool {
	switch r {
	case '=', '+', '-', '@', '\t', '\r', 0, '＝', '＋', '－', '＠':
		return true
	}
	return false
}
