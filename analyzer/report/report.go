// Package report is the outcome of a run as plain data, and its renderings. A
// Report knows no rule, engine or Arrow type: it holds all that a renderer
// shows. Nothing in it names a patient.
package report

import "encoding/json"

// SchemaVersion is the version of the JSON form. Within a major version only
// fields are added.
const SchemaVersion = "1.1"

// A Level says who may see the report.
type Level string

// The levels, most exact first.
const (
	Practice Level = "practice" // exact, stays where the extract is
	Assessor Level = "assessor" // exact counts, no keys, no staff codes
	Publish  Level = "publish"  // small counts hidden, the rest rounded
)

// A Report is the outcome of one run over one or several extracts, in the order it is
// written. Slices are never nil, so that JSON has [] and not null.
type Report struct {
	SchemaVersion string `json:"schema_version"`
	Tool          Tool   `json:"tool"`
	// Extracts are all that were read; Extract is the one, or what they are
	// together.
	Extracts []ExtractRead `json:"extracts"`
	Extract  Extract       `json:"extract"`
	// NotRead are the extracts that could not be read: nothing is said of their
	// practices.
	NotRead []NotRead `json:"not_read,omitempty"`
	Scheme  Scheme    `json:"scheme"`
	Rules   RuleSet   `json:"rules"`
	Level   Level     `json:"level"`
	// Options are what changed a result of this run, in a fixed order; empty
	// where all was as usual.
	Options []Option `json:"options"`
	// Selection: rules were chosen or left out, so that nothing has a verdict
	// or a score.
	Selection bool             `json:"selection"`
	Practices []PracticeReport `json:"practices"`
	// RuleTexts describe the rules named below, sorted by id, so that a
	// renderer needs nothing else.
	RuleTexts []RuleText `json:"rule_texts"`
	Notes     []string   `json:"notes"`
}

// Tool names the program.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Extract says what was read.
type Extract struct {
	Name   string  `json:"name"`
	System string  `json:"system"`
	Format string  `json:"format"`
	SHA256 string  `json:"sha256"`
	Tables []Table `json:"tables"`
	// Slips name side tables that are missing, and columns and files that nothing is
	// read from and that are probably misspelt.
	Slips []string `json:"slips"`
	// Identifying is what could identify people; nil where nobody looked.
	Identifying *Identifying `json:"identifying,omitempty"`
}

// ExtractRead identifies one extract of a run.
type ExtractRead struct {
	Name    string   `json:"name"`
	System  string   `json:"system"`
	Format  string   `json:"format"`
	SHA256  string   `json:"sha256"`
	Options []Option `json:"options"` // those that say how it was read
	// Integrity says whether the files are as they were sent.
	Integrity Integrity `json:"integrity"`
	// Chosen are the report's options as they are of this extract, for the forms that
	// people read; set where there are several.
	Chosen []Option `json:"-"`
	// What Extract says of all, for this one; not given where it is the only one.
	Tables      []Table      `json:"tables,omitempty"`
	Slips       []string     `json:"slips,omitempty"`
	Identifying *Identifying `json:"identifying,omitempty"`
}

// NotRead is an extract that could not be read. Name, Says and Hint may name files, and
// are empty but at the practice level.
type NotRead struct {
	Name string `json:"name"`
	// ExitCode says of what kind the reason is: it is the exit code of a run over this
	// extract alone.
	ExitCode int    `json:"exit_code"`
	Says     string `json:"says"`
	Hint     string `json:"hint"`
}

// Option is one thing asked for that changes a result.
type Option struct {
	Name  string `json:"name"`  // "--as-of"
	Value string `json:"value"` // "2026-03-31", a file's base name; may be empty
	// SHA256 is of the file or the catalogue that Value names; empty where it names
	// none.
	SHA256 string `json:"sha256"`
	// Says is the option in a sentence for people.
	Says string `json:"says"`
	// File: Value names a file or a folder, which stays where the extract is.
	File bool `json:"-"`
	// Reads: it says how the extract was read, and not how it was judged.
	Reads bool `json:"-"`
}

