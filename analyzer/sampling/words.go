package sampling

import "strings"

// The answers that a line may have, as they stand on the sheets.
const (
	AsItShouldBe    = "as it should be"
	NotAsItShouldBe = "not as it should be"
	CannotTell      = "cannot tell"
)

// Answers are all of them.
var Answers = []string{AsItShouldBe, NotAsItShouldBe, CannotTell}

// Reasons are those that a line may have. "cannot tell" needs one.
var Reasons = []string{
	"record not found",
	"paper record is missing",
	"too little is recorded",
	"a clinician has to say",
	"recorded in another place",
	"recorded wrongly",
	"the question does not fit",
}

// The columns of the sheets, in their order.
const (
	columnLine     = "line"
	columnRule     = "check"
	columnQuestion = "question"
	columnKind     = "kind of entry"
	columnPatient  = "patient"
	columnRecord   = "record"
	columnDate     = "date"
	columnCode     = "code of the entry"
	columnAnswer   = "answer"
	columnReason   = "reason"
	columnMark     = "mark"
	columnDraw     = "draw"
)

var columns = []string{columnLine, columnRule, columnQuestion, columnKind, columnPatient, columnRecord, columnDate, columnCode, columnAnswer, columnReason, columnMark, columnDraw}

// tickSheet is the name of the sheet to fill in.
const tickSheet = "Tick sheet"

// cells are the line in the order of the columns.
func (l *Line) cells(draw string, number string) []string {
	return []string{number, l.Rule, l.rule.Question, l.Kind, l.Patient, l.ID, l.Date, l.Code, "", "", l.Mark, draw}
}

// howTo says how a sheet is filled in.
var howTo = []string{
	"Look up each record in the clinical system, and on paper where that is the question. Say what you find, not what you expect.",
	"Answer: \"" + AsItShouldBe + "\" where the answer to the question is yes for this record. \"" + NotAsItShouldBe + "\" where it is no. \"" + CannotTell + "\" where nobody can say.",
	"Reason: needed with \"" + CannotTell + "\". Otherwise you may leave it empty. The reasons are: " + strings.Join(Reasons, "; ") + ".",
	"Some of these records meet the check and some do not. The sheet does not say which: please do not look it up before you answer.",
	"You may sort and filter. Leave all other columns as they are: a line that was changed is refused.",
	"The sheets are about your patients. Keep them in the practice, and delete them when the result is written.",
}
