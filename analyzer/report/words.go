package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The fixed sentences of the forms for people.
const (
	careLine      = "Not for direct care. It gives no diagnosis and no treatment advice."
	readinessLine = "This report shows readiness. It accredits nobody."

	slipsLine = "A name in the extract may be misspelt: see below, put it right and run again."
	wholeLine = "Run paperlight inside the practice, on an extract of the whole list."

	requiredHeading  = "What the scheme asks for"
	slipsHeading     = "What may be misspelt in the extract"
	stopsHeading     = "What stops you"
	unjudgedHeading  = "What can stop you and could not be checked"
	answersHeading   = "What else the practice has to answer"
	optionsHeading   = "What was asked for that changes this result"
	goodHeading      = "What is already good"
	shownHeading     = "Worth knowing"
	unseenHeading    = "What this file cannot show, and where to look"
	readingHeading   = "How the file was read"
	ledgerHeading    = "All checks"
	notesHeading     = "Notes"
	practicesHeading = "All practices"

	stopsLead   = "Each of these must be put right before the practice is ready."
	jobsLead    = "Not one of these is met yet."
	answerLead  = "Only the practice can answer these: no file shows them."
	absentLead  = "The extract lacks the data for these checks."
	countedLead = "These were counted, and the counts do not settle them."
	fewLead     = "Too few to judge. An assessor can check these by hand."

	nothingGood = "No check is met yet."
	noScheme    = "Nothing was judged: no scheme was given."
)

var levelWords = map[Level]string{
	Practice: "Practice level: exact counts. Keep this where the extract is kept.",
	Assessor: "Assessor level: exact counts, no record keys and no staff codes.",
	Publish:  "Publish level: counts of 1 to 7 are hidden, the others rounded to the nearest 5.",
}

var verdictWords = map[Verdict]string{
	Damaged: "Damaged file", NotReady: "Not ready", Undecided: "Cannot tell", AnswersNeeded: "Answers needed", NearlyReady: "Nearly ready", Ready: "Ready",
}

var statusWords = map[Status]string{
	NotAssessable: "cannot tell", Failed: "not met", TooFew: "too few", NotApplicable: "does not apply", Passed: "met", Shown: "not judged",
}

// What is met but was not measured says so.
var basisWords = map[string]string{"declared": " (your answer)", "verified": " (your answer, checked by an assessor)"}

var severityWords = map[string]string{
	"blocker": "stops you", "major": "major", "minor": "minor", "info": "for information",
}

var ownerWords = map[string]string{
	"practice": "Practice team", "clinician": "A clinician", "supplier": "System supplier",
	"pcse": "Primary Care Support England (PCSE)", "file": "Whoever makes the extract",
}

// The same in the narrow column of a table.
var shortOwnerWords = map[string]string{
	"practice": "practice", "clinician": "clinician", "supplier": "supplier", "pcse": "PCSE", "file": "extract",
}

// The rows of a table as people count them: one, and several.
var recordWords = map[string][2]string{
	"practice":          {"practice", "practices"},
	"patients":          {"patient record", "patient records"},
	"registrations":     {"registration", "registrations"},
	"medications":       {"medicine", "medicines"},
	"issues":            {"prescription issue", "prescription issues"},
	"allergies":         {"allergy entry", "allergy entries"},
	"events":            {"coded entry", "coded entries"},
	"problems":          {"problem", "problems"},
	"consultations":     {"consultation", "consultations"},
	"documents":         {"document", "documents"},
	"results":           {"test result", "test results"},
	"consents":          {"consent entry", "consent entries"},
	"referrals":         {"referral", "referrals"},
	"staff":             {"staff entry", "staff entries"},
	"declarations":      {"declaration", "declarations"},
	"prescribing_items": {"row of prescribing items", "rows of prescribing items"},
}

// number writes a count with thousands separators: 8,412.
func number(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	var b strings.Builder
	for i, digit := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(digit)
	}
	return sign + b.String()
}

// plural is a count and its noun: "1 thing", "2 things".
func plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}

// records is a count of the rows of a table.
func records(n int64, table string) string {
	words, ok := recordWords[table]
	if !ok {
		words = [2]string{"record", "records"}
	}
	return plural(n, words[0], words[1])
}

