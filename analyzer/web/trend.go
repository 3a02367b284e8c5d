package web

import (
	"cmp"
	"fmt"
	"strings"

	"paperlight/analyzer/figures"
	"paperlight/analyzer/history"
)

// A trendChart is the scores of a practice, check by check, as lines; the table of checks
// beside it says the same in words. Its sides are 100 by 100 and stretch to their place.
type trendChart struct {
	ID, Desc    string
	First, Last string // days
	Lines       []trendLine
}

type trendLine struct {
	Title, Points string
	Class         string
	Last          string
}

// trendOf draws the scores; without two of one accreditation there is no line.
func trendOf(id string, points []history.Point) trendChart {
	c := trendChart{ID: id}
	if len(points) > 0 {
		c.First, c.Last = points[0].At.Local().Format("2 January 2006"), points[len(points)-1].At.Local().Format("2 January 2006")
	}
	var order []string
	at := map[string][]string{}
	last, titles := map[string]string{}, map[string]string{}
	for i := range points {
		for _, v := range points[i].Verdicts {
			if v.Score == nil {
				continue
			}
			if at[v.Accreditation] == nil {
				order = append(order, v.Accreditation)
			}
			x := 100 * float64(i) / float64(max(len(points)-1, 1))
			at[v.Accreditation] = append(at[v.Accreditation], fmt.Sprintf("%.2f,%.2f", x, 100-float64(*v.Score)/100))
			last[v.Accreditation], titles[v.Accreditation] = figures.Points(*v.Score), cmp.Or(v.Title, v.Accreditation)
		}
	}
	var said []string
	for i, acc := range order {
		if len(at[acc]) < 2 {
			continue
		}
		c.Lines = append(c.Lines, trendLine{Title: titles[acc], Points: strings.Join(at[acc], " "), Class: fmt.Sprintf("line-%d", i%4), Last: last[acc]})
		said = append(said, titles[acc]+" is now "+last[acc])
	}
	c.Desc = "Scores out of 100, check by check. " + strings.Join(said, "; ") + "."
	return c
}