// Table is the reading of one canonical table.
type Table struct {
	Table     string `json:"table"`
	Rows      int64  `json:"rows"`
	Rejected  int64  `json:"rejected"`
	Malformed int64  `json:"malformed"`
	Orphans   int64  `json:"orphans"`
	// DuplicateIDs counts rows whose record id an earlier row of the patient
	// carries; null where ids were not counted (see the notes).
	DuplicateIDs     *int64 `json:"duplicate_ids"`
	PracticeMismatch int64  `json:"practice_mismatch"`
	// LeftOut counts rows beside these that are not the practice's today: deleted,
	// replaced by a later set, or another organisation's.
	LeftOut       int64    `json:"left_out,omitempty"`
	AbsentColumns []string `json:"absent_columns"`
	// Faults are the malformed columns and the rejects, with the first
	// positions; never a value.
	Faults []Fault `json:"faults"`
}

// Fault counts one kind of fault in one table.
type Fault struct {
	// Column is empty for rejects.
	Column string `json:"column"`
	// Want says what was expected: "a date YYYY-MM-DD", "one of M, F, I, U".
	Want  string `json:"want"`
	Count int64  `json:"count"`
	// First are the first positions, as file and record number, at most 5. For
	// the forms that people read: they depend on the order of rows and the
	// names of files, so the JSON form, which must not, leaves them out.
	First []Position `json:"-"`
}

// Position is a record of a source file, counted from 1.
type Position struct {
	File   string `json:"file"`
	Record int64  `json:"record"`
}

// Scheme identifies the scheme used.
type Scheme struct {
	ID        string `json:"id"`
	Version   string `json:"version"`
	Title     string `json:"title"`
	Statement string `json:"statement"`
	// ReadyTo is what a practice that is ready may do next, such as apply; empty
	// where the scheme leads to nothing.
	ReadyTo string `json:"ready_to,omitempty"`
	SHA256  string `json:"sha256"`
}

// RuleSet identifies the rules used.
type RuleSet struct {
	Version string `json:"version"`
	SHA256  string `json:"sha256"`
	Count   int    `json:"count"`
}

// PracticeReport is the outcome for one practice.
type PracticeReport struct {
	PracticeID         string `json:"practice_id"`
	ODSCode            string `json:"ods_code"`
	Name               string `json:"name"`
	AsOf               string `json:"as_of"`
	AsOfFrom           string `json:"as_of_from"`
	RegisteredPatients *int64 `json:"registered_patients"`
	// Extract is the place in Extracts of the one that the practice is of, from 0.
	Extract int      `json:"extract"`
	Results []Result `json:"results"`
	// Requirements are in the order of the scheme; empty where it lists none.
	Requirements   []Requirement   `json:"requirements"`
	Accreditations []Accreditation `json:"accreditations"`
	// Questions are the answers that would settle what is open here, each once, in
	// the order of the report: what a file of questions asks, no more and no less.
	Questions []Question `json:"questions"`
	Notes     []string   `json:"notes"`
}

// Question is an answer asked of the practice.
type Question struct {
	Key string `json:"key"`
	// Rules are those it bears on; the first words it.
	Rules []string `json:"rules"`
	// Needed: a verdict waits for it. Blocks: it is of a check that can stop the
	// practice.
	Needed bool `json:"needed"`
	Blocks bool `json:"blocks"`
}

// Result is what one rule counted. Denominator is nil where there is no
// evidence. A count hidden at the publish level is nil and its field is named
// in Suppressed.
type Result struct {
	Rule         string      `json:"rule"`
	Code         string      `json:"code"`
	Numerator    *int64      `json:"numerator"`
	Denominator  *int64      `json:"denominator"`
	Excluded     *int64      `json:"excluded"`
	Undetermined *int64      `json:"undetermined"`
	Unknown      *int64      `json:"unknown"`
	Rate         *float64    `json:"rate"`     // numerator / denominator, 6 places
	Interval     *[2]float64 `json:"interval"` // Wilson 95 %, 6 places
	Value        *float64    `json:"value"`
	Missing      []string    `json:"missing"` // why it is not assessable
	Notes        []string    `json:"notes"`
	Suppressed   []string    `json:"suppressed,omitempty"`
	// Beside is what was counted beside the rule, in the order of its page;
	// Batch the days of the entries that make up the numerator, where the rule
	// looks at them. Neither is ever judged.
	Beside []Beside `json:"beside,omitempty"`
	Batch  *Batch   `json:"batch,omitempty"`
}

