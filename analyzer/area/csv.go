package area

import (
	"bytes"
	"io"
	"strconv"
	"strings"

	"paperlight/analyzer/report"
	"paperlight/analyzer/visible"
)

// WriteJSON writes the view as one JSON object.
func (v *View) WriteJSON(w io.Writer) error {
	text, err := visible.JSON(v)
	if err == nil {
		_, err = w.Write(text)
	}
	return err
}

var areaColumns = []string{"area", "practices", "invited", "live", "declined", "waiting", "not_invited", "live_of_invited", "declined_of_invited", "patients", "uploaded", "uptake", "uptake_at_least", "uptake_at_most",
	"line_percent", "line", "forecast", "forecast_month", "records_in_pace_months", "records_needed", "spend_pounds", "spend_per_record_pounds", "spend_per_practice_pounds",
	"practices_without_list_size", "practices_without_uploads", "practices_without_spend", "level", "as_of"}

// WriteCSV writes a line for each area, and one for all together, whose name is empty.
func (v *View) WriteCSV(w io.Writer) error {
	var out bytes.Buffer
	head := append([]string{}, areaColumns...)
	for _, r := range v.Whole.Ready {
		head = append(head, report.QuotedCell(r.ID+"_ready"), report.QuotedCell(r.ID+"_judged"))
	}
	out.WriteString(strings.Join(head, ",") + "\r\n")
	for _, a := range append(append([]Area{}, v.Areas...), v.Whole) {
		out.WriteString(strings.Join(v.cells(&a), ",") + "\r\n")
	}
	_, err := w.Write(out.Bytes())
	return err
}

func (v *View) cells(a *Area) []string {
	q, s, u := report.QuotedCell, &a.Practices, &a.Uptake
	out := []string{q(a.Name), digits(s.All), digits(s.Invited), digits(s.Live), digits(s.Declined), digits(s.Waiting), digits(s.NotInvited), digits(s.LiveOfInvited), digits(s.DeclinedOfInvited),
		digits(u.Patients), digits(u.Uploaded), decimal(u.Share), decimal(u.AtLeast), decimal(u.AtMost), strconv.Itoa(v.Line), q(string(u.Line)),
		q(string(a.Forecast.Outcome)), q(a.Forecast.Month), digits(a.Forecast.InWindow), digits(a.Forecast.Needed),
		pounds(a.Spend.Total), pounds(a.Spend.PerRecord), pounds(a.Spend.PerPractice), digits(u.NoList), digits(u.NoUploads), digits(a.Spend.Without), q(string(v.Level)), q(v.AsOf)}
	for _, r := range v.Whole.Ready {
		var one Ready
		for _, have := range a.Ready {
			if have.ID == r.ID {
				one = have
			}
		}
		out = append(out, digits(one.Ready), digits(one.Judged))
	}
	return out
}

// WriteFunnels writes a line for each practice outside the plain limits of a criterion,
// among all practices (whose line names no area) and among those of its area.
func (v *View) WriteFunnels(w io.Writer) error {
	var out bytes.Buffer
	out.WriteString("rule,code,among,practice,numerator,denominator,centre,phi_winsorised,over_dispersed,z,side,low_95,high_95,low_998,high_998,wide_low_95,wide_high_95,wide_low_998,wide_high_998,beyond,beyond_wide\r\n")
	for i := range v.Criteria {
		c := &v.Criteria[i]
		c.lines(&out, "", &c.Whole)
		for j := range c.Areas {
			c.lines(&out, c.Areas[j].Area, &c.Areas[j].Funnel)
		}
	}
	_, err := w.Write(out.Bytes())
	return err
}

func (c *Criterion) lines(out *bytes.Buffer, among string, f *Funnel) {
	q := report.QuotedCell
	for i := range f.Outliers {
		o := &f.Outliers[i]
		cells := []string{q(c.Rule), q(c.Code), q(among), q(o.Practice), digits(&o.Numerator), digits(&o.Denominator), decimal(places(f.centre())), decimal(f.PhiTrimmed), strconv.FormatBool(f.OverDispersed), decimal(&o.Z), o.Side,
			digits(&o.In95.Low), digits(&o.In95.High), digits(&o.In998.Low), digits(&o.In998.High)}
		for _, wide := range []*[2]float64{o.Wide95, o.Wide998} {
			if wide == nil {
				cells = append(cells, "", "")
				continue
			}
			cells = append(cells, decimal(&wide[0]), decimal(&wide[1]))
		}
		out.WriteString(strings.Join(append(cells, o.Beyond, o.BeyondWide), ",") + "\r\n")
	}
}

func digits(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

func decimal(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'f', -1, 64)
}

// pounds writes pence as pounds with two places.
func pounds(pence *int64) string {
	if pence == nil {
		return ""
	}
	s := strconv.FormatInt(*pence, 10)
	for len(s) < 3 {
		s = "0" + s
	}
	return s[:len(s)-2] + "." + s[len(s)-2:]
}
