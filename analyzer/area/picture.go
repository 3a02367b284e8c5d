package area

import (
	"fmt"
	"math"
	"strings"

	"paperlight/analyzer/figures"
)

// A picture is drawn in a box of boxWidth by Height, within which a plot lies. It holds
// numbers of ours and texts; a template writes it.
type picture struct {
	ID, Title, Desc string
	Width, Height   int
	Left, Right     int
	Top, Bottom     int
	Ticks, Below    []tick
	Lines           []line
	Dots            string // a path: the practices within the limits
	Marks           []mark
	Bars            []pictureBar
	XSays, YSays    string
	LineAt          int // of the bars: where the line is
	LineSays        string
}

type tick struct {
	At   int
	Says string
}

// A line is a path and its class.
type line struct{ Class, Path string }

// A mark is a practice outside the limits.
type mark struct {
	X, Y, LabelY int
	Says, Anchor string
	LabelX       int
	Wide         bool // within the wide limits
}

type pictureBar struct {
	Y, LabelY, Width, More int
	Label, Value           string
	Known                  bool
}

const (
	boxWidth  = 760
	boxHeight = 400
)

// scale turns values into places of the box.
type scale struct {
	from, to float64 // of values
	at, end  int     // of places
}

func (s scale) place(v float64) int {
	if s.to == s.from {
		return s.at
	}
	return s.at + int(math.Round((v-s.from)/(s.to-s.from)*float64(s.end-s.at)))
}

// steps are round values between two, at most so many.
func steps(from, to float64, most int) (out []float64) {
	step := math.Pow(10, math.Floor(math.Log10(max(to-from, 1e-9))))
	for _, by := range []float64{0.1, 0.2, 0.5, 1, 2, 5} {
		if (to-from)/(step*by) <= float64(most) {
			step *= by
			break
		}
	}
	for i := math.Ceil(from/step - 1e-9); i*step <= to+step*1e-9; i++ {
		out = append(out, i*step)
	}
	return out
}

// mostMarked is how many outliers have their codes in the picture. The table has all.
const mostMarked = 15

// drawn is the funnel of a criterion: records looked at from left to right, the share that
// meets it upwards.
func (c *Criterion) drawn(id string) picture {
	f := &c.Whole
	out := picture{ID: id, Title: "Funnel plot: " + c.Title, Width: boxWidth, Height: boxHeight, Left: 56, Right: boxWidth - 16, Top: 12, Bottom: boxHeight - 44,
		XSays: "Records looked at", YSays: "Share that meets it"}
	most, low, high := int64(1), f.centre(), f.centre()
	for i := range c.Points {
		most = max(most, c.Points[i].Denominator)
		low, high = min(low, c.Points[i].shareOf()), max(high, c.Points[i].shareOf())
	}
	middle := max(1, f.Denominator/int64(f.Practices)) // the limits of a usual practice are in the picture
	usual := limits(middle, f.centre(), outside998).wide(middle, f.centre(), f.spread()*f.spread())
	low, high = min(low, usual[0]), max(high, usual[1])
	low, high = max(0, low-(high-low)/12), min(1, high+(high-low)/12)
	x := scale{0, float64(most), out.Left, out.Right}
	y := scale{low, high, out.Bottom, out.Top}
	for _, v := range steps(low, high, 6) {
		out.Ticks = append(out.Ticks, tick{y.place(v), figures.Decimal(v*100) + "%"})
	}
	for _, v := range steps(0, float64(most), 6) {
		out.Below = append(out.Below, tick{x.place(v), figures.Count(int64(v))})
	}
	out.Lines = f.limitLines(most, x, y)
	out.points(c, x, y)
	out.Desc = c.described()
	return out
}

// limitLines are the centre and the limits, at some sixty sizes.
func (f *Funnel) limitLines(most int64, x, y scale) []line {
	c := f.centre()
	var paths [8]strings.Builder
	var drawn [8]bool // the place before lies in the picture
	for i := range int64(60) {
		n := max(1, int64(math.Round(float64(most)*math.Pow(float64(i+1)/60, 2))))
		for j, l := range []Limits{limits(n, c, outside95), limits(n, c, outside998)} {
			sides := [4]float64{float64(l.Low) / float64(n), float64(l.High) / float64(n)}
			wide := l.wide(n, c, f.spread()*f.spread())
			sides[2], sides[3] = wide[0], wide[1]
			for k, v := range sides {
				at := j*4 + k
				inside := v >= y.from && v <= y.to
				if inside {
					fmt.Fprintf(&paths[at], "%s%d %d", map[bool]string{true: "L", false: "M"}[drawn[at]], x.place(float64(n)), y.place(v))
				}
				drawn[at] = inside
			}
		}
	}
	out := []line{{"centre", fmt.Sprintf("M%d %dH%d", x.at, y.place(c), x.end)}}
	for i, class := range []string{"l95", "l95", "w95", "w95", "l998", "l998", "w998", "w998"} {
		if class[0] == 'l' || f.OverDispersed {
			out = append(out, line{class, paths[i].String()})
		}
	}
	return out
}