// Beside is a figure shown beside a measure. Denominator is nil where the
// extract cannot supply it, and Numerator where it is a plain count.
type Beside struct {
	Name        string   `json:"name"`
	Title       string   `json:"title"`
	Table       string   `json:"table"`
	Numerator   *int64   `json:"numerator"`
	Denominator *int64   `json:"denominator"`
	Rate        *float64 `json:"rate"`
	// Value is a number of the practice, shown in place of a count; nil where the
	// part counts.
	Value   *float64 `json:"value,omitempty"`
	Missing []string `json:"missing"` // why there is no figure
}

// Batch says how the entries that make up a numerator crowd on days. Counts are
// nil where the extract cannot supply them, shares where there is no entry.
type Batch struct {
	Entries    *int64 `json:"entries"` // that have a day
	BusiestDay string `json:"busiest_day"`
	Busiest    *int64 `json:"busiest"` // entries of that day
	Last28     *int64 `json:"last_28"` // entries of the 28 days up to the as-of date
	// The shares of the entries, 6 places.
	BusiestShare *float64 `json:"busiest_share"`
	Last28Share  *float64 `json:"last_28_share"`
	// More than a fifth of at least 20 entries: perhaps a batch, which an
	// assessor should sample. It fails nothing.
	ManyOnOneDay bool     `json:"many_on_one_day"`
	ManyInLast28 bool     `json:"many_in_last_28"`
	Missing      []string `json:"missing"` // why there are no counts
}

// Status is the outcome of a criterion.
type Status string

// The statuses, in order of attention.
const (
	NotAssessable Status = "not_assessable"
	Failed        Status = "failed"
	TooFew        Status = "too_few"
	NotApplicable Status = "not_applicable"
	Passed        Status = "passed"
	Shown         Status = "info" // info rules: not judged
	// Hidden is of the publish level: the outcome would tell a hidden count.
	Hidden Status = "hidden"
)

// Verdict is the outcome of an accreditation.
type Verdict string

// The verdicts.
const (
	NotReady      Verdict = "not_ready"
	AnswersNeeded Verdict = "answers_needed"
	NearlyReady   Verdict = "nearly_ready"
	Ready         Verdict = "ready"
	Damaged       Verdict = "damaged" // the file set stopped scoring
	// Undecided is cannot_tell: what is missing no answer can give.
	Undecided Verdict = "cannot_tell"
	// NoVerdict is of a selection of rules; null in JSON.
	NoVerdict Verdict = ""
)

// MarshalJSON writes that there is no verdict as null.
func (v Verdict) MarshalJSON() ([]byte, error) {
	if v == NoVerdict {
		return []byte("null"), nil
	}
	return json.Marshal(string(v))
}

// RequirementStatus is the outcome of a requirement.
type RequirementStatus string

// The outcomes of a requirement.
const (
	Met        RequirementStatus = "met"
	NotMet     RequirementStatus = "not_met"
	CannotTell RequirementStatus = "cannot_tell"
	NotShown   RequirementStatus = "hidden" // a hidden status may decide it
)

// Requirement is one thing that the source of the scheme asks for. The blocker
// and major criteria that serve it decide it: met where those judged all
// passed, not met where one failed. Where none was judged, or a blocker has no
// evidence and none failed, nobody can tell.
type Requirement struct {
	ID     string            `json:"id"`
	Kind   string            `json:"kind"` // essential or desirable
	Title  string            `json:"title"`
	Status RequirementStatus `json:"status"`
	// DecidedBy are the rules that decide it, sorted: those that failed where
	// it is not met, that passed where it is met, and that wait for evidence
	// where nobody can tell.
	DecidedBy []string `json:"decided_by"`
	// Judged counts the rules that passed or failed, of the Checks that apply.
	Judged int `json:"judged"`
	Checks int `json:"checks"`
}

