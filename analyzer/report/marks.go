package report

import "fmt"

// The marks of a verdict, in hundredths: a score from which a practice is ready
// or nearly ready, and the coverage from which a score says enough.
const (
	ReadyFrom       = 9000
	NearlyReadyFrom = 7500
	CoveredFrom     = 8000
)

// EnoughToJudge is how many records are judged whatever their rate: of fewer, a
// rate that chance could have brought over the pass mark is too few to judge.
const EnoughToJudge = 20

// scoresLine says what scores lead to.
var scoresLine = fmt.Sprintf("Nearly ready from %d, ready from %d", NearlyReadyFrom/100, ReadyFrom/100)

// belowMark says why a practice without a failed blocker is not ready.
var belowMark = fmt.Sprintf("the score is below %d", NearlyReadyFrom/100)

// AsOfWords says for people where an as-of date came from: package state lists
// what there is, and a test of package score holds this to it.
func AsOfWords(from string) string {
	switch from {
	case "--as-of":
		return "as asked for"
	case "practice.extract_to":
		return "the last day the extract covers"
	case "release date of the extract":
		return "the day the extract was released"
	case "99.9th percentile of the dates recorded":
		return "worked out from the dates recorded"
	case "99.9th percentile of the dates recorded: practice.extract_to cannot be read":
		return "worked out from the dates recorded, because extract_to could not be read"
	}
	return from
}
