package mapping

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"paperlight/analyzer/schema"
)

// noticed is what scans found in the values on their way. A part may be scanned several
// times: what it gave is kept once.
type noticed struct {
	mu     sync.Mutex
	counts map[noticeOf]int
}

type noticeOf struct {
	part   *part
	column int // of the file
	moved  bool
}

// notice keeps what a scan that has ended found.
func (b *bindings) notice(p *part, s *scan) {
	n := &b.noticed
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.counts == nil {
		n.counts = map[noticeOf]int{}
	}
	for slot, t := range s.tidy {
		if t.taken > 0 {
			n.counts[noticeOf{part: p, column: s.slots.columns[slot]}] = t.taken
		}
	}
	for i, moved := range s.moved {
		if ways := p.recipes[s.columns[i].Index]; moved > 0 && len(ways) > 0 && len(ways[0].columns) > 0 {
			n.counts[noticeOf{p, ways[0].columns[0], true}] = moved
		}
	}
}

func (s *scan) forgetNoticed() {
	for slot := range s.tidy {
		s.tidy[slot].taken = 0
	}
	clear(s.moved)
}

// notes says what was noticed, one for each column of each file.
func (n *noticed) notes() []string {
	type place struct {
		file, column string
		moved        bool
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	sums := map[place]int{}
	for of, count := range n.counts {
		f := of.part.bound.file
		sums[place{label(f), f.Columns[of.column], of.moved}] += count
	}
	var places []place
	for p := range sums {
		places = append(places, p)
	}
	slices.SortFunc(places, func(a, b place) int {
		if a.moved != b.moved {
			return map[bool]int{true: 1, false: -1}[a.moved]
		}
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.column, b.column))
	})
	var out []string
	for _, p := range places {
		what := "blanks at the ends of %d values were taken off"
		if p.moved {
			what = "%d instants in UTC were read as the day in London, which is another one"
		}
		out = append(out, fmt.Sprintf("%s, %s: "+what+".", shown(p.file), shown(p.column), sums[p]))
	}
	return out
}

// tidyAll says what is done to the cells of each slot: blanks do not count round ids,
// codes and words of a list.
func (p *part) tidyAll(s *scan) []tidy {
	blanks := make([]bool, len(s.slots.columns))
	for _, c := range s.columns {
		if c.Type != schema.Text || c.Privacy == schema.FreeText {
			continue
		}
		for _, w := range p.recipes[c.Index] {
			for _, from := range w.reads() {
				blanks[s.slots.of(from)] = true
			}
		}
	}
	if !p.selected() {
		for _, test := range p.only.tests() {
			for _, column := range test.columns {
				blanks[s.slots.of(column)] = true
			}
		}
	}
	out := make([]tidy, len(blanks))
	for slot, column := range s.slots.columns {
		out[slot] = p.bound.tidyOf(column, blanks[slot])
	}
	return out
}

// findMisses looks whether most keys of a column are missing in the table that they are
// looked up in: its codes would count as absent.
func (b *bindings) findMisses(ctx context.Context, lookups map[string]*lookup) error {
	for _, name := range sortedKeys(b.files) {
		for _, via := range b.viasOf(name) {
			l := lookups[via.lookup]
			if l == nil || l.len() == 0 {
				continue
			}
			keys := map[string]bool{}
			for _, f := range b.files[name][:min(len(b.files[name]), sampledFiles)] {
				at, have := f.header[folded(via.column)]
				if !have {
					continue
				}
				float := f.tidyOf(at, true).floats
				err := f.sample(ctx, []string{folded(via.column)}, nil, func(string) look {
					return look{at: func(cell []byte) {
						if number, is := wholeNumber(nil, cell); is && float {
							cell = number
						}
						if len(cell) > 0 && !slices.Contains(via.missing, string(cell)) && !slices.Contains(b.habits[name].words, string(cell)) {
							keys[string(cell)] = l.find(cell) >= 0
						}
					}}
				})
				if ctx.Err() != nil {
					return ctx.Err()
				}
				if err != nil { // what is wrong is told where the column is read
					break
				}
			}
			missed := 0
			for _, found := range keys {
				if !found {
					missed++
				}
			}
			if 2*missed > len(keys) {
				b.misses = append(b.misses, fmt.Sprintf("%s: %d of %d codes in %s are not in the table %s, as far as the first rows show. What they stand for is not known.",
					b.filesOf(name), missed, len(keys), shown(via.column), b.system.Lookups[via.lookup].From))
			}
		}
	}
	return nil
}

// hasAll reports whether the lookup has every row of its source, by one column.
func (l *Lookup) hasAll() bool { return len(l.Where)+len(l.For) == 0 && len(l.Key) == 1 }

// plainKey reports whether the value is looked up in every row, as it stands.
func (e *Expression) plainKey() bool { return len(e.With)+len(e.When) == 0 && e.Clean == "" }

// A viaOf is a column whose values are keys of a lookup.
type viaOf struct {
	column, lookup string
	missing        []string
}

// viasOf lists the columns of a source that are looked up, but for those of which some
// keys are meant to be missing: ids of the rows themselves, and lookups of some rows.
func (b *bindings) viasOf(name string) (out []viaOf) {
	own := map[string]bool{}
	var visit func(c *schema.Column, e *Expression)
	visit = func(c *schema.Column, e *Expression) {
		if e == nil {
			return
		}
		if len(e.Via) == 0 {
			own[folded(e.From)] = own[folded(e.From)] || isID(c)
		} else if lookup, _, _ := strings.Cut(e.Via[0], "."); b.system.Lookups[lookup].hasAll() && e.plainKey() && !slices.ContainsFunc(out, func(v viaOf) bool { return v.column == e.From && v.lookup == lookup }) {
			out = append(out, viaOf{e.From, lookup, slices.Concat(b.system.Missing, e.Missing)})
		}
		for _, alternative := range e.FirstOf {
			visit(c, alternative)
		}
	}
	for _, t := range schema.Tables {
		for _, target := range b.system.Tables[t.Name] {
			if target.From != name {
				continue
			}
			for _, c := range t.Columns {
				visit(c, target.Columns[c.Name])
			}
		}
	}
	return slices.DeleteFunc(out, func(v viaOf) bool { return own[folded(v.column)] })
}
