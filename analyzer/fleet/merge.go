package fleet

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"paperlight/analyzer/savedstate"
	"paperlight/rules"
)

// A Set is the heads of saved states, each once: what is merged. The zero Set has none.
type Set struct {
	byKey map[string]*savedstate.Head // by the name of its key
	// differ are the keys of which there were two states that are not the same.
	differ map[string]bool
}

// Add adds a state, or does nothing where it is there.
func (s *Set) Add(one *savedstate.Head) {
	if s.byKey == nil {
		s.byKey, s.differ = map[string]*savedstate.Head{}, map[string]bool{}
	}
	name := one.Key.Name()
	have := s.byKey[name]
	if have != nil && have.Digest != one.Digest && have.Refused == 0 && one.Refused == 0 {
		s.differ[name] = true
	}
	if have == nil || stands(one, have) < 0 {
		s.byKey[name] = one
	}
}

// stands orders states of one key, the one that is kept first. A refusal gives way to a
// state: a bound that was reached then does not hold now.
func stands(a, b *savedstate.Head) int {
	return cmp.Or(cmp.Compare(a.Refused, b.Refused), cmp.Compare(a.Digest, b.Digest))
}

// Merge are the states of both. It changes neither.
func Merge(a, b Set) Set {
	out := Set{byKey: map[string]*savedstate.Head{}, differ: map[string]bool{}}
	for _, from := range []Set{a, b} {
		for _, one := range from.byKey {
			out.Add(one)
		}
		for name := range from.differ {
			out.differ[name] = true
		}
	}
	return out
}

// Differing is how many keys have two states that are not the same: one was changed.
func (s *Set) Differing() int { return len(s.differ) }

// Len is how many states there are.
func (s *Set) Len() int { return len(s.byKey) }

// A Reading is what one saved state holds of one practice.
type Reading struct {
	Saved    *savedstate.Head
	Practice *savedstate.Practice
	// Needs are the rules of which the state cannot tell, sorted; empty where it can be
	// judged.
	Needs []string
}

// extract tells one extract, as it was read, from another.
func (r *Reading) extract() string {
	return r.Saved.Key.Input + "\n" + strings.Join(r.Saved.Key.How, "\n")
}

// A Standing is what is known of one practice.
type Standing struct {
	// Practice is what it is known by: no other of the standings has it.
	Practice string
	// Current is what it is judged by; nil where Several extracts may be meant.
	Current *Reading
	Several []*Reading
	// Before is the reading of an earlier day that is the nearest; nil for none.
	Before *Reading
}

// of is any reading of the practice.
func (s *Standing) of() *Reading {
	if s.Current != nil {
		return s.Current
	}
	return s.Several[0]
}

// Resolve finds by which of the states each practice is judged, whatever the order in
// which they came. now are the states that count, and all those that may tell of
// earlier days too. Of several extracts of one practice newer takes that of the latest
// day, where there is one.
func Resolve(now, all Set, by *savedstate.Judging, newer bool) []Standing {
	shared := sharedIDs(Merge(now, all))
	past := readings(all, by, shared)
	var out []Standing
	current := readings(now, by, shared)
	for _, practice := range slices.Sorted(maps.Keys(current)) {
		one := standing(current[practice], newer)
		one.Practice = practice
		if one.Current != nil {
			one.Before = before(past[practice], one.Current)
		}
		out = append(out, one)
	}
	return out
}

// standing chooses among the readings of one practice.
func standing(of []*Reading, newer bool) Standing {
	of = best(of)
	if len(of) == 1 {
		return Standing{Current: of[0]}
	}
	slices.SortStableFunc(of, func(a, b *Reading) int { return cmp.Compare(b.Practice.AsOf, a.Practice.AsOf) })
	if newer && of[0].Practice.AsOf > of[1].Practice.AsOf {
		return Standing{Current: of[0]}
	}
	return Standing{Several: of}
}

// best keeps one reading of each extract: of those made by several versions of the
// rules, the one that tells most.
func best(of []*Reading) []*Reading {
	var out []*Reading
	for _, r := range of { // sorted, the best first
		if !slices.ContainsFunc(out, func(have *Reading) bool { return have.extract() == r.extract() }) {
			out = append(out, r)
		}
	}
	return out
}