// Accreditation is the readiness for one accreditation.
type Accreditation struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	// Verdict. Where it is damaged, the statuses of the criteria are what the
	// damaged file counted: only those of BlockersFailed can be relied on.
	Verdict Verdict `json:"verdict"`
	// Score, AssuredScore and Coverage are in hundredths of a percent; nil where
	// nothing was scored. The assured score counts as not met whatever has no
	// evidence: weight met of the weight of all criteria.
	Score        *int64 `json:"score"`
	AssuredScore *int64 `json:"assured_score"`
	Coverage     *int64 `json:"coverage"`
	// ScoreBetween are the least and the most that a score can be that is not
	// shown, made of the outcomes that are.
	ScoreBetween   *[2]int64 `json:"score_between,omitempty"`
	BlockersFailed []string  `json:"blockers_failed"`
	// BlockersUnjudged are the blockers without evidence.
	BlockersUnjudged []string `json:"blockers_unjudged"`
	// AnswersNeeded are the rules that an answer, a side file or a check by hand
	// would settle, where the verdict turns on them.
	AnswersNeeded []string `json:"answers_needed"`
	// Undecided says why nobody can tell; empty unless the verdict is
	// cannot_tell.
	Undecided []string `json:"undecided"`
	WaitsFor  []string `json:"waits_for"` // accreditations that must be ready first and are not
	// NotAsked are the rules that are asked of an extract that leaves the practice
	// alone, and that this one, which stays, would not meet.
	NotAsked []string    `json:"not_asked"`
	Criteria []Criterion `json:"criteria"`
	// Suppressed names the fields hidden at the publish level, where the outcome
	// of a criterion is.
	Suppressed []string `json:"suppressed,omitempty"`
}

// Criterion is one line of the ledger.
type Criterion struct {
	Rule          string `json:"rule"`
	Requirement   string `json:"requirement"`
	Severity      string `json:"severity"`
	Weight        int    `json:"weight"`
	Threshold     string `json:"threshold"` // "80%", "<= 5%"
	ThresholdFrom string `json:"threshold_from"`
	Status        Status `json:"status"`
	Basis         string `json:"basis"` // measured, declared, verified or empty
	Owner         string `json:"owner"`
	// Failing counts the records to look at: those that do not meet the rule
	// or, where the threshold is a share of faults, those that have it.
	Failing *int64 `json:"failing"`
	// ToFix is the fewest of these whose repair meets the threshold.
	ToFix *int64 `json:"to_fix"`
	// Points of Of, in whole hundredths of the score; the Points of all
	// criteria add up to the Score exactly. Progress is how far the rate has
	// come towards the threshold, in hundredths of a percent; never scored.
	Points   int64  `json:"points"`
	Of       int64  `json:"of"`
	Progress *int64 `json:"progress"`
	// Why says why a criterion that was counted has no evidence all the same;
	// may be empty.
	Why string `json:"why"`
	// Suppressed names the fields hidden at the publish level.
	Suppressed []string `json:"suppressed,omitempty"`
	// Tier is the best tier met, where the rule has tiers.
	Tier string `json:"tier,omitempty"`
}

// RuleText is what a reader is told of a rule.
type RuleText struct {
	Rule  string `json:"rule"`
	Code  string `json:"code"`
	Title string `json:"title"` // as if all were well
	// Question is the title as a question, for what nobody knows yet.
	Question  string `json:"question"`
	Dimension string `json:"dimension"`
	Table     string `json:"table"`
	Fix       string `json:"fix"`
	Where     string `json:"where_to_look"` // screen or report to look at; may be empty
	Owner     string `json:"owner"`
	Evidence  string `json:"evidence"`
	// Declares is the key of the declaration that answers it; may be empty.
	Declares  string `json:"declares"`
	Published bool   `json:"published"`
	// MinutesOnce and MinutesEach are our own estimate of the work: for the whole,
	// and for each record.
	MinutesOnce int `json:"minutes_once"`
	MinutesEach int `json:"minutes_each"`
	// ValueOf says what the value counts, one and several; may be empty.
	ValueOf []string `json:"value_of,omitempty"`
}
