package area

import (
	"fmt"
	"math"
	"strings"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/figures"
	"paperlight/analyzer/report"
)

// What people are told, the same in text and on the page.

const (
	notKnown = "not known"
	notShown = "not shown"
)

// lineText says what the line is of, with its source.
func (v *View) lineText() string {
	says := fmt.Sprintf("The line is over %d%% of patients.", v.Line)
	if v.Line == UsualLine {
		says += ` In the Summary Care Record programme that was the "critical mass" of an area. In March 2012, 16 areas had it.`
	}
	return says
}

// definitions say how each figure is made.
func (v *View) definitions() []string {
	out := []string{
		"Uptake is records uploaded (the column uploads) of registered patients (list size), of all practices of the area. Those that declined are in it.",
		v.lineText(),
	}
	if v.Level == report.Publish {
		return append(out, "Spend per record is spend, to the nearest £100, divided by the rounded records.")
	}
	return append(out,
		"Shares of practices are of those invited. For scale: in the programme, 286 of the 1,732 practices that 36 areas invited declined.",
		"A practice is live from its go-live date on. One that is live has not declined, whatever else is said.",
		"Spend per record is of the practices with both figures. Spend per practice is of those with a figure of spend.",
		"A cell that is empty is not known. It is never taken for 0.")
}

// chanceText says how many practices lie outside the limits with nothing the matter.
const chanceText = "By chance alone, about 5 in 100 practices lie outside the 95% limits, and 2 in 1,000 outside the 99.8% limits."

// assumption is what every forecast rests on, in a sentence.
func (v *View) assumption() string {
	return fmt.Sprintf("A forecast assumes that records are uploaded as fast as by practices that went live in the last %s.", figures.Plural(int64(v.PaceMonths), "month", "months"))
}

func count(n *int64, none string) string {
	if n == nil {
		return none
	}
	return figures.Count(*n)
}

// ofAll writes "12 of 40 (30%)".
func ofAll(n, all *int64, none string) string {
	if n == nil || all == nil {
		return none
	}
	says := figures.Count(*n) + " of " + figures.Count(*all)
	if *all > 0 {
		says += " (" + figures.Share(float64(*n)/float64(*all)) + ")"
	}
	return says
}

// none is what stands for a figure that is nil.
func (v *View) none() string {
	if v.Level == report.Publish {
		return notShown
	}
	return notKnown
}

// shareWords is the uptake of an area. A published share is of rounded counts: in whole
// percent, or with one decimal from 4,000 patients.
func (v *View) shareWords(u *Uptake) string {
	switch {
	case u.Share != nil && v.Level == report.Publish && *u.Patients < 4000:
		return fmt.Sprintf("%.0f%%", *u.Share*100)
	case u.Share != nil:
		return figures.Share(*u.Share)
	case u.AtLeast != nil:
		return figures.Share(*u.AtLeast) + " to " + figures.Share(*u.AtMost)
	case u.Line == HiddenLine:
		return notShown
	}
	return notKnown
}

var sideWords = map[LineSide]string{Over: "over the line", NotOver: "not over the line", NotKnown: "cannot be told", HiddenLine: notShown}

// forecastWords is the forecast of an area in a few words.
func (v *View) forecastWords(f *Forecast) string {
	switch f.Outcome {
	case Crosses:
		day, ok := calendar.Parse(f.Month + "-01")
		if !ok {
			return notKnown
		}
		_, month, _ := strings.Cut(day.Words(), " ")
		return "by " + month
	case AlreadyOver:
		return "over already"
	case NoPace:
		return "none: no practice went live in the last " + figures.Plural(int64(v.PaceMonths), "month", "months")
	case OutOfReach:
		return "none: out of reach without practices that declined"
	case TooFar:
		return "none: over 50 years away"
	case HiddenForecast:
		return notShown
	}
	return "none: figures are missing"
}

// paceWords is what a forecast rests on in this area.
func (v *View) paceWords(f *Forecast) string {
	if f.Outcome != Crosses && f.Outcome != TooFar && f.Outcome != OutOfReach || f.InWindow == nil {
		return ""
	}
	says := figures.Count(*f.InWindow) + " records of practices that went live in the last " + figures.Plural(int64(v.PaceMonths), "month", "months")
	if f.Needed != nil {
		says += "; " + figures.Count(*f.Needed) + " more are needed"
	}
	return says
}

// money writes pence as pounds.
func money(pence *int64, none string) string {
	if pence == nil {
		return none
	}
	return fmt.Sprintf("£%s.%02d", figures.Count(*pence/100), *pence%100)
}

func (a *Area) called() string {
	if a.Name == "" {
		return "All areas together"
	}
	return a.Name
}

var standingWords = map[Standing]string{Live: "live", Declined: "declined", Waiting: "invited, not live", NotInvited: "not said to be invited"}

// asOfWords says of which day it is, and how that is known.
func (v *View) asOfWords() string {
	day, ok := calendar.Parse(v.AsOf)
	if !ok {
		return ""
	}
	from := map[AsOfFrom]string{FromFlag: "the day asked for", FromFile: "the day in the file", FromExtracts: "the latest day of the extracts"}[v.AsOfFrom]
	return "As of " + day.Words() + ", " + from + "."
}

// spreadWords says whether the practices differ by more than chance all over.
func (f *Funnel) spreadWords() string {
	switch {
	case f.State == FewPractices:
		return fmt.Sprintf("There are %s: a funnel wants %d.", figures.Plural(int64(f.Practices), "practice", "practices"), fewest)
	case f.State == AllAlike:
		return "Every practice has the same share, so none differs."
	case f.OverDispersed:
		return fmt.Sprintf("The practices differ by more than chance all over (phi is %s; chance alone gives about 1). So go by the wide limits: they are %s times as far from the centre.",
			figures.Decimal(*f.PhiTrimmed), figures.Decimal(f.spread()))
	}
	return fmt.Sprintf("On the whole the practices differ no more than by chance (phi is %s; chance alone gives about 1).", figures.Decimal(*f.PhiTrimmed))
}

// shareOf is the share of a point.
func (p *Point) shareOf() float64 { return float64(p.Numerator) / float64(p.Denominator) }

// beyondWords says which limits an outlier lies outside.
func (o *Outlier) beyondWords() string {
	says := "outside " + o.Beyond + "%"
	switch {
	case o.Wide95 == nil:
		return says
	case o.BeyondWide == "":
		return says + "; within the wide limits"
	}
	return says + "; outside the wide " + o.BeyondWide + "% too"
}

// stands reports whether an outlier is one by the limits to go by.
func (o *Outlier) stands() bool { return o.Wide95 == nil || o.BeyondWide != "" }

// limitWords are the limits of a practice, as counts of its records.
func limitWords(l Limits) string {
	return figures.Count(l.Low) + " to " + figures.Count(l.High)
}

// wideWords are wide limits as counts of the n records of a practice.
func wideWords(w *[2]float64, n int64) string {
	return figures.Count(int64(math.Ceil(w[0]*float64(n)-1e-4))) + " to " + figures.Count(int64(math.Floor(w[1]*float64(n)+1e-4)))
}
