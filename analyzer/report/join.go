package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// Join makes one report of those of single extracts, which one run made at one level:
// one or more of them, in the order of their names. notRead are the extracts that could
// not be read. What level hides of the parts stays hidden.
func Join(parts []Released, notRead []NotRead) Released {
	all := make([]*Report, len(parts))
	for i, p := range parts {
		all[i] = p.whole()
	}
	return Released{Joined(all, notRead)}
}

// Joined is Join, of reports to look at.
func Joined(parts []*Report, notRead []NotRead) *Report {
	all := make([]*Report, len(parts))
	for i, p := range parts {
		all[i] = deepCopy(p)
	}
	out := *all[0]
	out.NotRead = withheld(notRead, out.Level)
	if len(all)+len(notRead) < 2 {
		return &out
	}
	out.Extracts, out.Options, out.Practices, out.RuleTexts = []ExtractRead{}, []Option{}, []PracticeReport{}, []RuleText{}
	for i, r := range all {
		one := r.Extracts[0]
		one.Tables, one.Slips, one.Identifying = r.Extract.Tables, r.Extract.Slips, r.Extract.Identifying
		one.Chosen = r.Options
		out.Extracts = append(out.Extracts, one)
		out.Options = union(out.Options, r.Options)
		for _, p := range r.Practices {
			p.Extract = i
			out.Practices = append(out.Practices, p)
		}
		for _, t := range r.RuleTexts {
			if at, have := slices.BinarySearchFunc(out.RuleTexts, t, func(a, b RuleText) int { return cmp.Compare(a.Rule, b.Rule) }); !have {
				out.RuleTexts = slices.Insert(out.RuleTexts, at, t)
			}
		}
	}
	slices.SortStableFunc(out.Practices, func(a, b PracticeReport) int {
		return cmp.Or(cmp.Compare(a.PracticeID, b.PracticeID), cmp.Compare(a.ODSCode, b.ODSCode))
	})
	out.Notes = notesOf(all, &out)
	out.Extract = together(out.Extracts)
	return &out
}

// withheld is what a level shows of extracts that could not be read: their names, and
// those of their files, stay where they are.
func withheld(all []NotRead, level Level) []NotRead {
	var out []NotRead
	for _, n := range all {
		if level != Practice {
			n = NotRead{ExitCode: n.ExitCode}
		}
		out = append(out, n)
	}
	return out
}

// union adds the options that are new, each after those of its name.
func union(have, more []Option) []Option {
	for _, o := range more {
		if slices.Contains(have, o) {
			continue
		}
		at := len(have)
		for i := range have {
			if have[i].Name == o.Name {
				at = i + 1
			}
		}
		have = slices.Insert(have, at, o)
	}
	return have
}

// notesOf are the notes of the parts: those of all once, and others under the name of
// their extract.
func notesOf(parts []*Report, out *Report) []string {
	notes := []string{}
	for i, r := range parts {
		for _, n := range r.Notes {
			common := !slices.ContainsFunc(parts, func(o *Report) bool { return !slices.Contains(o.Notes, n) })
			if !common {
				n = "In " + out.extractName(i) + ": " + n
			}
			if !slices.Contains(notes, n) {
				notes = append(notes, n)
			}
		}
	}
	return notes
}

// together is what several extracts are as one.
func together(all []ExtractRead) Extract {
	out := Extract{Tables: []Table{}, Slips: []string{}}
	var names, systems, formats []string
	var digests []string
	for i := range all {
		x := &all[i]
		if x.Name != "" {
			names = append(names, x.Name)
		}
		systems, formats = append(systems, x.System), append(formats, strings.Split(x.Format, "+")...)
		digests = append(digests, x.SHA256)
		out.Tables = addTables(out.Tables, x.Tables)
		for _, slip := range x.Slips {
			out.Slips = append(out.Slips, x.Name+": "+slip)
		}
		out.Identifying = addIdentifying(out.Identifying, x.Identifying)
	}
	out.Name = strings.Join(names, "+")
	out.System, out.Format = joinedOnce(systems), joinedOnce(formats)
	if slices.Sort(digests); digests[0] != "" {
		sum := sha256.Sum256([]byte(strings.Join(digests, "\n") + "\n"))
		out.SHA256 = hex.EncodeToString(sum[:])
	}
	return out
}

func joinedOnce(words []string) string {
	slices.Sort(words)
	return strings.Join(slices.Compact(words), "+")
}

// addTables adds up how tables were read, in the order that all have.
func addTables(sum, more []Table) []Table {
	next := 0
	for _, t := range more {
		at := slices.IndexFunc(sum, func(o Table) bool { return o.Table == t.Table })
		if at >= 0 {
			sum[at].add(t)
			next = at + 1
			continue
		}
		t.AbsentColumns, t.Faults = slices.Clone(t.AbsentColumns), slices.Clone(t.Faults)
		for i := range t.Faults {
			t.Faults[i].First = []Position{} // they are of files of one extract
		}
		sum = slices.Insert(sum, next, t)
		next++
	}
	return sum
}

func (t *Table) add(o Table) {
	t.Rows += o.Rows
	t.Rejected += o.Rejected
	t.Malformed += o.Malformed
	t.Orphans += o.Orphans
	t.PracticeMismatch += o.PracticeMismatch
	t.LeftOut += o.LeftOut
	if t.DuplicateIDs != nil && o.DuplicateIDs != nil {
		n := *t.DuplicateIDs + *o.DuplicateIDs
		t.DuplicateIDs = &n
	} else {
		t.DuplicateIDs = nil
	}
	t.AbsentColumns = append(t.AbsentColumns, o.AbsentColumns...)
	slices.Sort(t.AbsentColumns)
	t.AbsentColumns = slices.Compact(t.AbsentColumns)
	for _, f := range o.Faults {
		at := slices.IndexFunc(t.Faults, func(have Fault) bool { return have.Column == f.Column && have.Want == f.Want })
		if at < 0 {
			f.First = []Position{}
			t.Faults = append(t.Faults, f)
			continue
		}
		t.Faults[at].Count += f.Count
	}
}

// addIdentifying is what could identify people in either; nil where nobody looked.
func addIdentifying(a, b *Identifying) *Identifying {
	if a == nil || b == nil {
		if a == nil {
			a = b
		}
		return a
	}
	out := &Identifying{Looked: LookedAll, Kinds: min(a.Kinds, b.Kinds), Found: slices.Clone(a.Found)}
	if a.Looked != LookedAll || b.Looked != LookedAll {
		out.Looked = LookedSample
	}
	for _, c := range b.Found {
		same := slices.IndexFunc(out.Found, func(o IdentifyingColumn) bool {
			return o.Table == c.Table && o.Column == c.Column && o.Kind == c.Kind && o.Meant == c.Meant && o.Stops == c.Stops && o.Says == c.Says && o.Why == c.Why
		})
		if same < 0 {
			out.Found = append(out.Found, c)
			continue
		}
		out.Found[same].Rows += c.Rows
		out.Found[same].Looked += c.Looked
	}
	return out
}