// recordsOrPeople is a count of the rows of a table, where those of patients are
// people: it is they who opt out, not their records.
func recordsOrPeople(n int64, table string) string {
	if table == "patients" {
		return plural(n, "patient", "patients")
	}
	return records(n, table)
}

// points writes hundredths of a point: 8.20.
func points(hundredths int64) string {
	return fmt.Sprintf("%d.%02d", hundredths/100, hundredths%100)
}

// score writes a score out of 100, or that there is none.
func score(hundredths *int64) string {
	if hundredths == nil {
		return "no score"
	}
	return points(*hundredths) + " of 100"
}

// percentage writes a rate as shortly as is true: what is not nothing is never
// 0%, what is not all is never 100%, and what is not the same as another
// percentage, such as a mark just missed, is not written alike.
func percentage(rate float64, unlike ...string) string {
	millionths := int64(rate*1e6 + 0.5)
	for unit, places := int64(1000), 1; places <= 4; unit, places = unit/10, places+1 {
		rounded := (millionths + unit/2) / unit
		if (rounded == 0) != (millionths == 0) || (rounded*unit == 1e6) != (millionths == 1e6) {
			continue
		}
		s := strconv.FormatFloat(float64(rounded*unit)/1e4, 'f', places, 64)
		s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".") + "%"
		if !slices.Contains(unlike, s) {
			return s
		}
	}
	return strconv.FormatFloat(rate*100, 'f', -1, 64) + "%"
}

// markWords says a threshold: "at least 80%".
func markWords(threshold string) string {
	switch threshold {
	case "", "yes":
		return threshold
	case "100%":
		return "all"
	case "<= 0%":
		return "none"
	}
	for _, sign := range [][2]string{{"<= ", "at most "}, {"< ", "under "}, {"> ", "more than "}} {
		if rest, ok := strings.CutPrefix(threshold, sign[0]); ok {
			return sign[1] + rest
		}
	}
	return "at least " + threshold
}

// dateWords writes 2026-03-31 as 31 March 2026.
func dateWords(day string) string {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return at.Format("2 January 2006")
}

// who names the owner of a job. A rule may have two: "file or supplier".
func who(owner string) string {
	return capital(owners(cmp.Or(owner, "practice"), ownerWords))
}

func owners(owner string, words map[string]string) string {
	var names []string
	for _, one := range strings.FieldsFunc(owner, func(r rune) bool { return r == ',' || r == ' ' }) {
		if one == "or" {
			continue
		}
		if word, ok := words[strings.ToLower(one)]; ok {
			one = word
		}
		names = append(names, one)
	}
	return strings.Join(names, " or ")
}

// capital starts a sentence.
func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[size:]
}

// sentence ends a text with a full stop. The name of a file is left as it is.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if first, _, _ := strings.Cut(s, " "); !strings.Contains(first, ".") || !strings.HasSuffix(first, ":") {
		s = capital(s)
	}
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".!?") {
		return s
	}
	return s + "."
}

// opening is the first sentence of a text, without its full stop: what a narrow
// column has room for.
func opening(s string) string {
	first, _, _ := strings.Cut(s, ". ")
	return strings.TrimSuffix(first, ".")
}

// list joins names: "a", "a and b", "a, b and c".
func list(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// lacks says what the extract does not supply, from the reasons of a result.
// What is a column, a table or a code list is named as such; the rest are
// sentences already.
func lacks(missing []string) string {
	var things, sentences []string
	for _, m := range missing {
		table, column, isColumn := strings.Cut(m, ".")
		switch {
		case isColumn && isName(table) && isName(column):
			things = append(things, strings.ReplaceAll(column, "_", " ")+" in "+strings.ReplaceAll(table, "_", " "))
		case isName(m):
			things = append(things, strings.ReplaceAll(m, "_", " "))
		case strings.HasPrefix(m, "codelist "):
			sentences = append(sentences, "The code list "+strings.TrimPrefix(m, "codelist ")+" is empty.")
		default:
			sentences = append(sentences, sentence(m))
		}
	}
	if len(things) > 0 {
		sentences = append([]string{"Missing: " + strings.Join(things, ", ") + "."}, sentences...)
	}
	return strings.Join(sentences, " ")
}

func isName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
}
