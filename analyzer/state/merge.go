package state

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"paperlight/analyzer/schema"
)

// Merge joins the states of different practices into the state of all. It
// changes neither argument. States of different rule sets, or that both hold
// a practice, do not merge.
func Merge(a, b *State) (*State, error) {
	switch {
	case a.empty():
		return b.clone(), nil
	case b.empty():
		return a.clone(), nil
	case !slices.Equal(a.Rules, b.Rules):
		return nil, fmt.Errorf("states of different rule sets do not merge")
	}
	out := a.clone()
	out.Practices = append(out.Practices, b.clone().Practices...)
	slices.SortFunc(out.Practices, func(x, y PracticeState) int { return cmp.Compare(x.ID, y.ID) })
	for i := 1; i < len(out.Practices); i++ {
		if out.Practices[i].ID == out.Practices[i-1].ID {
			return nil, fmt.Errorf("both states hold practice %d of the merged list, want each practice in one", i)
		}
	}
	for _, t := range b.Tables {
		at, found := slices.BinarySearchFunc(out.Tables, t.Table.Index, func(x TableState, i int) int { return x.Table.Index - i })
		if !found {
			out.Tables = slices.Insert(out.Tables, at, t.clone())
			continue
		}
		out.Tables[at].add(&t)
	}
	out.Notes = append(out.Notes, b.Notes...)
	slices.Sort(out.Notes)
	out.Notes = slices.Compact(out.Notes)
	return out, nil
}

func (s *State) empty() bool {
	return s == nil || len(s.Rules)+len(s.Practices)+len(s.Tables)+len(s.Notes) == 0
}

// clone returns a copy that shares nothing, in the order that Merge gives.
func (s *State) clone() *State {
	if s == nil {
		return &State{}
	}
	out := &State{Rules: slices.Clone(s.Rules), Practices: slices.Clone(s.Practices), Notes: slices.Clone(s.Notes)}
	for i := range out.Practices {
		out.Practices[i].Tallies = slices.Clone(out.Practices[i].Tallies)
		out.Practices[i].Rows = slices.Clone(out.Practices[i].Rows)
		out.Practices[i].Gaps = slices.Clone(out.Practices[i].Gaps)
		out.Practices[i].Doubts = slices.Clone(out.Practices[i].Doubts)
		out.Practices[i].Damage = slices.Clone(out.Practices[i].Damage)
		for j := range out.Practices[i].Gaps {
			out.Practices[i].Gaps[j].Systems = slices.Clone(out.Practices[i].Gaps[j].Systems)
		}
		out.Practices[i].Days = slices.Clone(out.Practices[i].Days)
		for j := range out.Practices[i].Days {
			d := &out.Practices[i].Days[j]
			d.Counts = slices.Clone(d.Counts)
			if d.Sum != nil {
				sum := *d.Sum
				d.Sum = &sum
			}
		}
	}
	for i := range s.Tables {
		out.Tables = append(out.Tables, s.Tables[i].clone())
	}
	slices.Sort(out.Notes)
	out.Notes = slices.Compact(out.Notes)
	return out
}

func (t *TableState) clone() TableState {
	out := *t
	out.Absent = slices.Clone(t.Absent)
	out.Faults = slices.Clone(t.Faults)
	for i := range out.Faults {
		out.Faults[i].First = slices.Clone(out.Faults[i].First)
	}
	return out
}

