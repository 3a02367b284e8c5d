package mapping

import (
	"context"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/crash"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/source"
)

// habits are how the files of a source write what the schema writes otherwise. They are
// told from the first rows of its first files.
type habits struct {
	// words stand for nothing in every column that has no empty cells.
	words []string
	// floats are the columns of ids in which whole numbers are written as 372328.0.
	floats map[string]bool
	uses   map[string]columnUses
	// dates are the columns of dates of which most are written in another form, and
	// forms all forms that were met, by column.
	dates map[string]string
	forms map[string]*dateForms
}

// columnUses are what a column of a source is read as.
type columnUses struct {
	typed bool // dates, numbers, true or false
	dates []dateLayout
	names []string         // of those layouts
	as    []*schema.Column // of dates
	id    bool             // of a record, or of a row of another table
}

// nothings are words by which programs say that there is no value. NaN is not one of
// them: it is a number that went wrong.
var nothings = []string{"NULL", "null", `\N`, "NA", "N/A", "n/a", "<NA>", "None", "none"}

// sampledFiles is how many files of a source are looked at.
const sampledFiles = 8

// findHabits looks at the first rows of the files of each source, at most jobs sources at
// the same time.
func (b *bindings) findHabits(ctx context.Context, jobs int) error {
	names := sortedKeys(b.files)
	found := make([]*habits, len(names))
	var group crash.Group
	free := make(chan *source.Scratch, jobs)
	for range jobs {
		free <- new(source.Scratch)
	}
	for i, name := range names {
		scratch := <-free
		group.Go(func() {
			defer func() { free <- scratch }()
			found[i] = b.habitsOf(ctx, name, scratch)
		})
	}
	group.Wait()
	b.habits = map[string]*habits{}
	for i, name := range names {
		b.habits[name] = found[i]
		for _, f := range b.files[name] {
			f.habits = found[i]
		}
	}
	return ctx.Err()
}

// habitsOf finds those of one source.
func (b *bindings) habitsOf(ctx context.Context, name string, scratch *source.Scratch) *habits {
	words := slices.Concat(nothings, b.system.Missing)
	h := &habits{floats: map[string]bool{}, uses: b.usesOf(name)}
	counts := wordCounts{}
	forms, dates := map[string]*numberForms{}, map[string]*dateForms{}
	look := func(column string) look { return h.look(column, words, counts, forms, dates) }
	for _, f := range b.files[name][:min(len(b.files[name]), sampledFiles)] {
		if f.sample(ctx, nil, scratch, look) != nil { // what is wrong is told where the column is read
			break
		}
	}
	h.words = counts.words(b.system.Missing)
	for column, seen := range forms {
		if seen.floats > 0 && seen.others == 0 {
			h.floats[column] = true
		}
	}
	h.dates, h.forms = otherForms(dates), dates
	return h
}

// A look is what is done with the cells of a column. It counts how often dates and words
// for nothing come; another text is the same to it however often it does.
type look struct {
	at    func(cell []byte)
	dates bool
}

// look is what is done with the cells of a column, and what was counted of it so far.
func (h *habits) look(column string, words []string, counts wordCounts, forms map[string]*numberForms, dates map[string]*dateForms) look {
	use, count := h.uses[column], counts.of(column, h.uses[column].typed)
	if use.id && forms[column] == nil {
		forms[column] = &numberForms{}
	}
	written := forms[column]
	return look{dates: len(use.dates) > 0, at: func(cell []byte) {
		count.add(cell)
		if len(cell) == 0 {
			return
		}
		if len(use.dates) > 0 {
			if dates[column] == nil {
				dates[column] = &dateForms{read: make([]int, len(use.dates)), forms: map[string]int{}, words: map[string]int{}}
			}
			dates[column].add(cell, use.dates, words)
		}
		if use.id && written.others == 0 { // one that is no number settles it
			written.add(cell)
		}
	}}
}

