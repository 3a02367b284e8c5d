package history

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"paperlight/analyzer/figures"
	"paperlight/analyzer/report"
	"paperlight/analyzer/visible"
)

// Trends are the trends of practices, in the order in which they are written.
type Trends struct {
	Practices []PracticeTrend `json:"practices"`
}

// A PracticeTrend is the runs of one practice, the oldest first.
type PracticeTrend struct {
	ID   string  `json:"practice_id"`
	Name string  `json:"name"`
	Runs []Point `json:"runs"`
}

// Text writes the trends for people.
func (t *Trends) Text(w io.Writer) error {
	var b strings.Builder
	for i := range t.Practices {
		p := &t.Practices[i]
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s: %s\n", practiceTitle(p.ID, p.Name), figures.Plural(int64(len(p.Runs)), "run", "runs"))
		for j := range p.Runs {
			p.Runs[j].text(&b)
		}
	}
	_, err := io.WriteString(w, visible.Text(b.String()))
	return err
}

func practiceTitle(id, name string) string {
	if name == "" || name == id {
		return "Practice " + visible.Line(id)
	}
	return visible.Line(name) + " (" + visible.Line(id) + ")"
}

func (p *Point) text(b *strings.Builder) {
	fmt.Fprintf(b, "\nRun %d, as of %s\n", p.ID, p.AsOf)
	for _, v := range p.Verdicts {
		score := ""
		if v.Score != nil {
			score = ", score " + figures.Points(*v.Score)
		}
		verdict := v.Verdict.Words()
		if v.Verdict == report.NoVerdict {
			verdict = "No verdict: only some checks were made"
		}
		fmt.Fprintf(b, "  %-24s %s%s\n", v.Title+":", verdict, score)
	}
	if p.Open != nil {
		fmt.Fprintf(b, "  %-24s %s\n", "Records to put right:", figures.Count(*p.Open))
	} else {
		fmt.Fprintf(b, "  %-24s not counted: no check could be made\n", "Records to put right:")
	}
	switch {
	case p.Before > 0 && !p.Linked:
		fmt.Fprintf(b, "  %-24s cannot be linked to the last run: their ids look as if they were made anew\n", "The records")
	case p.Moved != nil:
		fmt.Fprintf(b, "  %-24s %s fixed, %s new, %s back again, %s still open\n", "Since the run before:",
			figures.Count(p.Moved.Fixed), figures.Count(p.Moved.New), figures.Count(p.Moved.Reopened), figures.Count(p.Moved.StillOpen))
	}
}

// CSV writes a line for each accreditation of each run, or one where a run has none.
// What is not known is empty.
func (t *Trends) CSV(w io.Writer) error {
	var b strings.Builder
	b.WriteString("practice_id,run,at,as_of,accreditation,verdict,score,assured_score,open,linked,new,fixed,still_open,reopened\r\n")
	for i := range t.Practices {
		for j := range t.Practices[i].Runs {
			p := &t.Practices[i].Runs[j]
			verdicts := p.Verdicts
			if len(verdicts) == 0 {
				verdicts = []Verdict{{}}
			}
			for _, v := range verdicts {
				p.line(&b, v)
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (p *Point) line(b *strings.Builder, v Verdict) {
	cells := []string{report.QuotedCell(p.Practice), strconv.FormatInt(p.ID, 10), p.At.Format(time.RFC3339), report.QuotedCell(p.AsOf),
		report.QuotedCell(v.Accreditation), report.QuotedCell(string(v.Verdict)), hundredths(v.Score), hundredths(v.AssuredScore), counted(p.Open), strconv.FormatBool(p.Linked)}
	if m := p.Moved; m != nil {
		for _, n := range []int64{m.New, m.Fixed, m.StillOpen, m.Reopened} {
			cells = append(cells, strconv.FormatInt(n, 10))
		}
	} else {
		cells = append(cells, "", "", "", "")
	}
	b.WriteString(strings.Join(cells, ",") + "\r\n")
}

func counted(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

func hundredths(n *int64) string {
	if n == nil {
		return ""
	}
	return figures.Exact(*n)
}
