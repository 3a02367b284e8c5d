package challenge

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/visible"
)

// SchemaVersion is of the file. What is added within a major version changes nothing
// that was there.
const SchemaVersion = "1.0"

const kind = "paperlight challenges"

// The bounds of a file.
const (
	// MaxBytes is how many bytes one may have.
	MaxBytes   = 16 << 20
	maxSteps   = 10_000
	maxHandles = 100_000 // together
)

// About is the report that is contested.
type About struct {
	Practice string `json:"practice_id"`
	AsOf     string `json:"as_of"` // YYYY-MM-DD
	// Extract, Rules and Scheme are SHA-256 digests, in hex.
	Extract string `json:"extract_sha256"`
	Rules   string `json:"rules_sha256"`
	Scheme  string `json:"scheme_sha256"`
}

// A Kind is what a step does.
type Kind string

// The kinds of step.
const (
	Opened  Kind = "opened"
	Decided Kind = "decided"
)

// A Step is one thing that was said of a challenge.
type Step struct {
	Step      Kind   `json:"step"`
	Challenge int    `json:"challenge"` // its number, from 1
	On        string `json:"on"`        // YYYY-MM-DD
	// Rule, Reason, Count, Failing and Handles are of a step that opens: Count of the
	// Failing records that do not meet the rule are contested.
	Rule    string   `json:"rule,omitempty"`
	Reason  string   `json:"reason,omitempty"`
	Count   int64    `json:"count,omitempty"`
	Failing int64    `json:"failing,omitempty"`
	Handles []string `json:"handles,omitempty"`
	// Outcome and Because are of one that decides.
	Outcome Outcome `json:"outcome,omitempty"`
	Because string  `json:"because,omitempty"`
	// Before is the SHA-256 of what stands before: of About for the first step.
	Before string `json:"before"`
}

// A File is the challenges of one report of a practice.
type File struct {
	SchemaVersion string `json:"schema_version"`
	Kind          string `json:"kind"`
	About
	Steps []Step `json:"steps"`
	// Last is the SHA-256 of the last step.
	Last string `json:"last"`
	// challenges and taken follow from the steps, and grow with them: a file may have so
	// many steps that nobody can go through all of them for each. taken is the challenge
	// of each handle.
	challenges []Challenge
	taken      map[string]int
}

// New is a file without challenges.
func New(about About) *File {
	return &File{SchemaVersion: SchemaVersion, Kind: kind, About: about, Steps: []Step{}, taken: map[string]int{}}
}

// An Error says what cannot be done, or what is wrong with a file.
type Error struct{ Message, Hint string }

func (e *Error) Error() string { return e.Message }

func refuse(hint, format string, args ...any) error {
	return &Error{fmt.Sprintf(format, args...), hint}
}

var errNotOurs = &Error{"is not a file of challenges", "give the file that challenge open wrote"}

// errEdited says that the file is not as steps of ours leave it.
func errEdited(step int) error {
	return refuse("take a copy as paperlight wrote it; a step is added by challenge open or challenge decide alone", "was changed by hand, or cut: step %d is not as it was written", step)
}

// Read reads a file, and holds it to what steps of ours can leave.
func Read(text []byte) (*File, error) {
	f := &File{}
	read := json.NewDecoder(bytes.NewReader(text))
	read.DisallowUnknownFields()
	if len(text) > MaxBytes || read.Decode(f) != nil || f.Kind != kind {
		return nil, errNotOurs
	}
	if f.SchemaVersion != SchemaVersion {
		return nil, &Error{"is of another version of paperlight", "read it with that version"}
	}
	steps := f.Steps
	again := New(f.About)
	for i, s := range steps {
		before := again.last()
		if err := again.add(s); err != nil || s.Before != before {
			return nil, errEdited(i + 1)
		}
	}
	if f.Last != again.Last || len(steps) == 0 {
		return nil, errEdited(len(steps))
	}
	if whole, err := again.Text(); err != nil || !bytes.Equal(whole, text) {
		return nil, errEdited(1)
	}
	return again, nil
}

// Text is the file as it is kept.
func (f *File) Text() ([]byte, error) { return visible.JSON(f) }

