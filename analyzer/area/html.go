package area

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

// page is what the template is given: text and numbers, but for the style in Head, which is
// ours.
type page struct {
	Head                           webpage.Head
	Title, Level, AsOf, Made       string
	Summary                        []string
	Bars, Course                   picture
	Rows                           []areaRow
	Columns                        []string // the accreditations
	Months                         []monthRow
	Declining                      []decliningRow
	Practices                      []practiceRow
	PracticesLeft                  string
	Funnels                        []funnelSection
	FunnelLead, FunnelsLeft        string
	Alike                          []string
	Notes, Definitions, Assumption []string
	Exact                          bool // of the assessor level
}

type areaRow struct {
	Name, Uptake, Records, Side, Mark, Forecast, Pace, Practices, Live, Declined, Spend, PerRecord, PerPractice string
	Ready                                                                                                       []string
	Whole                                                                                                       bool
}

type monthRow struct{ Month, Live, Uploaded, Share string }

type decliningRow struct{ Name, Declined, Codes string }

type practiceRow struct{ Code, Area, Standing, GoLive, Records, Share, Spend, PerRecord string }

type funnelSection struct {
	Code, Title, Says string
	Picture           picture
	Rows              []outlierRow
	Left              string
}

type outlierRow struct{ Practice, Area, Among, Share, Counted, In95, In998, Wide, Says string }

var levelWords = map[report.Level]string{
	report.Assessor: "For assessors: exact counts of practices, and nothing that names a record.",
	report.Publish:  "To publish: areas alone, small counts are hidden.",
}

var htmlTemplate = webpage.Template("areas", htmlPage, template.FuncMap{})

// WriteHTML writes the view as one page that needs nothing else.
func (v *View) WriteHTML(w io.Writer) error {
	p := visible.Copied(v.page(), visible.Line)
	p.Head = webpage.NewHead(p.Title, p.Level, htmlStyle)
	return webpage.Write(w, htmlTemplate, p)
}

func (v *View) page() *page {
	p := &page{Title: figures.Plural(int64(len(v.Areas)), "area", "areas"), Level: levelWords[v.Level], AsOf: v.asOfWords(), Made: "paperlight " + v.Tool.Version + ".",
		Bars: v.bars(), Course: v.course(), Notes: v.Notes, Definitions: v.definitions(), Assumption: []string{v.assumption()}, Exact: v.Level != report.Publish}
	if v.Scheme != nil {
		p.Made = "paperlight " + v.Tool.Version + ", rules " + v.Rules.Version + ", " + v.Scheme.Title + "."
	}
	for _, r := range v.Whole.Ready {
		p.Columns = append(p.Columns, r.Title)
	}
	for i := range v.Areas {
		p.Rows = append(p.Rows, v.row(&v.Areas[i]))
	}
	whole := v.row(&v.Whole)
	whole.Whole = true
	p.Rows = append(p.Rows, whole)
	p.Summary = v.summary()
	for _, m := range v.Whole.Progress {
		p.Months = append(p.Months, monthRow{m.Month, figures.Count(m.Live), figures.Count(m.Uploaded), percent(m.Share)})
	}
	for i := range v.Areas {
		if a := &v.Areas[i]; len(a.Declining) > 0 {
			p.Declining = append(p.Declining, decliningRow{a.Name, ofAll(a.Practices.DeclinedOfInvited, a.Practices.Invited, ""), strings.Join(a.Declining, ", ")})
		}
	}
	v.practiceRows(p)
	v.funnelSections(p)
	return p
}

func percent(share *float64) string {
	if share == nil {
		return notKnown
	}
	return figures.Share(*share)
}

// summary is what matters most, in a few sentences.
func (v *View) summary() []string {
	over, told := int64(0), int64(0)
	for i := range v.Areas {
		switch v.Areas[i].Uptake.Line {
		case Over:
			over, told = over+1, told+1
		case NotOver:
			told++
		}
	}
	out := []string{fmt.Sprintf("Of %s, %s over the line of %d%%.", figures.Plural(told, "area of which that is known", "areas of which that is known"), map[bool]string{true: "1 is", false: figures.Count(over) + " are"}[over == 1], v.Line)}
	if u := &v.Whole.Uptake; u.Share != nil || u.AtLeast != nil {
		together := "All together: "
		if v.Level == report.Publish {
			together = "All that are shown, together: "
		}
		out = append(out, together+"uptake "+v.shareWords(u)+", "+sideWords[u.Line]+". Forecast: "+v.forecastWords(&v.Whole.Forecast)+".")
	}
	if v.Whole.Practices.All == nil {
		return append(out, "How many practices are live or declined is not shown.")
	}
	return append(out, v.practicesText(&v.Whole)+".")
}

