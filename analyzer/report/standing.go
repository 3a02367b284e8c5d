package report

import (
	"cmp"
	"slices"
	"strings"

	"paperlight/analyzer/figures"
)

// A standing is one accreditation's line under the headline.
type standing struct {
	Title    string
	Verdict  Verdict
	Words    string // "Not ready: 2 things stop you"
	Score    string // "82.30 of 100"
	Bare     string // "82.30"
	Assured  string // "61.20 of 100", the score if what could not be checked is not met
	Coverage string // "41%"
	Caveat   string // "but only 41% could be checked"
	Share    int64  // hundredths of a percent, for the bar; 0 where none
	Scored   bool
	Stays    string // "Judged as a file that stays in the practice. ..."
	// Uncovered: so little could be judged that the score says little.
	Uncovered bool
}

func (r *reader) standing(p *PracticeReport, a *Accreditation) standing {
	words := verdictWords[a.Verdict]
	stops, unjudged := int64(len(a.BlockersFailed)), int64(len(a.BlockersUnjudged))
	counted := standsInTheWay(stops, unjudged)
	switch {
	case a.Verdict == Damaged:
		words = "Not scored"
	case a.Verdict == NoVerdict:
		words = capital(cmp.Or(counted, "no verdict"))
	case a.Verdict == NotReady && stops > 0:
		words += ": " + counted
	case a.Verdict == NotReady && len(a.Suppressed) > 0:
		words += ": " + strings.TrimSuffix(hiddenStops+"; "+counted, "; ")
	case a.Verdict == NotReady:
		words += ": " + strings.TrimSuffix(belowMark+"; "+counted, "; ")
	case a.Verdict == Undecided && len(a.Undecided) > 0:
		words += ": " + a.Undecided[0]
		if unjudged > 0 && len(a.Undecided) > 1 {
			words += "; " + counted
		}
	case a.Verdict == AnswersNeeded:
		words = cmp.Or(openWords(p, []Accreditation{*a}), words)
	case a.Verdict == Ready || a.Verdict == NearlyReady:
		words += unmet(a.Verdict, []Accreditation{*a})
	}
	if len(a.WaitsFor) > 0 && a.Verdict != Damaged && a.Verdict != NoVerdict {
		var names []string
		for _, id := range a.WaitsFor {
			names = append(names, accreditationTitle(p, id))
		}
		words += "; needs " + list(names) + " first"
	}
	s := standing{Title: cmp.Or(a.Title, a.ID), Verdict: a.Verdict, Words: words, Score: a.scoreWords(), Bare: "none"}
	s.Stays = r.stays(a)
	if a.Coverage != nil {
		s.Coverage = figures.Share(float64(*a.Coverage) / 10000)
		s.Uncovered = *a.Coverage < CoveredFrom
	}
	if a.AssuredScore != nil {
		s.Assured = score(a.AssuredScore)
	}
	if a.ScoreBetween != nil {
		s.Bare = betweenWords(a.ScoreBetween)
	}
	if a.Score != nil {
		s.Share, s.Bare, s.Scored = *a.Score, figures.Points(*a.Score), true
		if a.Coverage != nil && *a.Coverage < 10000 {
			s.Caveat = s.Coverage + " could be checked"
			if s.Uncovered {
				s.Caveat = "but only " + s.Caveat
			}
		}
	}
	return s
}

// stays says what is not asked of an extract that stays in the practice, and would be
// of one that leaves it; empty where nothing is.
func (r *reader) stays(a *Accreditation) string {
	titles := make([]string, 0, len(a.NotAsked))
	for _, rule := range a.NotAsked {
		titles = append(titles, "“"+r.title(rule)+"”")
	}
	if len(titles) == 0 {
		return ""
	}
	return "Judged as a file that stays in the practice. If it is to leave, this would stop you: " + some(titles) + " To judge it so, add --outgoing."
}

// whole is the verdict in words, for a cell.
func (s *standing) whole() string {
	if s.Stays == "" {
		return s.Words
	}
	return sentence(s.Words) + " " + s.Stays
}

// hiddenStops says why a practice is not ready where that would tell a hidden
// count.
const hiddenStops = "what decides it is not shown at this level"

// assuredWords is the assured score, for machines that read words.
func (a *Accreditation) assuredWords() string {
	if a.AssuredScore == nil && slices.Contains(a.Suppressed, "assured_score") {
		return notShown
	}
	return score(a.AssuredScore)
}

// scoreWords is the score, or between which two it lies where it is not shown.
func (a *Accreditation) scoreWords() string {
	if a.ScoreBetween != nil {
		return betweenWords(a.ScoreBetween) + " of 100"
	}
	return score(a.Score)
}

func betweenWords(scores *[2]int64) string {
	if scores[0] == scores[1] {
		return figures.Points(scores[0])
	}
	return figures.Points(scores[0]) + " to " + figures.Points(scores[1])
}

// assurance says how far the score can be relied on; empty where all could be
// checked.
func (s *standing) assurance() string {
	switch {
	case s.Assured == "" || s.Assured == s.Score:
		return ""
	case !s.Scored:
		return "Nothing could be checked."
	}
	said := "If every check without a result counted as not met, also those with too few records or none, the score would be " + s.Assured + "."
	if !s.Uncovered {
		said = sentence(s.Caveat) + " " + said
	}
	return said
}

// scored is the score, never without the caveat where little could be checked;
// brief is the same without its scale.
func (s *standing) scored() string { return s.caveated(s.Score) }
func (s *standing) brief() string  { return s.caveated(s.Bare) }

func (s *standing) caveated(score string) string {
	if s.Uncovered && s.Scored {
		return score + ", " + s.Caveat
	}
	return score
}