func digest(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // of strings and numbers
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// last is the digest of what the next step stands behind.
func (f *File) last() string {
	if len(f.Steps) == 0 {
		return digest(f.About)
	}
	return f.Last
}

// Open adds a challenge of records by their handles, and returns its number.
func (f *File) Open(on, rule, reason string, failing int64, handles []string) (int, error) {
	handles = slices.Clone(handles)
	slices.Sort(handles)
	number := len(f.challenges) + 1
	return number, f.add(Step{Step: Opened, Challenge: number, On: on, Rule: rule, Reason: reason, Count: int64(len(handles)), Failing: failing, Handles: handles})
}

// Decide adds what was decided of a challenge.
func (f *File) Decide(on string, number int, outcome Outcome, because string) error {
	return f.add(Step{Step: Decided, Challenge: number, On: on, Outcome: outcome, Because: because})
}

// add adds a step where it may follow.
func (f *File) add(s Step) error {
	if err := f.may(&s); err != nil {
		return err
	}
	s.Before = f.last()
	f.Steps = append(f.Steps, s)
	f.Last = digest(s)
	f.follow(&s)
	return nil
}

// follow keeps what follows from a step.
func (f *File) follow(s *Step) {
	if s.Step == Decided {
		c := &f.challenges[s.Challenge-1]
		c.Outcome, c.Because, c.DecidedOn = s.Outcome, s.Because, s.On
		return
	}
	f.challenges = append(f.challenges, Challenge{Number: s.Challenge, Rule: s.Rule, Reason: s.Reason, Count: s.Count, Failing: s.Failing, OpenedOn: s.On, Handles: s.Handles})
	for _, h := range s.Handles {
		f.taken[h] = s.Challenge
	}
}

// may refuses a step that may not follow.
func (f *File) may(s *Step) error {
	if _, ok := calendar.Parse(s.On); !ok {
		return refuse("", "want the day of a step as YYYY-MM-DD")
	}
	if n := len(f.Steps); n > 0 && s.On < f.Steps[n-1].On {
		return refuse("steps are added in the order of their days: give this day, or a later one", "the last step is of %s, and this one of an earlier day", f.Steps[n-1].On)
	}
	if len(f.Steps) >= maxSteps {
		return refuse("begin another file", "has %d steps, and takes no more", maxSteps)
	}
	switch s.Step {
	case Opened:
		return f.mayOpen(s)
	case Decided:
		return f.mayDecide(s)
	}
	return errNotOurs
}

// ruleForm is that of the id of a check, and longestRule how long one is: an assessor lists
// a file before the report is at hand, and a sentence is not to be told as a check.
var ruleForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*(#[a-z0-9]+(-[a-z0-9]+)*)?$`)

const longestRule = 200

func (f *File) mayOpen(s *Step) error {
	for i, h := range s.Handles {
		if typed, ok := ParseHandle(h); !ok || typed != h {
			return refuse("challenge handles lists them", "want handles of the form 4KQ7-9XWM-2TBE")
		}
		if number := f.taken[h]; number != 0 {
			return refuse("challenge list says how it stands", "handle %s is contested already, in challenge %d", h, number)
		}
		if i > 0 && s.Handles[i-1] >= h {
			return refuse("", "handle %s is given twice", h)
		}
	}
	switch {
	case Says(Reasons, s.Reason) == "":
		return refuse("the reasons are: "+strings.Join(IDs(Reasons), ", "), "want a reason of the list")
	case len(s.Handles) == 0 || s.Count != int64(len(s.Handles)):
		return refuse("challenge handles lists them", "want the handle of one record or more")
	case s.Count > s.Failing:
		return refuse("", "%d records are contested, and %d do not meet the check", s.Count, s.Failing)
	case len(f.taken)+len(s.Handles) > maxHandles:
		return refuse("contest the check as a whole with the assessor", "more than %d records are contested", maxHandles)
	case len(s.Rule) > longestRule || !ruleForm.MatchString(s.Rule) || s.Outcome != "" || s.Because != "" || s.Challenge != len(f.challenges)+1:
		return errNotOurs
	}
	return nil
}

func (f *File) mayDecide(s *Step) error {
	if s.Challenge < 1 || s.Challenge > len(f.challenges) {
		return refuse("challenge list numbers them", "there is no challenge %d in the file, so none that can be decided", s.Challenge)
	}
	c := &f.challenges[s.Challenge-1]
	switch {
	case c.Outcome != "":
		return refuse("what was decided stands; the practice may contest the next report", "challenge %d is decided already, on %s", s.Challenge, c.DecidedOn)
	case Because[s.Outcome] == nil:
		return refuse("the outcomes are: "+strings.Join(IDs(Outcomes), ", "), "want an outcome of the list")
	case Says(Because[s.Outcome], s.Because) == "":
		return refuse("they are: "+strings.Join(IDs(Because[s.Outcome]), ", "), "want one of the grounds for %s", s.Outcome)
	case s.Rule != "" || s.Reason != "" || s.Count != 0 || s.Failing != 0 || s.Handles != nil:
		return errNotOurs
	}
	return nil
}

// A Challenge is how one stands.
type Challenge struct {
	Number         int
	Rule, Reason   string
	Count, Failing int64
	OpenedOn       string
	Handles        []string
	// Outcome is empty while the challenge is open.
	Outcome   Outcome
	Because   string
	DecidedOn string
}

// Challenges are those of the file, by number.
func (f *File) Challenges() []Challenge { return slices.Clone(f.challenges) }
