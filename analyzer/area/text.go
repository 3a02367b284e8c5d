package area

import (
	"fmt"
	"io"
	"strings"

	"paperlight/analyzer/figures"
	"paperlight/analyzer/report"
	"paperlight/analyzer/visible"
)

// WriteText writes the view as text for a terminal.
func (v *View) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", v.asOfWords())
	for i := range v.Areas {
		v.areaText(&b, &v.Areas[i])
	}
	if len(v.Areas) > 1 || v.Level == report.Publish {
		v.areaText(&b, &v.Whole)
	}
	for i := range v.Criteria {
		v.Criteria[i].text(&b)
	}
	if len(v.Criteria) > 0 {
		fmt.Fprintf(&b, "%s\n\n", chanceText)
	}
	for _, n := range v.Notes {
		fmt.Fprintf(&b, "Note: %s\n", n)
	}
	if len(v.Notes) > 0 {
		b.WriteString("\n")
	}
	for _, d := range v.definitions() {
		fmt.Fprintf(&b, "%s\n", d)
	}
	fmt.Fprintf(&b, "%s\n", v.assumption())
	_, err := io.WriteString(w, visible.Text(b.String()))
	return err
}

func (v *View) areaText(b *strings.Builder, a *Area) {
	none := v.none()
	fmt.Fprintf(b, "%s\n", a.called())
	row := func(name, says string) {
		if says != "" {
			fmt.Fprintf(b, "  %-12s %s\n", name, says)
		}
	}
	u := &a.Uptake
	says := v.shareWords(u)
	if u.Share != nil {
		says += ", " + count(u.Uploaded, none) + " records of " + count(u.Patients, none) + " patients; " + sideWords[u.Line]
	} else if u.AtLeast != nil {
		says += "; " + sideWords[u.Line]
	}
	row("uptake", says)
	row("forecast", v.forecastWords(&a.Forecast))
	row("", v.paceWords(&a.Forecast))
	row("practices", v.practicesText(a))
	if a.Practices.Invited != nil {
		row("live", ofAll(a.Practices.LiveOfInvited, a.Practices.Invited, none)+" invited")
		row("declined", ofAll(a.Practices.DeclinedOfInvited, a.Practices.Invited, none)+" invited")
	}
	if len(a.Declining) > 0 && a.Name != "" {
		row("", named(a.Declining))
	}
	row("spend", v.spendText(&a.Spend))
	for i := range a.Ready {
		r := &a.Ready[i]
		says := none
		if r.Judged != nil {
			says = ofAll(r.Ready, r.Judged, none) + " judged"
		}
		row("ready", r.Title+": "+says)
	}
	b.WriteString("\n")
}

// mostListed is how many codes a list in text has.
const mostListed = 20

func named(codes []string) string {
	if len(codes) <= mostListed {
		return strings.Join(codes, ", ")
	}
	return strings.Join(codes[:mostListed], ", ") + " and " + figures.Count(int64(len(codes)-mostListed)) + " more"
}

// practicesText counts the practices of an area.
func (v *View) practicesText(a *Area) string {
	s := &a.Practices
	if s.All == nil {
		return v.none()
	}
	says := []string{figures.Plural(*s.All, "practice", "practices")}
	for _, one := range []struct {
		n    *int64
		what string
	}{{s.Live, "live"}, {s.Declined, "declined"}, {s.Waiting, "invited and neither"}, {s.NotInvited, "not said to be invited"}} {
		if one.n != nil {
			says = append(says, figures.Count(*one.n)+" "+one.what)
		}
	}
	return strings.Join(says, ", ")
}

func (v *View) spendText(s *Spend) string {
	if s.Total == nil {
		return v.none()
	}
	says := money(s.Total, "")
	if s.PerRecord != nil {
		says += "; " + money(s.PerRecord, "") + " a record uploaded"
	}
	if s.PerPractice != nil {
		says += "; " + money(s.PerPractice, "") + " a practice"
	}
	if s.Without != nil && *s.Without > 0 {
		says += "; of " + figures.Plural(*s.Without, "practice", "practices") + " it is not known"
	}
	return says
}

func (c *Criterion) text(b *strings.Builder) {
	f := &c.Whole
	if f.State != HasLimits || len(f.Outliers) == 0 {
		return
	}
	fmt.Fprintf(b, "%s %s\n  %s of %s records, all practices together. %s\n", c.Code, c.Title, figures.Count(f.Numerator), figures.Count(f.Denominator), f.spreadWords())
	for i := range f.Outliers {
		o := &f.Outliers[i]
		fmt.Fprintf(b, "  %-12s %-6s %s of %s, %s\n", o.Practice, figures.Share(o.shareOf()), figures.Count(o.Numerator), figures.Count(o.Denominator), o.beyondWords())
	}
	b.WriteString("\n")
}
