package web

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"paperlight/analyzer/figures"
	"paperlight/analyzer/report"
)

// A filter is which checks of which practice a page shows, and in which order. The
// address of the page holds all of it.
type filter struct {
	practice             int // the place in the report
	who, acc, kind, find string
	sort                 string
	open                 string // the rule whose row stands open
}

// The orders that checks can be put in; the first is that of the report.
var taskOrders = []string{"", "title", "records", "time", "points", "outcome"}

// filterOf reads a filter out of an address. What it does not know it leaves out.
func filterOf(q url.Values, practices int) filter {
	f := filter{who: q.Get("who"), acc: q.Get("for"), kind: q.Get("kind"), find: q.Get("find"), open: q.Get("open"), practice: practiceIn(q, practices)}
	if slices.Contains(taskOrders, q.Get("sort")) {
		f.sort = q.Get("sort")
	}
	if len(f.find) > 200 {
		f.find = ""
	}
	return f
}

// Query is the filter as the end of an address, with some of it changed: names and
// values in turn.
func (f filter) Query(changes ...string) string {
	return ending(f.practice, append([]string{"who", f.who, "for", f.acc, "kind", f.kind, "find", f.find, "sort", f.sort, "open", f.open}, changes...))
}

// ending is the end of an address of a practice by its place in the report. Of names and
// values in turn the last of a name counts; empty values are left out.
func ending(practice int, parts []string) string {
	v := url.Values{}
	if practice > 0 {
		v.Set("practice", strconv.Itoa(practice))
	}
	for i := 0; i+1 < len(parts); i += 2 {
		if v.Set(parts[i], parts[i+1]); parts[i+1] == "" {
			v.Del(parts[i])
		}
	}
	if len(v) == 0 {
		return ""
	}
	return "?" + v.Encode()
}

// practiceIn is the place of the practice that an address names; the first where it names
// none that there is.
func practiceIn(q url.Values, practices int) int {
	if n, err := strconv.Atoi(q.Get("practice")); err == nil && n > 0 && n < practices {
		return n
	}
	return 0
}

// Practice, Find and Sort are for the forms that keep them.
func (f filter) Practice() int { return f.practice }

// Find is what is searched for.
func (f filter) Find() string { return f.find }

// Kind is what the checks ask for.
func (f filter) Kind() string { return f.kind }

// Sort is the order.
func (f filter) Sort() string { return f.sort }

// Narrow reports whether anything is left out.
func (f filter) Narrow() bool { return f.who != "" || f.acc != "" || f.kind != "" || f.find != "" }

// takes reports whether a task is shown; without leaves one part of the filter out.
func (f filter) takes(t *report.Task, without string) bool {
	return (f.who == "" || without == "who" || slices.Contains(t.Owners, f.who)) &&
		(f.kind == "" || without == "kind" || string(t.Kind) == f.kind) &&
		(f.acc == "" || without == "for" || slices.ContainsFunc(t.For, func(a report.TaskFor) bool { return a.ID == f.acc })) &&
		(f.find == "" || contains(f.find, t.Title, t.Code, t.Rule, t.Who, t.Fix, t.Need, t.Words, t.Mark))
}

// contains reports whether each word that is searched for stands in one of the texts.
func contains(find string, texts ...string) bool {
	all := strings.ToLower(strings.Join(texts, "\n"))
	for word := range strings.FieldsSeq(strings.ToLower(find)) {
		if !strings.Contains(all, word) {
			return false
		}
	}
	return true
}

// tasks are the tasks that a filter takes, in its order.
func (f filter) tasks(all []report.Task) []*report.Task {
	var out []*report.Task
	for i := range all {
		if f.takes(&all[i], "") {
			out = append(out, &all[i])
		}
	}
	slices.SortStableFunc(out, func(a, b *report.Task) int {
		switch f.sort {
		case "title":
			return cmp.Compare(a.Title, b.Title)
		case "records":
			return cmp.Compare(b.Records, a.Records)
		case "time":
			return cmp.Compare(b.Minutes, a.Minutes)
		case "points":
			return cmp.Compare(b.Points, a.Points)
		case "outcome":
			return cmp.Compare(a.Words, b.Words)
		}
		return 0
	})
	return out
}

// A choice is one value of a part of the filter, and how many checks it leaves.
type choice struct {
	Value, Words string
	Count        int
	Chosen       bool
	Query        string // the address that chooses it
}

// choices are the values of a part of the filter that some task has, with all first.
func (f filter) choices(all []report.Task, part, chosen string, every string, values []string, words func(string) string, has func(*report.Task, string) bool) []choice {
	out := []choice{{Words: every, Chosen: chosen == "", Query: f.Query(part, "", "open", "")}}
	for i := range all {
		if f.takes(&all[i], part) {
			out[0].Count++
		}
	}
	for _, v := range values {
		c := choice{Value: v, Words: words(v), Chosen: v == chosen, Query: f.Query(part, v, "open", "")}
		any := false
		for i := range all {
			if !has(&all[i], v) {
				continue
			}
			if any = true; f.takes(&all[i], part) {
				c.Count++
			}
		}
		if any {
			out = append(out, c)
		}
	}
	return out
}

func (f filter) kinds(all []report.Task) []choice {
	var ids []string
	for _, k := range report.Kinds() {
		ids = append(ids, string(k))
	}
	return f.choices(all, "kind", f.kind, "all checks", ids, func(id string) string { return report.Kind(id).Words() },
		func(t *report.Task, id string) bool { return string(t.Kind) == id })
}

func (f filter) owners(all []report.Task) []choice {
	var ids []string
	for i := range all {
		for _, id := range all[i].Owners {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	slices.SortFunc(ids, func(a, b string) int { return cmp.Compare(report.OwnerWords(a), report.OwnerWords(b)) })
	return f.choices(all, "who", f.who, "anyone", ids, report.OwnerWords, func(t *report.Task, id string) bool { return slices.Contains(t.Owners, id) })
}

func (f filter) accreditations(s *report.Sheet) []choice {
	var ids []string
	titles := map[string]string{}
	for _, a := range s.Standings {
		ids, titles[a.ID] = append(ids, a.ID), a.Title
	}
	return f.choices(s.Tasks, "for", f.acc, "all of them", ids, func(id string) string { return titles[id] },
		func(t *report.Task, id string) bool {
			return slices.ContainsFunc(t.For, func(a report.TaskFor) bool { return a.ID == id })
		})
}

// total says what is shown: "12 of 152 checks: 340 records to look at, about 5 hours of
// work".
func total(shown []taskLine, of int) string {
	said := figures.Plural(int64(of), "check", "checks")
	if len(shown) != of {
		said = figures.Count(int64(len(shown))) + " of " + said
	}
	var records, minutes int64
	for i := range shown {
		t := &shown[i]
		if t.Kind != report.Stops && t.Kind != report.ToDo && t.Kind != report.Open { // those of what moved
			continue
		}
		minutes += t.Minutes
		if t.Numbered {
			records += t.Records
		}
	}
	if records > 0 {
		said += ": " + figures.Plural(records, "record is", "records are") + " not as they should be"
	}
	if minutes > 0 {
		said += ", and the work takes " + figures.About(minutes)
	}
	return said + "."
}
