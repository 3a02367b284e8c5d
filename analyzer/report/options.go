package report

// AnswersTaken is what the option of a file of answers says.
const AnswersTaken = "answers of the practice were taken from a file"

// Options are what the forms for people depend on beside the report.
type Options struct {
	// Width of the text form in columns; 0 is 80.
	Width int
	// Color marks verdicts in the text form with terminal colours.
	Color bool
	// Worklists names the file of failing records of a rule, by rule id, where
	// one is written.
	Worklists map[string]string
}