func before(of []*Reading, current *Reading) *Reading {
	var out *Reading
	for _, r := range best(of) {
		if len(r.Needs) == 0 && r.Practice.AsOf < current.Practice.AsOf && (out == nil || r.Practice.AsOf > out.Practice.AsOf) {
			out = r
		}
	}
	return out
}

// readings are those of each practice, the best first. shared are the ids that practices
// share.
func readings(of Set, by *savedstate.Judging, shared map[string]bool) map[string][]*Reading {
	out := map[string][]*Reading{}
	for _, name := range slices.Sorted(maps.Keys(of.byKey)) {
		s := of.byKey[name]
		if s.Refused != 0 {
			continue
		}
		needs := s.Needs(by)
		for i := range s.Practices {
			p := &s.Practices[i]
			known := identity(s.Practices, p)
			if code(p) == "" && shared[known] {
				known += "\n" + folded(p.Name)
			}
			out[known] = append(out[known], &Reading{Saved: s, Practice: p, Needs: needs})
		}
	}
	for _, all := range out {
		slices.SortStableFunc(all, func(a, b *Reading) int {
			return cmp.Or(cmp.Compare(len(a.Needs), len(b.Needs)), cmp.Compare(a.age(by), b.age(by)))
		})
	}
	return out
}

// age is 0 for a state made by just these rules and this version.
func (r *Reading) age(by *savedstate.Judging) int {
	switch {
	case !r.Saved.Replayed(by):
		return 0
	case r.Saved.Key.Tool == by.ToolVersion:
		return 1
	}
	return 2
}

// identity is what a practice is known by: its ODS code or, where it has none, its id.
// Where an extract has two of one code, which it tells apart by their ids, it is both.
// Where practices without a code share an id, their names are in it too: see sharedIDs.
func identity(all []savedstate.Practice, p *savedstate.Practice) string {
	known := cmp.Or(code(p), strings.TrimSpace(p.ID))
	for i := range all {
		other := &all[i]
		if other.ID != p.ID && cmp.Or(code(other), strings.TrimSpace(other.ID)) == known {
			return known + "\n" + p.ID
		}
	}
	return known
}

// sharedIDs are the ids under which practices without an ODS code have several names. A
// source that numbers its practices begins at 1, as the next one does: these are several
// practices, and none is a later extract of another.
func sharedIDs(of Set) map[string]bool {
	name, out := map[string]string{}, map[string]bool{}
	for _, s := range of.byKey {
		if s.Refused != 0 {
			continue
		}
		for i := range s.Practices {
			p := &s.Practices[i]
			if code(p) != "" {
				continue
			}
			known, called := identity(s.Practices, p), folded(p.Name)
			if have, ok := name[known]; ok && have != called {
				out[known] = true
			}
			name[known] = called
		}
	}
	return out
}

// folded is a name without what people write differently from time to time.
func folded(name string) string { return strings.ToUpper(strings.Join(strings.Fields(name), " ")) }

// code is the ODS code of a practice; empty for none.
func code(p *savedstate.Practice) string { return strings.ToUpper(strings.TrimSpace(p.ODSCode)) }

// OfNobody are the answers that name a practice, and none of the standings.
func OfNobody(answers []rules.Declaration, of []Standing) (out []rules.Declaration) {
	plain := func(id string) string { return strings.ToLower(strings.TrimSpace(id)) }
	known := map[string]bool{"": true} // every practice
	for i := range of {
		for _, r := range append(of[i].Several, of[i].Current) {
			if r != nil {
				known[plain(r.Practice.ID)] = true
			}
		}
	}
	for _, d := range answers {
		if !known[plain(d.Practice)] {
			out = append(out, d)
		}
	}
	return out
}

// Refused are the states of extracts that were refused, by their keys.
func (s *Set) Refused() []*savedstate.Head {
	var out []*savedstate.Head
	for _, name := range slices.Sorted(maps.Keys(s.byKey)) {
		if s.byKey[name].Refused != 0 {
			out = append(out, s.byKey[name])
		}
	}
	return out
}