func (v *View) row(a *Area) areaRow {
	none := v.none()
	out := areaRow{Name: a.called(), Uptake: v.shareWords(&a.Uptake), Side: sideWords[a.Uptake.Line], Mark: string(a.Uptake.Line), Forecast: v.forecastWords(&a.Forecast), Pace: v.paceWords(&a.Forecast),
		Practices: count(a.Practices.All, none), Spend: money(a.Spend.Total, none), PerRecord: money(a.Spend.PerRecord, none)}
	if a.Uptake.Share != nil {
		out.Records = count(a.Uptake.Uploaded, none) + " of " + count(a.Uptake.Patients, none)
	}
	if v.Level == report.Publish {
		out.Live, out.Declined = count(a.Practices.Live, none), count(a.Practices.Declined, none)
	} else {
		out.Live, out.Declined = ofAll(a.Practices.LiveOfInvited, a.Practices.Invited, none), ofAll(a.Practices.DeclinedOfInvited, a.Practices.Invited, none)
		out.PerPractice = money(a.Spend.PerPractice, none)
	}
	for _, want := range v.Whole.Ready {
		says := "none judged"
		if v.Level == report.Publish {
			says = none
		}
		for _, r := range a.Ready {
			if r.ID == want.ID {
				says = ofAll(r.Ready, r.Judged, none)
			}
		}
		out.Ready = append(out.Ready, says)
	}
	return out
}

// mostRows bounds the tables of practices on a page: the CSV and JSON forms have all.
const mostRows = 1000

func (v *View) practiceRows(p *page) {
	for i := range v.Practices {
		if i == mostRows {
			p.PracticesLeft = "The other " + figures.Count(int64(len(v.Practices)-mostRows)) + " are in areas.json."
			break
		}
		l := &v.Practices[i]
		row := practiceRow{Code: l.Practice, Area: l.Area, Standing: standingWords[l.Standing], GoLive: l.GoLive, Records: notKnown, Share: percent(l.Share), Spend: money(l.Spend, notKnown), PerRecord: money(l.PerRecord, "")}
		if l.Uploaded != nil || l.Patients != nil {
			row.Records = count(l.Uploaded, notKnown) + " of " + count(l.Patients, notKnown)
		}
		p.Practices = append(p.Practices, row)
	}
}

// mostFunnels bounds the pictures of a page, mostOutliers the rows below one.
const mostFunnels, mostOutliers = 40, 40

// funnelSections are the criteria in which practices differ, with the most outliers that
// stand first; the others are named.
func (v *View) funnelSections(p *page) {
	few := 0
	for i := range v.Criteria {
		c := &v.Criteria[i]
		switch {
		case c.Whole.State == FewPractices:
			few++
		case len(c.Whole.Outliers) == 0:
			p.Alike = append(p.Alike, c.Code+" "+c.Title)
		case len(p.Funnels) == mostFunnels:
			p.FunnelsLeft = fmt.Sprintf("Pictures are drawn of %d checks. The others are in funnels.csv and areas.json.", mostFunnels)
		default:
			p.Funnels = append(p.Funnels, c.section(fmt.Sprintf("funnel-%d", i+1), len(v.Areas) > 1))
		}
	}
	switch {
	case len(v.Criteria) == 0:
	case few == len(v.Criteria):
		p.FunnelLead = fmt.Sprintf("No funnel is drawn: that wants %d practices with records to look at.", fewest)
	default:
		p.FunnelLead = "Each dot is a practice. One outside the limits calls for a look, and that is no verdict. " + chanceText
	}
}

func (c *Criterion) section(id string, several bool) funnelSection {
	f := &c.Whole
	out := funnelSection{Code: c.Code, Title: c.Title, Says: f.spreadWords(), Picture: c.drawn(id)}
	rows := func(among string, f *Funnel) {
		for i := range f.Outliers {
			if len(out.Rows) == mostOutliers {
				out.Left = "The others are in funnels.csv."
				return
			}
			o := &f.Outliers[i]
			row := outlierRow{Practice: o.Practice, Area: o.Area, Among: among, Share: figures.Share(o.shareOf()), Counted: figures.Count(o.Numerator) + " of " + figures.Count(o.Denominator),
				In95: limitWords(o.In95), In998: limitWords(o.In998), Wide: "not needed", Says: o.beyondWords()}
			if o.Wide95 != nil {
				row.Wide = wideWords(o.Wide95, o.Denominator) + "; " + wideWords(o.Wide998, o.Denominator)
			}
			out.Rows = append(out.Rows, row)
		}
	}
	rows("all practices", f)
	for i := range c.Areas {
		if several && c.Areas[i].Funnel.Practices < f.Practices {
			rows(c.Areas[i].Area, &c.Areas[i].Funnel)
		}
	}
	return out
}
