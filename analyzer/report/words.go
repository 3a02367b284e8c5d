package report

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/figures"
)

// The fixed sentences of the forms for people.
const (
	careLine      = "Not for direct care. It gives no diagnosis and no treatment advice."
	readinessLine = "This report shows readiness. It accredits nobody."

	slipsLine = "A file may be missing or a name misspelt: see below, put it right and run again."
	wholeLine = "Run paperlight inside the practice, on an extract of the whole list."

	requiredHeading  = "What the scheme asks for"
	slipsHeading     = "What may be missing or misspelt"
	stopsHeading     = "What stops you"
	unjudgedHeading  = "What may stop you and could not be checked"
	answersHeading   = "What else the practice has to answer"
	optionsHeading   = "What was chosen for this run and changes the result"
	goodHeading      = "What is already good"
	shownHeading     = "Worth knowing"
	annexHeading     = "Annex"
	unseenHeading    = "What this extract cannot show, and where to look"
	readingHeading   = "How the file was read"
	ledgerHeading    = "All checks"
	notesHeading     = "Notes"
	practicesHeading = "All practices"
	allHeading       = "About all practices"

	stopsLead   = "None of these is met yet. Each must be put right before the practice is ready."
	untimedLead = "None of these is met yet."
	jobsLead    = "None of these is met yet. What gains most for its time comes first. The times are our own estimates."
	answerLead  = "Only the practice can answer these. No extract shows them."
	answersOpen = "Answers were given in a file. Beside each question that is still open stands why its answer was not used."
	answerHow   = "To answer, run paperlight declare new, fill in the file that it writes, and check again with --declarations."
	shownLead   = "These are not judged. Look at the figures and see if you are content with them."
	absentLead  = "The extract lacks the data for these checks."
	countedLead = "These were counted, but the counts do not settle them."
	fewLead     = "Too few to judge. An assessor can check these by hand."

	nothingGood = "No check is met yet."
	noScheme    = "Nothing was judged: no scheme was given."
)

var levelWords = map[Level]string{
	Practice: "Practice level: exact counts. Keep this where the extract is kept.",
	Assessor: "Assessor level: exact counts, no record keys and no staff codes.",
	Publish:  "Publish level: counts of 1 to 14 are hidden, the others rounded to the nearest 10. The verdict is exact.",
}

var verdictWords = map[Verdict]string{
	Damaged: "Damaged file", NotReady: "Not ready", Undecided: "Cannot tell", AnswersNeeded: "Answers needed", NearlyReady: "Nearly ready", Ready: "Ready",
}

// Words is the verdict as people read it.
func (v Verdict) Words() string { return cmp.Or(verdictWords[v], "Not judged") }

var statusWords = map[Status]string{
	NotAssessable: "not checked", Failed: "not met", TooFew: "too few", NotApplicable: "does not apply", Passed: "met", Shown: "not judged", Hidden: "not shown",
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
	"patients":          {"patient", "patients"},
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
	"control_totals":    {"figure of the clinical system", "figures of the clinical system"},
}

// Records is a count of the rows of a table. Those of patients are people: it is
// they who opt out, not their records.
func Records(n int64, table string) string {
	words, ok := recordWords[table]
	if !ok {
		words = [2]string{"record", "records"}
	}
	return figures.Plural(n, words[0], words[1])
}

// Words is the outcome of a check as reports say it.
func (s Status) Words() string { return statusWords[s] }

// score writes a score out of 100, or that there is none.
func score(hundredths *int64) string {
	if hundredths == nil {
		return "no score"
	}
	return figures.Points(*hundredths) + " of 100"
}

// markWords says a threshold: "at least 80%".
func markWords(threshold string) string {
	switch threshold {
	case "", "100%":
		return threshold
	case "yes":
		return "the answer yes"
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
	at, ok := calendar.Parse(day)
	if !ok {
		return day
	}
	return at.Words()
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
	first, rest, _ := strings.Cut(s, " ")
	place := strings.HasSuffix(first, ":") || strings.HasPrefix(rest, "record") || strings.HasPrefix(rest, "line ")
	if !strings.Contains(first, ".") || !place {
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

// either joins choices: "M, F, I or U".
func either(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

// spaced is the name of a table or column as words, with the short forms that
// people know.
func spaced(name string) string {
	words := strings.Split(name, "_")
	for i, w := range words {
		if short, ok := shortForms[w]; ok {
			words[i] = short
		}
	}
	return strings.Join(words, " ")
}

var shortForms = map[string]string{"nhs": "NHS", "gp": "GP", "ods": "ODS", "scr": "SCR", "bnf": "BNF", "snomed": "SNOMED", "ubrn": "UBRN", "dmd": "dm+d"}

// Lacks says what the extract does not supply, from the reasons of a result.
// What is a column, a table or a code list is named as such; the rest are
// sentences already.
func Lacks(missing []string) string {
	var things, sentences []string
	for _, m := range missing {
		named, ok := thing(m)
		switch {
		case ok:
			things = append(things, named)
		case strings.HasPrefix(m, "an answer of the practice: "):
			sentences = append(sentences, "The practice has not answered the question "+strings.TrimPrefix(m, "an answer of the practice: ")+" yet.")
		case strings.HasPrefix(m, "codelist "):
			sentences = append(sentences, "The list of codes that this check needs, "+strings.TrimPrefix(m, "codelist ")+", is empty. You can give one with --codelists.")
		default:
			sentences = append(sentences, sentence(m))
		}
	}
	if len(things) > 0 {
		sentences = append([]string{"The extract has no " + either(things) + "."}, sentences...)
	}
	return strings.Join(sentences, " ")
}

// thing names what a reason calls by its name: a table, a column, or several of
// which one would do.
func thing(reason string) (named string, ok bool) {
	var names []string
	for one := range strings.SplitSeq(reason, " or ") {
		table, column, isColumn := strings.Cut(one, ".")
		switch {
		case isColumn && isName(table) && isName(column):
			names = append(names, spaced(column)+" in "+spaced(table))
		case isName(one):
			names = append(names, spaced(one))
		default:
			return "", false
		}
	}
	return strings.Join(names, " or "), true
}

func isName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
}