// add joins the counts of the same table of another extract. A column counts
// as absent where either lacks it.
func (t *TableState) add(o *TableState) {
	t.Rows += o.Rows
	t.Rejected += o.Rejected
	t.Malformed += o.Malformed
	t.Orphans += o.Orphans
	t.PracticeMismatch += o.PracticeMismatch
	t.LeftOut += o.LeftOut
	t.DerivedKey = t.DerivedKey || o.DerivedKey
	if t.DuplicateIDs < 0 || o.DuplicateIDs < 0 {
		t.DuplicateIDs = -1
	} else {
		t.DuplicateIDs += o.DuplicateIDs
	}
	t.Absent = append(t.Absent, o.Absent...)
	slices.SortFunc(t.Absent, func(a, b string) int { return t.Table.Column(a).Index - t.Table.Column(b).Index })
	t.Absent = slices.Compact(t.Absent)
	for _, f := range o.Faults {
		at := slices.IndexFunc(t.Faults, func(x Fault) bool { return x.Column == f.Column })
		if at < 0 {
			f.First = slices.Clone(f.First)
			t.Faults = append(t.Faults, f)
			continue
		}
		t.Faults[at].add(&f)
	}
	slices.SortFunc(t.Faults, func(a, b Fault) int { return a.place() - b.place() })
}

// place orders faults by column; rejects come last.
func (f *Fault) place() int {
	if f.Column == nil {
		return 1 << 16
	}
	return f.Column.Index
}

// firstPositions is how many positions a fault keeps.
const firstPositions = 5

func (f *Fault) add(o *Fault) {
	f.Count += o.Count
	f.First = append(f.First, o.First...)
	slices.SortFunc(f.First, func(a, b Position) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Record, b.Record))
	})
	f.First = f.First[:min(len(f.First), firstPositions)]
}

// version is of the stored form; another one is refused.
const version = 1

// stored is the stored form: as a State, with tables and columns by name.
type stored struct {
	Version   int             `json:"version"`
	Rules     []string        `json:"rules"`
	Practices []PracticeState `json:"practices"`
	Tables    []storedTable   `json:"tables"`
	Notes     []string        `json:"notes"`
}

type storedTable struct {
	Name   string `json:"table"`
	Counts TableState
	Faults []storedFault `json:"faults"`
}

type storedFault struct {
	Column string `json:"column"`
	Fault
}

// Marshal stores the state, with sums in place of counts by day. Equal states are stored
// in equal bytes.
func (s *State) Marshal() ([]byte, error) {
	out := stored{Version: version, Rules: s.Rules, Practices: summed(s.Practices), Notes: s.Notes}
	for i := range s.Tables {
		t := storedTable{Name: s.Tables[i].Table.Name, Counts: s.Tables[i]}
		t.Counts.Table, t.Counts.Faults = nil, nil
		for _, f := range s.Tables[i].Faults {
			x := storedFault{Fault: f}
			if x.Fault.Column = nil; f.Column != nil {
				x.Column = f.Column.Name
			}
			t.Faults = append(t.Faults, x)
		}
		out.Tables = append(out.Tables, t)
	}
	return json.Marshal(out)
}

// Unmarshal reads a stored state.
func Unmarshal(b []byte) (*State, error) {
	var in stored
	if err := json.Unmarshal(b, &in); err != nil {
		return nil, fmt.Errorf("stored state: %w", err)
	}
	if in.Version != version {
		return nil, fmt.Errorf("stored state of version %d, want %d", in.Version, version)
	}
	s := &State{Rules: in.Rules, Practices: in.Practices, Notes: in.Notes}
	for i := range s.Practices {
		if len(s.Practices[i].Tallies) != len(s.Rules) {
			return nil, fmt.Errorf("stored state: practice %d has %d tallies, want %d", i+1, len(s.Practices[i].Tallies), len(s.Rules))
		}
	}
	for i, t := range in.Tables {
		table := schema.Lookup(t.Name)
		if table == nil {
			return nil, fmt.Errorf("stored state: table %d is not one of the schema", i+1)
		}
		t.Counts.Table = table
		for _, f := range t.Faults {
			if f.Fault.Column = table.Column(f.Column); f.Fault.Column == nil && f.Column != "" {
				return nil, fmt.Errorf("stored state: a fault of %s names a column that is not of the schema", table.Name)
			}
			t.Counts.Faults = append(t.Counts.Faults, f.Fault)
		}
		s.Tables = append(s.Tables, t.Counts)
	}
	if err := s.sound(); err != nil {
		return nil, fmt.Errorf("stored state: %w", err)
	}
	return s, nil
}