// points puts the practices into the picture: those within the limits as one path of
// dots, so that thousands of them stay a small page.
func (p *picture) points(c *Criterion, x, y scale) {
	var dots strings.Builder
	outlier := map[string]*Outlier{}
	for i := range c.Whole.Outliers {
		outlier[c.Whole.Outliers[i].Practice] = &c.Whole.Outliers[i]
	}
	for i := range c.Points {
		one := &c.Points[i]
		o := outlier[one.Practice]
		px, py := x.place(float64(one.Denominator)), y.place(one.shareOf())
		if o == nil {
			fmt.Fprintf(&dots, "M%d %dh0", px, py)
			continue
		}
		m := mark{X: px, Y: py, LabelX: px + 8, LabelY: py + 4, Anchor: "start", Wide: !o.stands()}
		if len(c.Whole.Outliers) <= mostMarked {
			m.Says = one.Practice
		}
		if px > p.Right-90 {
			m.LabelX, m.Anchor = px-8, "end"
		}
		p.Marks = append(p.Marks, m)
	}
	p.Dots = dots.String()
}

// described says what the picture shows, for those who do not see it.
func (c *Criterion) described() string {
	f := &c.Whole
	return fmt.Sprintf("%s. All together: %s of %s records, %s. %s The table below lists %s outside the limits.", figures.Plural(int64(f.Practices), "practice", "practices"), figures.Count(f.Numerator), figures.Count(f.Denominator),
		figures.Share(f.centre()), f.spreadWords(), figures.Plural(int64(len(f.Outliers)), "practice", "practices"))
}

// mostBars bounds the bars of a picture: of more areas the table alone is easier to
// read.
const mostBars = 60

// bars draws the uptake of each area beside the line.
func (v *View) bars() (p picture) {
	if len(v.Areas) > mostBars {
		return p
	}
	p = picture{ID: "uptake", Title: "Uptake by area", Width: boxWidth, Top: 22, Left: 0, Right: boxWidth}
	all := v.Areas
	if len(all) > 1 {
		all = append(append([]Area{}, all...), v.Whole)
	}
	var said []string
	y := p.Top
	for i := range all {
		a := &all[i]
		b := pictureBar{Label: a.called(), Value: v.shareWords(&a.Uptake), LabelY: y + 16, Y: y + 24}
		switch u := &a.Uptake; {
		case u.Share != nil:
			b.Known, b.Width = true, int(math.Round(*u.Share*boxWidth))
		case u.AtLeast != nil:
			b.Known, b.Width, b.More = true, int(math.Round(*u.AtLeast*boxWidth)), int(math.Round(*u.AtMost*boxWidth))
		}
		said = append(said, b.Label+": "+b.Value)
		p.Bars = append(p.Bars, b)
		y += 50
	}
	p.Bottom, p.Height = y, y+8
	p.LineAt = boxWidth * v.Line / 100
	p.LineSays = fmt.Sprintf("over %d%%", v.Line)
	p.Desc = strings.Join(said, "; ") + "."
	return p
}

// course draws how the uptake of all came about, month by month.
func (v *View) course() (p picture) {
	months := v.Whole.Progress
	if len(months) < 2 || months[len(months)-1].Share == nil {
		return p
	}
	p = picture{ID: "course", Title: "Uptake by month of go-live", Width: boxWidth, Height: 300, Left: 56, Right: boxWidth - 16, Top: 12, Bottom: 256, XSays: "Month", YSays: "Uptake"}
	most := max(float64(v.Line)/100, *months[len(months)-1].Share)
	x := scale{0, float64(len(months) - 1), p.Left, p.Right}
	y := scale{0, min(1, most+0.1), p.Bottom, p.Top}
	for _, at := range steps(0, y.to, 6) {
		p.Ticks = append(p.Ticks, tick{y.place(at), figures.Decimal(at*100) + "%"})
	}
	var path strings.Builder
	begun := false
	for i, m := range months {
		if i%max(1, (len(months)+7)/8) == 0 {
			p.Below = append(p.Below, tick{x.place(float64(i)), m.Month})
		}
		if m.Share == nil {
			continue
		}
		fmt.Fprintf(&path, "%s%d %d", map[bool]string{true: "L", false: "M"}[begun], x.place(float64(i)), y.place(*m.Share))
		begun = true
	}
	p.Lines = []line{{"goal", fmt.Sprintf("M%d %dH%d", p.Left, y.place(float64(v.Line)/100), p.Right)}, {"course", path.String()}}
	last := months[len(months)-1]
	p.Desc = fmt.Sprintf("From %s to %s uptake came to %s, by the months in which practices went live. The line is over %d%%.", months[0].Month, last.Month, figures.Share(*last.Share), v.Line)
	return p
}
