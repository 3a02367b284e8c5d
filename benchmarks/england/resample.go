package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	"paperlight/analyzer/savedstate"
)

// resample writes the states of all practices of the trial: each is that of the real
// practice of the nearest size, with a code of its own and with the counts of its rules
// drawn anew.
func (t *trial) resample(read []practice) error {
	reader, err := savedstate.NewReader()
	if err != nil {
		return err
	}
	defer reader.Close()
	var real []*savedstate.Saved
	for _, p := range read {
		packed, err := os.ReadFile(p.file)
		if err != nil {
			return err
		}
		s, err := reader.Read(packed)
		if err != nil {
			return fmt.Errorf("%s: %w", p.file, err)
		}
		real = append(real, s)
	}
	folder := filepath.Join(t.work, "states")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(1, 2))
	for i := range t.states {
		s := another(real[i*len(real)/t.states], random, fmt.Sprintf("E%05d", i))
		packed, err := s.Marshal()
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, s.Key.Name()+savedstate.Ending), packed, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// another is a practice like that of a state, under another code: of each rule up to an
// eighth of the records that are as they should be fail.
func another(of *savedstate.Saved, random *rand.Rand, code string) *savedstate.Saved {
	out, s := *of, *of.State
	out.State = &s
	s.Practices = slices.Clone(s.Practices)
	p := &s.Practices[0]
	p.ID, p.ODSCode, p.Name = code, code, "Practice "+code
	p.Tallies = slices.Clone(p.Tallies)
	for i := range p.Tallies {
		if n := p.Tallies[i].Numerator; n > 0 {
			p.Tallies[i].Numerator -= random.Int64N(n/8 + 1)
		}
	}
	out.Key.Input = code
	return &out
}

// merge joins the states from disk, with a table of practices and no further reports.
func (t *trial) merge() (cost, error) {
	return t.paperlight("merge", filepath.Join(t.work, "states"), "--out", filepath.Join(t.work, "merged"), "--reports", "none", "--quiet")
}
