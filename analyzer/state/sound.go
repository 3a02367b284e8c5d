package state

import "errors"

// most bounds every count of a stored state: sums of so many states as there are practices
// stay exact as 64 bits, and as the numbers of JSON.
const most = 1 << 40

// earliest and latest are the days that people write with a year of four digits, 0000 and
// 9999: a stored state of another day was not made of an extract.
const earliest, latest = -719528, 2932896

// sound says what no run leaves, in a state that was stored: an error that names the place
// and not the value. What is stored may come from anywhere, and is judged and summed.
func (s *State) sound() error {
	if repeats(s.Rules, func(id string) string { return id }) {
		return errors.New("a rule is there twice")
	}
	if repeats(s.Practices, func(p PracticeState) string { return p.ID }) {
		return errors.New("a practice is there twice")
	}
	if repeats(s.Tables, func(t TableState) string { return t.Table.Name }) {
		return errors.New("a table is there twice")
	}
	for i := range s.Practices {
		if !s.Practices[i].sound() {
			return errors.New("a practice has counts that cannot be")
		}
	}
	for i := range s.Tables {
		t := &s.Tables[i]
		ok := counts(t.Rows, t.Rejected, t.Malformed, t.Orphans, t.PracticeMismatch, t.LeftOut) && t.DuplicateIDs >= -1 && t.DuplicateIDs <= most
		for j := range t.Faults {
			ok = ok && counts(t.Faults[j].Count)
		}
		if !ok {
			return errors.New("a table has counts that cannot be")
		}
	}
	return nil
}

func (p *PracticeState) sound() bool {
	ok := p.AsOf >= earliest && p.AsOf <= latest && p.Registered >= -1 && p.Registered <= most && counts(p.Rows...)
	for i := range p.Tallies {
		ok = ok && p.Tallies[i].sound()
	}
	for i := range p.Days {
		for _, day := range p.Days[i].Counts {
			ok = ok && counts(day.Count)
		}
		sum := p.Days[i].Summed(p.AsOf)
		ok = ok && counts(sum.Rows, sum.Recent, sum.Busiest) && sum.Recent <= sum.Rows && sum.Busiest <= sum.Rows
	}
	for i := range p.Gaps {
		ok = ok && counts(p.Gaps[i].Coded)
		for _, s := range p.Gaps[i].Systems {
			ok = ok && counts(s.Rows)
		}
	}
	return ok
}

// sound: of the denominator some meet the rule, and some of the others cannot be told.
func (t *Tally) sound() bool {
	return counts(t.Denominator, t.Numerator, t.Unknown, t.Excluded, t.Undetermined) && t.Numerator+t.Unknown <= t.Denominator
}

// counts reports whether numbers can be counts.
func counts(numbers ...int64) bool {
	for _, n := range numbers {
		if n < 0 || n > most {
			return false
		}
	}
	return true
}

// repeats reports whether two have one name.
func repeats[T any](all []T, name func(T) string) bool {
	seen := make(map[string]bool, len(all))
	for _, one := range all {
		if seen[name(one)] {
			return true
		}
		seen[name(one)] = true
	}
	return false
}
