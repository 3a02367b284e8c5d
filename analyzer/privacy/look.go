package privacy

import (
	"cmp"
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"

	"paperlight/analyzer/crash"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/mapping"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/source"
)

// Options say how an extract is looked at.
type Options struct {
	// Full looks at every row, tries whether hashes can be turned back, and counts
	// who shares the same traits; else a sample of rows is looked at.
	Full bool
	// Keyed: hashes in the extract are known to be made under a key, so that whether they
	// can be turned back is not tried.
	Keyed bool
	// Jobs bounds how many parts are read at once; 0 means one for each CPU.
	Jobs int
	// Progress, where not nil, is called as the work goes on, by one goroutine at a
	// time: with what is done, and steps of it.
	Progress func(what string, done, total int64)

	// numbers are what Search tries; nil are all.
	numbers *numbers
}

// Findings are what was found in an extract, in the order of its files and their
// columns, what is about all of it last.
type Findings struct {
	Full  bool
	Found []Finding
}

// Stops returns the findings for which an extract is not anonymised.
func (f *Findings) Stops() []Finding {
	var out []Finding
	for _, one := range f.Found {
		if one.Weight == Stops {
			out = append(out, one)
		}
	}
	return out
}

// Look looks for the kinds of identifier in all columns of all files of an extract
// that mapping.Open returned, and that is still open.
func Look(ctx context.Context, x *extract.Extract, o Options) (*Findings, error) {
	begun, err := Begin(ctx, x, o)
	if err != nil {
		return nil, err
	}
	return begun.Finish(ctx)
}

// A Begun is a look at an extract of which the rows have been looked at.
type Begun struct {
	x              *extract.Extract
	r              *reading
	closed, beside []string
}

// Begin is the first half of Look. Between it and Finish the extract may be read: what
// is read then, Finish does not read to tell whether it is damaged.
func Begin(ctx context.Context, x *extract.Extract, o Options) (*Begun, error) {
	if o.Jobs <= 0 {
		o.Jobs = runtime.GOMAXPROCS(0)
	}
	b := &Begun{x: x}
	var files []mapping.RawFile
	files, b.closed, b.beside = mapping.RawFiles(x)
	b.r = &reading{looker: &looker{readNames(nameText)}, options: o, files: files}
	return b, b.r.read(ctx)
}

// Finish is the second half of Look.
func (b *Begun) Finish(ctx context.Context) (*Findings, error) {
	r, files, closed, beside, o := b.r, b.r.files, b.closed, b.beside, b.r.options
	if err := r.verify(ctx); err != nil {
		return nil, err
	}
	out := &Findings{Full: o.Full}
	var shown naming
	shown, out.Found = r.looker.nameFiles(files, closed, beside)
	for i := range files {
		found := r.looker.nameColumns(&files[i])
		for _, one := range append(found, ofFile(&files[i], r.tallies[i], r.ragged[i], o.Full)...) {
			one.file, one.File, one.Table = i, shown[files[i].Name], files[i].Table
			out.Found = append(out.Found, one)
		}
		if r.damaged[i] {
			out.Found = append(out.Found, Finding{File: shown[files[i].Name], Table: files[i].Table, file: i, Other: true,
				Says: "rows that cannot be read", Why: "the file is damaged there"})
		}
	}
	if !o.Full {
		return out, nil
	}
	if !o.Keyed {
		if err := search(ctx, out, r.tallies, &o); err != nil {
			return nil, err
		}
	}
	out.Found = append(out.Found, unseen(closed, shown, Stops)...)
	out.Found = append(out.Found, unseen(beside, shown, Warns)...)
	traits, err := classes(ctx, b.x)
	out.Found = append(out.Found, traits...)
	return out, err
}

// A reading is the tallies of files as they grow.
type reading struct {
	looker  *looker
	options Options
	files   []mapping.RawFile
	tallies [][]tally // by file and column
	ragged  []int64   // rows by file that could not be told apart
	damaged []bool    // files of which some rows could not be read
	done    int64     // bytes

	mu sync.Mutex
}

// A stretch is some parts of a file, and how many rows of each are looked at; all
// where most is below 0.
type stretch struct {
	file    int
	parts   []int
	columns []int
	most    int

	tallies []tally
	ragged  int64
	damaged bool // some rows cannot be read
	err     error
	ready   bool
}

// samplePlaces is how many places of a file its sample comes from.
const samplePlaces = 4

// stretches are what is read in one go, in the order of the files.
func (r *reading) stretches() (out []stretch) {
	for i := range r.files {
		f := &r.files[i]
		columns := r.worthLooking(f)
		if r.options.Full {
			for part := range f.Parts() {
				out = append(out, stretch{file: i, parts: []int{part}, columns: columns, most: -1})
			}
			continue
		}
		places := min(f.Places(), samplePlaces)
		if places == 0 {
			continue
		}
		rows := mapping.SampleRows(len(f.Columns))
		s := stretch{file: i, columns: columns, most: (rows + places - 1) / places}
		for k := range places {
			s.parts = append(s.parts, k*(f.Parts()-1)/max(places-1, 1))
		}
		out = append(out, s)
	}
	return out
}

// worthLooking are the columns to look at: all, but for a sample those that hold days
// or truth values of which it is known what for.
func (r *reading) worthLooking(f *mapping.RawFile) (out []int) {
	for i, c := range f.Columns {
		known := len(c.Feeds) > 0 && !slices.ContainsFunc(c.Feeds, func(to *schema.Column) bool { return strings.HasPrefix(to.Name, "birth_") })
		if r.options.Full || !c.Textless || !known {
			out = append(out, i)
		}
	}
	return out
}

