package score

import (
	"slices"
	"strings"

	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// mayMiss is how many coded rows in a hundred may be in systems that a code
// list does not cover.
const mayMiss = 5

func tooMany(rows, of int64) bool { return 100*rows > mayMiss*of }

// uncovered says why the rule cannot be judged in the practice by the code lists
// it reads: too much is coded in a system that one does not cover. It is empty
// where they cover enough. What a list lacks that decides nothing is a note.
func uncovered(catalogue *rules.Catalogue, practice *state.PracticeState, id string) (missing, notes []string) {
	rule := catalogue.Rule(id)
	if rule == nil || rule.Evidence == rules.EvidenceDeclared {
		return nil, nil
	}
	var found []missedLists
	for i := range practice.Gaps {
		g := &practice.Gaps[i]
		if g.Rule != id || !tooMany(g.Missed(), g.Coded) {
			continue
		}
		titles := systemTitles(g)
		at := slices.IndexFunc(found, func(m missedLists) bool { return m.noted == g.Noted && m.systems == titles })
		if at < 0 {
			found, at = append(found, missedLists{g.Noted, titles, nil}), len(found)
		}
		if !slices.Contains(found[at].lists, g.List) {
			found[at].lists = append(found[at].lists, g.List)
		}
	}
	cure := ". So nobody can tell. Give a list that has them with --codelists"
	if rule.Declares != "" {
		cure = ". So nobody can tell. Answer this question yourself, or give a list that has them with --codelists"
	}
	for _, m := range found {
		if m.noted {
			notes = append(notes, m.say()+". A few records may be counted that should be left out, or the other way round")
		} else {
			missing = append(missing, m.say()+cure)
		}
	}
	return missing, notes
}

// missedLists are the code lists of a rule that lack the same systems.
type missedLists struct {
	noted   bool
	systems string
	lists   []string
}

func (m *missedLists) say() string {
	says := "over 5% of the entries that this check reads have codes of " + m.systems
	if len(m.lists) == 1 {
		return says + ", and its list of codes (" + m.lists[0] + ") has none of those"
	}
	return says + ", and its lists of codes (" + joined(m.lists) + ") have none of those"
}

// coverage adds to the evidence what the code lists of its rule do not cover.
func (e *evidence) coverage(catalogue *rules.Catalogue, practice *state.PracticeState) {
	missing, notes := uncovered(catalogue, practice, e.id)
	e.missing = append(e.missing, missing...)
	e.notes = append(e.notes, notes...)
}

// systemTitles names the systems that the list misses, as people do: those
// that are too many by themselves, or all where none is.
func systemTitles(g *state.Gap) string {
	var names, few []string
	for _, c := range schema.CodeSystems {
		at := slices.IndexFunc(g.Systems, func(s state.SystemCount) bool { return s.System == c.Name })
		switch {
		case at < 0:
		case tooMany(g.Systems[at].Rows, g.Coded):
			names = append(names, c.Title)
		default:
			few = append(few, c.Title)
		}
	}
	if names == nil {
		names = few
	}
	return joined(names)
}

func joined(names []string) string {
	if last := len(names) - 1; last > 0 {
		return strings.Join(names[:last], ", ") + " and " + names[last]
	}
	return strings.Join(names, "")
}
