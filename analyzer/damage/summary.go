package damage

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// A Summary is what damage broke, over all practices.
type Summary struct {
	Runs, Same, Refused int64
	Violations          []Violation // that no exception bears
	Borne               int
}

// Summarise brings matrices together and takes out what exceptions bear.
func Summarise(matrices []*Matrix, e *Exceptions) *Summary {
	s := &Summary{}
	for _, m := range matrices {
		s.Runs, s.Same, s.Refused = s.Runs+m.runs.Load(), s.Same+m.same.Load(), s.Refused+m.refused.Load()
		for i := range m.Violations {
			if e.bears(&m.Violations[i]) {
				s.Borne++
			} else {
				s.Violations = append(s.Violations, m.Violations[i])
			}
		}
	}
	return s
}

// A group is what violations are counted by; parts that do not matter are empty.
type group struct {
	property, kind, where, rule string
}

// found are the violations of a group.
type found struct {
	group
	count                            int
	kinds, shares, practices, places map[string]bool
}

// Write writes the figures: runs, violations by property and kind of damage, and
// by what was damaged and the rule that explains it, the most frequent first.
func (s *Summary) Write(w io.Writer) {
	fmt.Fprintf(w, "%d damaged extracts judged (%d refused), %d damages changed nothing; %d violations, %d more borne by exceptions\n\n",
		s.Runs, s.Refused, s.Same, len(s.Violations), s.Borne)
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "property\tdamage\tviolations")
	for _, f := range s.groups(func(v *Violation, _ string) group { return group{property: v.Property, kind: v.Damage.Kind} }) {
		fmt.Fprintf(t, "%s\t%s\t%d\n", f.property, f.kind, f.count)
	}
	t.Flush()
	fmt.Fprintln(w)
	t = tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "property\twhere\trule\tviolations\tshares\tpractices\taccreditations\tdamage")
	for _, f := range s.groups(func(v *Violation, rule string) group {
		return group{property: v.Property, where: v.Damage.Where, rule: rule}
	}) {
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%s\t%s\t%s\t%s\n", f.property, f.where, f.rule, f.count, names(f.shares), names(f.practices), names(f.places), names(f.kinds))
	}
	t.Flush()
}

// fewRules is how many rules explain a violation; more are not named.
const fewRules = 12

// groups counts violations by what key makes of each and of the rules that
// explain it.
func (s *Summary) groups(key func(*Violation, string) group) []*found {
	by := map[group]*found{}
	for i := range s.Violations {
		v := &s.Violations[i]
		explained := v.Rules
		switch {
		case len(explained) == 0:
			explained = []string{"-"}
		case len(explained) > fewRules:
			explained = []string{fmt.Sprintf("(%d rules)", len(explained))}
		}
		seen := map[group]bool{}
		for _, rule := range explained {
			k := key(v, rule)
			if seen[k] {
				continue
			}
			seen[k] = true
			f := by[k]
			if f == nil {
				f = &found{group: k, kinds: map[string]bool{}, shares: map[string]bool{}, practices: map[string]bool{}, places: map[string]bool{}}
				by[k] = f
			}
			f.count++
			f.kinds[v.Damage.Kind] = true
			f.shares[fmt.Sprint(v.Damage.Share)] = true
			f.practices[v.Practice] = true
			f.places[v.Scheme+"/"+v.Accreditation] = true
		}
	}
	return slices.SortedFunc(maps.Values(by), func(a, b *found) int {
		return cmp.Or(cmp.Compare(a.property, b.property), cmp.Compare(b.count, a.count), cmp.Compare(a.kind, b.kind), cmp.Compare(a.where, b.where), cmp.Compare(a.rule, b.rule))
	})
}

func names(set map[string]bool) string { return strings.Join(slices.Sorted(maps.Keys(set)), ",") }
