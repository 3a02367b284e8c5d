package mapping

import (
	"fmt"
	"slices"
	"strings"

	"paperlight/analyzer/figures"
	"paperlight/analyzer/source"
)

// fittest returns the system that fits better than every other; nil where there is none.
// It notes which others could have the files.
func fittest(fit []*bindings) *bindings {
	for _, b := range fit {
		beats := 0
		for _, other := range fit {
			if b != other && b.fitsBetter(other) {
				beats++
			}
		}
		if beats < len(fit)-1 {
			continue
		}
		for _, other := range fit {
			if why := b.instead(other); b != other && why != "" {
				b.chosen = append(b.chosen, why)
			}
		}
		return b
	}
	return nil
}

// fitsBetter compares two systems that could both have the files. That one fits better
// which reads more columns, of the files that both claim and of the others; where each
// reads more of one, the files are a mixture, and neither does. Tables of our own come
// before those of others.
func (b *bindings) fitsBetter(other *bindings) bool {
	files := b.contested(other)
	if len(files) == 0 {
		return b.system.own
	}
	better := b.system.own
	for _, m := range b.measures(other, files) {
		if m.mine < m.theirs {
			return false
		}
		better = better || m.mine > m.theirs
	}
	return better
}

// A measure is one way in which one system fits better than another.
type measure struct {
	of           string
	mine, theirs int
}

func (b *bindings) measures(other *bindings, contested map[*source.File]bool) []measure {
	var names []string
	for _, f := range b.all() {
		if contested[f.file] {
			names = append(names, shown(label(f.file)))
		}
	}
	mine, theirs := b.columnsRead(contested), other.columnsRead(contested)
	return []measure{
		{"of " + strings.Join(names, ", "), mine, theirs},
		{"of other files", b.columnsRead(b.claimed()) - mine, other.columnsRead(other.claimed()) - theirs},
	}
}

// instead says why the files are not read as those of another system, which could have
// them too; "" where it could not, and of our own tables where nothing in them is of the
// other system alone.
func (b *bindings) instead(other *bindings) string {
	files := b.contested(other)
	if len(files) == 0 || b.system.own && !other.hasOfItsOwn(b) {
		return ""
	}
	var why []string
	for _, m := range b.measures(other, files) {
		if m.mine != m.theirs {
			why = append(why, fmt.Sprintf("%s %s, the second %s", figures.Plural(int64(m.mine), "column", "columns"), m.of, figures.Count(int64(m.theirs))))
		}
	}
	out := fmt.Sprintf("Read as %s, not as %s: ", b.system.Title, other.system.Title)
	if len(why) == 0 {
		return out + "nothing tells the two apart, and our own tables come first."
	}
	return out + "the first reads " + strings.Join(why, "; ") + "."
}

// contested are the files that both systems claim.
func (b *bindings) contested(other *bindings) map[*source.File]bool {
	theirs, both := other.claimed(), map[*source.File]bool{}
	for f := range b.claimed() {
		if theirs[f] {
			both[f] = true
		}
	}
	return both
}

// claimed are the files of the system's tables. What may lie beside any system is of none.
func (b *bindings) claimed() map[*source.File]bool {
	out := map[*source.File]bool{}
	for _, f := range b.all() {
		if !slices.Contains(sideTables, f.source) {
			out[f.file] = true
		}
	}
	return out
}

// columnsRead counts the columns of the files that the system would read.
func (b *bindings) columnsRead(files map[*source.File]bool) (n int) {
	for f, columns := range b.columnsByFile() {
		if files[f] {
			n += len(columns)
		}
	}
	return n
}

// columnsByFile are the columns that the system would read of each file that it claims.
func (b *bindings) columnsByFile() map[*source.File][]string {
	wanted, out := b.wanted(), map[*source.File][]string{}
	for _, f := range b.all() {
		for _, name := range wanted[f.source] {
			if _, have := f.header[folded(name)]; have {
				out[f.file] = append(out[f.file], folded(name))
			}
		}
	}
	return out
}

// hasOfItsOwn reports whether the system would read a column that the other does not.
func (b *bindings) hasOfItsOwn(other *bindings) bool {
	theirs, claimed := other.columnsByFile(), b.claimed()
	for f, columns := range b.columnsByFile() {
		for _, c := range columns {
			if claimed[f] && !slices.Contains(theirs[f], c) {
				return true
			}
		}
	}
	return false
}

// mixtureHint says what to do about files of several systems. Of some that could have the
// same file it names the file.
func mixtureHint(fit []*bindings) string {
	for i, b := range fit {
		for _, other := range fit[:i] {
			contested := b.contested(other)
			for _, f := range b.all() {
				if contested[f.file] {
					return fmt.Sprintf("%s could be of either, and the other files and columns are a mixture: give the files of one system alone, with its own columns", shown(label(f.file)))
				}
			}
		}
	}
	return "give the files of one system at a time"
}