// read tallies the columns of every file. Stretches are merged in their order, and
// each as soon as those before it are, so that few wait.
func (r *reading) read(ctx context.Context) error {
	r.ragged, r.damaged = make([]int64, len(r.files)), make([]bool, len(r.files))
	for i := range r.files {
		r.tallies = append(r.tallies, make([]tally, len(r.files[i].Columns)))
	}
	all := r.stretches()
	merged := 0
	r.each(len(all), func(i int, scratch *source.Scratch) {
		s := &all[i]
		s.err = r.scan(ctx, s, scratch)
		r.mu.Lock()
		defer r.mu.Unlock()
		for s.ready = true; merged < len(all) && all[merged].ready; merged++ {
			r.merge(&all[merged])
		}
	})
	for i := range all {
		if all[i].err != nil {
			return all[i].err
		}
	}
	return ctx.Err()
}

// each does something for each number below n, a few at the same time.
func (r *reading) each(n int, do func(i int, scratch *source.Scratch)) {
	next := make(chan int, n)
	for i := range n {
		next <- i
	}
	close(next)
	var group crash.Group
	for range min(r.options.Jobs, n) {
		group.Go(func() {
			scratch := new(source.Scratch)
			for i := range next {
				do(i, scratch)
			}
		})
	}
	group.Wait()
}

// verify reads what is left of the pages that a sample came from, so that what is wrong
// with them is told. Of a damaged file nothing that was looked at counts.
func (r *reading) verify(ctx context.Context) error {
	if r.options.Full {
		return nil
	}
	r.each(len(r.files), func(i int, _ *source.Scratch) {
		f := &r.files[i]
		if !r.damaged[i] && f.Deferred() && f.Sound(ctx, r.worthLooking(f)) != nil {
			r.damaged[i] = true
			clear(r.tallies[i])
		}
	})
	return ctx.Err()
}

func (r *reading) merge(s *stretch) {
	for i := range s.tallies {
		if t := &r.tallies[s.file][i]; t.rows == 0 {
			*t = s.tallies[i]
		} else {
			t.merge(&s.tallies[i])
		}
	}
	r.ragged[s.file] += s.ragged
	r.damaged[s.file] = r.damaged[s.file] || s.damaged
	s.tallies = nil
}

// scan tallies one stretch.
func (r *reading) scan(ctx context.Context, s *stretch, scratch *source.Scratch) error {
	f := &r.files[s.file]
	s.tallies = make([]tally, len(f.Columns))
	if f.Deferred() && !r.options.Full {
		return r.scanFirst(ctx, s, scratch)
	}
	for _, part := range s.parts {
		for b, err := range f.Scan(ctx, part, s.columns, s.most) {
			var fault *source.DecodeError
			if errors.As(err, &fault) && !r.options.Full {
				s.damaged = true // what no rule reads stops no run
				break
			}
			if err != nil {
				return err
			}
			s.add(r.looker, b)
			r.tell(b.Bytes)
		}
	}
	return nil
}

// scanFirst tallies the first rows of a file, of which the rest of the pages is read
// by verify.
func (r *reading) scanFirst(ctx context.Context, s *stretch, scratch *source.Scratch) error {
	f := &r.files[s.file]
	err := f.First(ctx, s.columns, s.most, scratch, func(c, rows int, cell func(row int) []byte) {
		t := &s.tallies[c]
		for i := range rows {
			t.add(r.looker, cell(i), 1+int64(i))
		}
	})
	var fault *source.DecodeError
	if errors.As(err, &fault) {
		s.damaged, err = true, nil // what no rule reads stops no run
		clear(s.tallies)
	}
	return err
}

func (s *stretch) add(l *looker, b *mapping.RawBatch) {
	for at, c := range s.columns {
		t := &s.tallies[c]
		for i := range b.Rows {
			t.add(l, b.Cell(at, i), b.First+int64(i))
		}
	}
	for i := range b.Rows {
		if b.Ragged(i) {
			s.ragged++
		}
	}
}

// tell tells how far a full look is.
func (r *reading) tell(bytes int64) {
	if r.options.Progress == nil || !r.options.Full {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done += bytes
	total := int64(0)
	for i := range r.files {
		total += r.files[i].Bytes()
	}
	const steps = 100
	r.options.Progress("looking for what identifies people", min(steps, r.done*steps/max(total, 1)), steps)
}

// ofFile are the findings of a file.
func ofFile(f *mapping.RawFile, tallies []tally, ragged int64, full bool) []Finding {
	var out []Finding
	for i, c := range columnsOf(f, tallies) {
		for _, one := range c.findings() {
			one.Column, one.column = f.Columns[i].Shown, i
			out = append(out, one)
		}
	}
	if full && ragged > 0 {
		out = append(out, Finding{Other: true, Weight: Stops, Rows: ragged, Says: "rows with too few or too many fields", Why: "what they hold cannot be told apart"})
	}
	for _, name := range f.Unread {
		if full {
			out = append(out, Finding{Column: name, Other: true, Weight: Stops, Says: "a column of a type that is not read", Why: "it cannot be looked at"})
		}
	}
	return out
}

// unseen are files that could not be looked at.
func unseen(names []string, shown naming, w Weight) (out []Finding) {
	slices.SortFunc(names, cmp.Compare)
	for _, name := range names {
		says := "a file that is not a table"
		if strings.HasSuffix(name, "/") {
			says = "a folder that no table is read from"
		}
		out = append(out, Finding{File: shown[name], Other: true, Weight: w, Says: says, Why: "it cannot be looked at"})
	}
	return out
}