// sample hands the cells of the first rows of a file to what looks at their column, which
// look is asked for by its folded name; where columns are given, of these alone.
func (f *bound) sample(ctx context.Context, only []string, scratch *source.Scratch, lookOf func(column string) look) error {
	var looks []look
	var columns []int
	for i, name := range f.file.Columns {
		if f.header[folded(name)] != i || only != nil && !slices.Contains(only, folded(name)) {
			continue
		}
		if f.file.Types != nil && f.file.Types[i].ID() != arrow.STRING && f.file.Types[i].ID() != arrow.DICTIONARY && only == nil || f.file.Types != nil && readable(f.file.Types[i]) != nil {
			continue
		}
		looks, columns = append(looks, lookOf(folded(name))), append(columns, i)
	}
	if len(f.file.Parts) == 0 || len(columns) == 0 {
		return nil
	}
	r := rows{cells: make([]cells, len(columns))}
	for raw, err := range source.First(ctx, f.file.Parts[0], columns, extract.MaxBatchRows, scratch) {
		if err == nil {
			err = r.set(raw)
		}
		if err == nil {
			err = r.renderAll()
		}
		if err != nil {
			return inFile(f.file, err)
		}
		for k := range columns {
			looks[k].all(&r.cells[k], raw.Ragged)
		}
		if only == nil && f.file.Format == source.Parquet {
			f.first = keepFirst(&r, columns)
		}
		break
	}
	return nil
}

// all looks at the cells of a column, without the rows of which ragged has the bit set.
func (l look) all(c *cells, ragged []uint64) {
	var seen []bool // by code, of texts that need no second look
	if c.index != nil && !l.dates {
		seen = make([]bool, len(c.start))
	}
	for i := range c.n {
		if ragged != nil && bitmap.Has(ragged, i) {
			continue
		}
		known := seen != nil && bitmap.Known(c.known, i)
		if known && seen[c.index[i]] {
			continue
		}
		cell := trimBlanks(c.at(i))
		if l.at(cell); known {
			seen[c.index[i]] = !slices.Contains(nothings, string(cell))
		}
	}
}

// wordCounts say in which columns a word stands where other columns are empty.
type wordCounts map[string]*wordColumn

type wordColumn struct {
	typed, empty bool
	words        map[string]int // how many cells
}

func (w wordCounts) of(column string, typed bool) *wordColumn {
	if w[column] == nil {
		w[column] = &wordColumn{typed: typed, words: map[string]int{}}
	}
	return w[column]
}

// longestNothing bounds the words of nothings.
const longestNothing = 4

func (c *wordColumn) add(cell []byte) {
	if len(cell) == 0 {
		c.empty = true
	}
	if len(cell) == 0 || len(cell) > longestNothing {
		return
	}
	for _, word := range nothings {
		if string(cell) == word {
			c.words[word]++
		}
	}
}

// words are those that can mean nothing else: more than once in a column of dates or
// numbers, or in several columns, none of which has an empty cell.
func (w wordCounts) words(known []string) (out []string) {
	for _, word := range nothings {
		columns, typed, beside := 0, false, false
		for _, c := range w {
			if n := c.words[word]; n > 0 {
				columns, typed, beside = columns+1, typed || c.typed && n > 1, beside || c.empty
			}
		}
		if !beside && !slices.Contains(known, word) && (typed || columns > 1 && strings.ToLower(word) != "none") {
			out = append(out, word)
		}
	}
	return out
}

// numberForms count how the values of a column are written.
type numberForms struct{ floats, others int }

func (n *numberForms) add(cell []byte) {
	var digits [32]byte
	whole, float := wholeNumber(digits[:0], cell)
	switch {
	case float:
		n.floats++
	case whole == nil && !slices.Contains(nothings, string(cell)):
		n.others++
	}
}

