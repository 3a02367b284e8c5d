package report

import (
	"slices"
	"strings"
	"unicode/utf8"

	"paperlight/analyzer/figures"
)

// A chart is bars of scores under their labels, with the two marks that a
// verdict turns on. Its height is in pixels and its widths are shares, so that
// it fits any page without shrinking its letters.
type chart struct {
	ID, Title, Desc string
	Bars            []bar
	Height, TickY   int
}

type bar struct {
	Head, Label, Value, Caveat, Share              string
	Scored, Pale                                   bool
	HeadY, LabelY, CaveatY, BarY, LineTop, LineEnd int
}

const (
	barHeight    = 46
	caveatHeight = 18
	headHeight   = 20
)

// chartPractices is the most practices that a chart is drawn of; of more, the
// table alone is easier to read.
const chartPractices = 20

func scoreChart(id, title string, standings []standing) chart {
	c := chart{ID: id, Title: title}
	if !slices.ContainsFunc(standings, func(s standing) bool { return s.Scored }) {
		return c
	}
	var said []string
	for i := range standings {
		s := &standings[i]
		c.add("", short(s.Title, labelLetters), s)
		said = append(said, s.Title+": "+s.scored())
	}
	c.finish(said)
	return c
}

// summaryChart has a bar for each practice and accreditation, under the name of
// the practice where it has several.
func summaryChart(practices []htmlPractice) chart {
	c := chart{ID: "summary-chart", Title: "Scores of all practices"}
	names := labels(practices, labelLetters)
	var said []string
	for i := range practices {
		several := len(practices[i].Standings) > 1
		for j := range practices[i].Standings {
			s := &practices[i].Standings[j]
			head, label, spoken := "", names[i], practices[i].Name
			if several {
				label, spoken = short(s.Title, labelLetters), spoken+", "+s.Title
			}
			if several && j == 0 {
				head = names[i]
			}
			c.add(head, label, s)
			said = append(said, spoken+": "+s.scored())
		}
	}
	c.finish(said)
	return c
}

// add puts a bar below the others: a heading where one is given, the label and
// the value, what there is to say of the value, and the bar.
func (c *chart) add(head, label string, s *standing) {
	b := bar{Head: head, Label: label, Value: s.Bare, Share: figures.Exact(s.Share) + "%", Scored: s.Scored, Pale: s.Uncovered}
	b.HeadY = c.Height + 16
	b.LabelY = b.HeadY
	if head != "" {
		b.LabelY += headHeight
	}
	b.BarY = b.LabelY + 8
	if s.Uncovered && s.Scored {
		b.Caveat, b.CaveatY = s.Caveat, b.LabelY+caveatHeight
		b.BarY += caveatHeight
	}
	b.LineTop, b.LineEnd = b.BarY-4, b.BarY+16
	c.Height = b.BarY + barHeight - 24
	c.Bars = append(c.Bars, b)
}

func (c *chart) finish(said []string) {
	c.Desc = "Scores out of 100. " + strings.Join(said, "; ") + ". " + scoresLine + "."
	c.TickY = c.Height + 8
	c.Height = c.TickY + 8
}

// labelLetters is how long a label may be beside its value on a narrow page; the
// table beneath has it whole.
const labelLetters = 30

// labels are the names of practices, each short and unlike the others: what two
// have in common gives way to what differs.
func labels(practices []htmlPractice, room int) []string {
	out := make([]string, len(practices))
	alike := make(map[string][]int)
	for i := range practices {
		name := practices[i].Name
		if out[i] = short(name, room); out[i] != name {
			begins := string([]rune(name)[:room/2])
			alike[begins] = append(alike[begins], i)
		}
	}
	for _, same := range alike {
		if len(same) > 1 {
			tellApart(practices, same, room, out)
		}
	}
	return out
}

// tellApart labels practices whose names begin alike: by how these end or, where
// that does not tell them apart either, by their codes.
func tellApart(practices []htmlPractice, same []int, room int, out []string) {
	names := make([]string, len(same))
	for i, at := range same {
		names[i] = practices[at].Name
	}
	first := commonWords(names)
	ends := make(map[string]bool)
	for i, at := range same {
		out[at] = short("…"+names[i][first:], room)
		ends[out[at]] = true
	}
	if first > 0 && len(ends) == len(same) {
		return
	}
	for _, at := range same {
		code := " (" + practices[at].Code + ")"
		out[at] = short(practices[at].Name, room-utf8.RuneCountInString(code)) + code
	}
}

// commonWords is the length of the words that all names begin with.
func commonWords(names []string) int {
	first, same := names[0], len(names[0])
	for _, n := range names[1:] {
		same = min(same, len(n))
		for i := range same {
			if n[i] != first[i] {
				same = i
				break
			}
		}
	}
	return strings.LastIndexByte(first[:same], ' ') + 1
}

// short cuts a name at its end.
func short(name string, room int) string {
	letters := []rune(name)
	if len(letters) <= room {
		return name
	}
	return strings.TrimRight(string(letters[:max(room-1, 1)]), " ,(") + "…"
}
