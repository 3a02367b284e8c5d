package area

import "paperlight/analyzer/report"

// SchemaVersion is the version of the JSON form. Within a major version only fields are
// added.
const SchemaVersion = "1.0"

// A View is what is said of areas, at its level. Slices are never nil.
type View struct {
	SchemaVersion string       `json:"schema_version"`
	Tool          report.Tool  `json:"tool"`
	Level         report.Level `json:"level"`
	AsOf          string       `json:"as_of"`
	AsOfFrom      AsOfFrom     `json:"as_of_from"`
	// Line is the share of patients, in percent, that uptake is to be over.
	Line int `json:"line_percent"`
	// PaceMonths is over how many months the pace of a forecast is taken.
	PaceMonths int `json:"pace_months"`
	// Scheme and Rules are what extracts were judged by; nil where none was.
	Scheme *report.Scheme  `json:"scheme"`
	Rules  *report.RuleSet `json:"rules"`
	// Whole is all areas together; at the publish level its figures of people are of the
	// areas whose own are shown.
	Whole Area   `json:"whole"`
	Areas []Area `json:"areas"`
	// Practices and Criteria are of the assessor level.
	Practices []Line      `json:"practices"`
	Criteria  []Criterion `json:"criteria"`
	Notes     []string    `json:"notes"`
}

// AsOfFrom says where the as-of date comes from.
type AsOfFrom string

// Where it comes from.
const (
	FromFlag     AsOfFrom = "flag"
	FromFile     AsOfFrom = "file"
	FromExtracts AsOfFrom = "extracts" // the latest of those judged
)

// An Area is what is said of one, or of all together. A figure that is not known or not
// shown is nil; Suppressed names what is not shown.
type Area struct {
	Name       string    `json:"area"` // empty of all together
	Practices  Standings `json:"practices"`
	Uptake     Uptake    `json:"uptake"`
	Forecast   Forecast  `json:"forecast"`
	Spend      Spend     `json:"spend"`
	Progress   []Month   `json:"progress"`
	Ready      []Ready   `json:"ready"`
	Declining  []string  `json:"declining"` // codes, at the assessor level
	Suppressed []string  `json:"suppressed,omitempty"`
}

// Standings count practices. Live, Declined, Waiting and NotInvited have no practice in
// common, and together are All: one that is live has not declined, whatever else is said.
type Standings struct {
	All               *int64 `json:"all"`
	Invited           *int64 `json:"invited"`
	LiveOfInvited     *int64 `json:"live_of_invited"`
	DeclinedOfInvited *int64 `json:"declined_of_invited"`
	Live              *int64 `json:"live"`
	Declined          *int64 `json:"declined"`
	Waiting           *int64 `json:"waiting"`     // invited, and neither of these
	NotInvited        *int64 `json:"not_invited"` // or not known to be
}

// Uptake is records uploaded of registered patients.
type Uptake struct {
	Patients *int64 `json:"patients"`
	Uploaded *int64 `json:"uploaded"`
	// Share is Uploaded / Patients, 6 places. Where uploads of practices are not known it
	// is nil, and lies between AtLeast and AtMost.
	Share   *float64 `json:"share"`
	AtLeast *float64 `json:"at_least"`
	AtMost  *float64 `json:"at_most"`
	Line    LineSide `json:"line"`
	// NoList and NoUploads count practices without the figure.
	NoList    *int64 `json:"practices_without_list_size"`
	NoUploads *int64 `json:"practices_without_uploads"`
}

// LineSide says on which side of the line uptake is.
type LineSide string

// The sides.
const (
	Over       LineSide = "over"
	NotOver    LineSide = "not_over"
	NotKnown   LineSide = "not_known"
	HiddenLine LineSide = "hidden"
)

// A Forecast says when uptake crosses the line at the pace of late.
type Forecast struct {
	Outcome Outcome `json:"outcome"`
	Month   string  `json:"month"` // "2027-03", for Crosses
	// InWindow is the records of the practices that went live in the last PaceMonths
	// months, Needed those that are still missing to be over the line.
	InWindow *int64 `json:"records_in_pace_months"`
	Needed   *int64 `json:"records_needed"`
}

// Outcome is that of a forecast.
type Outcome string

// The outcomes.
const (
	Crosses        Outcome = "crosses"
	AlreadyOver    Outcome = "already_over"
	NoPace         Outcome = "no_pace"      // nothing went live of late
	OutOfReach     Outcome = "out_of_reach" // without practices that declined
	TooFar         Outcome = "too_far"      // over 50 years
	CannotForecast Outcome = "not_known"    // a figure is missing
	HiddenForecast Outcome = "hidden"
)

// Spend is in pence.
type Spend struct {
	Total       *int64 `json:"total_pence"`
	PerRecord   *int64 `json:"per_record_pence"`
	PerPractice *int64 `json:"per_practice_pence"`
	// Of counts the practices with a figure, OfRecord those with one and uploads too, Without
	// those that have none.
	Of       *int64 `json:"practices"`
	OfRecord *int64 `json:"practices_per_record"`
	Without  *int64 `json:"practices_without_spend"`
}

// A Month is how far uptake had come at its end: the practices that were live, and what
// they have uploaded until now.
type Month struct {
	Month    string   `json:"month"`
	Live     int64    `json:"live"`
	Uploaded int64    `json:"uploaded"`
	Share    *float64 `json:"share"`
}

// Ready counts the practices that are ready for an accreditation, of those judged.
type Ready struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Ready  *int64 `json:"ready"`
	Judged *int64 `json:"judged"`
}

// A Line is what is said of one practice.
type Line struct {
	Practice string   `json:"practice"`
	Area     string   `json:"area"`
	Standing Standing `json:"standing"`
	GoLive   string   `json:"go_live"`
	Patients *int64   `json:"patients"`
	Uploaded *int64   `json:"uploaded"`
	Share    *float64 `json:"share"`
	Spend    *int64   `json:"spend_pence"`
	// PerRecord is in pence.
	PerRecord *int64 `json:"per_record_pence"`
	// Verdicts are by the accreditations of Whole.Ready, in their order; empty where the
	// practice was not judged.
	Verdicts []report.Verdict `json:"verdicts"`
}

// Standing is how far a practice has come.
type Standing string

// The standings.
const (
	Live       Standing = "live"
	Declined   Standing = "declined"
	Waiting    Standing = "waiting"
	NotInvited Standing = "not_invited"
)