// wholeNumber appends the whole number that a cell holds; nil where it holds none. float
// says that it is written with a point and zeros, or as R writes large numbers: 3.6e+07.
// A spreadsheet's 9.99E+09 is not what it was, and no number for us.
func wholeNumber(dst, cell []byte) (number []byte, float bool) {
	digits, rest := cell, []byte(nil)
	if at := slices.IndexFunc(cell, func(c byte) bool { return c < '0' || c > '9' }); at >= 0 {
		digits, rest = cell[:at], cell[at:]
	}
	if len(digits) == 0 || len(digits) > 19 {
		return nil, false
	}
	if len(rest) == 0 {
		return append(dst, digits...), false
	}
	var after []byte
	if rest[0] == '.' {
		rest = rest[1:]
		for len(rest) > 0 && rest[0] >= '0' && rest[0] <= '9' {
			after, rest = append(after, rest[0]), rest[1:]
		}
	}
	power := 0
	if len(rest) == 4 && rest[0] == 'e' && rest[1] == '+' && len(digits) == 1 {
		n, ok := integer(rest[2:])
		if !ok {
			return nil, false
		}
		power, rest = int(n), nil
	}
	for len(after) > 0 && after[len(after)-1] == '0' {
		after = after[:len(after)-1]
	}
	if len(rest) > 0 || len(after) > power || power > 15 {
		return nil, false
	}
	dst = append(append(dst, digits...), after...)
	for range power - len(after) {
		dst = append(dst, '0')
	}
	return dst, true
}

// usesOf says what the columns of a source are read as, by their folded names.
func (b *bindings) usesOf(name string) map[string]columnUses {
	out := map[string]columnUses{}
	var visit func(c *schema.Column, e *Expression)
	visit = func(c *schema.Column, e *Expression) {
		if e == nil {
			return
		}
		for _, from := range slices.Concat([]string{e.From}, e.Parts) {
			u := out[folded(from)]
			u.typed = u.typed || len(e.Via) == 0 && c.Type != schema.Text
			if c.Type == schema.Date && len(e.Via) == 0 && e.Parts == nil && !e.typed {
				u.dates, u.as = append(u.dates, layoutsOf(e.Dates)...), append(u.as, c)
				u.names = append(u.names, layoutNames(e.Dates)...)
			}
			u.id = u.id || len(e.Via) > 0 || len(e.Values) == 0 && isID(c)
			out[folded(from)] = u
		}
		for _, alternative := range e.FirstOf {
			visit(c, alternative)
		}
	}
	own := canonical()
	for _, t := range schema.Tables {
		targets := b.system.Tables[t.Name]
		if targets == nil {
			targets = own.Tables[t.Name]
		}
		for _, target := range targets {
			if target.From != name {
				continue
			}
			for _, c := range t.Columns {
				visit(c, target.Columns[c.Name])
			}
		}
	}
	for _, l := range b.system.Lookups {
		if l.From == name {
			for _, key := range l.Key {
				out[folded(key)] = columnUses{id: true}
			}
		}
	}
	return out
}

// isID reports whether a column holds the ids of records.
func isID(c *schema.Column) bool {
	return c.Type == schema.Text && c.Values == nil && (c == c.Table.Key || c == c.Table.Patient || c == c.Table.Practice || strings.HasSuffix(c.Name, "_id"))
}

// tidyOf says what to do with the cells of a column of the file before they are read.
func (f *bound) tidyOf(column int, blanks bool) tidy {
	t := tidy{blanks: blanks}
	if h := f.habits; h != nil {
		t.words, t.floats = h.words, h.floats[folded(f.file.Columns[column])]
	}
	return t
}

// tidyAll says it of several columns of keys and codes.
func (f *bound) tidyAll(columns []int) []tidy {
	out := make([]tidy, len(columns))
	for slot, column := range columns {
		out[slot] = f.tidyOf(column, true)
	}
	return out
}

// setTidy is set, with the cells tidied.
func (r *rows) setTidy(raw *source.Raw, how []tidy) error {
	if err := r.set(raw); err != nil {
		return err
	}
	for slot := range r.cells {
		r.cells[slot].tidy(&how[slot])
	}
	return nil
}
