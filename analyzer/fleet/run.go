package fleet

import (
	"encoding/json"
	"errors"
	"slices"

	"paperlight/analyzer/visible"
)

// A Run is what became of the extracts of a plan, whether they were read now or before.
type Run struct {
	Format   string `json:"format"`
	Version  int    `json:"version"`
	Extracts []Ran  `json:"extracts"`
}

// A Ran is what became of one extract: the name of the key of its state, or the exit code
// of why there is none.
type Ran struct {
	Number   int    `json:"number"`
	Key      string `json:"key,omitempty"`
	ExitCode int    `json:"exit_code,omitempty"`
}

const runFormat = "paperlight run"

// NewRun is a run of which nothing is known yet.
func NewRun() *Run { return &Run{Format: runFormat, Version: planVersion, Extracts: []Ran{}} }

// Marshal writes the run. Equal runs give equal bytes.
func (r *Run) Marshal() ([]byte, error) { return visible.JSON(r) }

// ReadRun reads one. The error says in words what is wrong.
func ReadRun(text []byte) (*Run, error) {
	var r Run
	if err := json.Unmarshal(text, &r); err != nil || r.Format != runFormat || r.Version != planVersion {
		return nil, errors.New("is no run that assess wrote")
	}
	return &r, nil
}

// Numbers are the places in the plan of the extracts that a practice may be judged by.
func (r *Run) Numbers(s *Standing) (out []int) {
	of := s.Several
	if s.Current != nil {
		of = []*Reading{s.Current}
	}
	for _, x := range r.Extracts {
		if slices.ContainsFunc(of, func(one *Reading) bool { return one.Saved.Key.Name() == x.Key }) {
			out = append(out, x.Number)
		}
	}
	return out
}

// Pick are the states of the run among all, and the extracts that have none. lost counts
// the states that the run names and that are not among all.
func (r *Run) Pick(all Set) (now Set, notRead []NotRead, lost int) {
	for _, x := range r.Extracts {
		switch saved := all.byKey[x.Key]; {
		case x.Key == "":
			notRead = append(notRead, NotRead{Number: x.Number, ExitCode: x.ExitCode})
		case saved == nil || saved.Refused != 0:
			lost++
		default:
			now.Add(saved)
		}
	}
	return now, notRead, lost
}
