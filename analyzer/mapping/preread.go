package mapping

import (
	"context"
	"errors"
	"math"
	"runtime"
	"slices"
	"sync"

	"paperlight/analyzer/crash"
	"paperlight/analyzer/source"
)

// each calls visit for every row of the file, in order.
func (f *bound) each(ctx context.Context, columns []int, visit func(r *rows, i int) error) error {
	return f.eachOfFirst(ctx, columns, math.MaxInt, visit)
}

// eachOfFirst calls visit for the rows of the first so many batches of each part.
func (f *bound) eachOfFirst(ctx context.Context, columns []int, batches int, visit func(r *rows, i int) error) error {
	r := rows{cells: make([]cells, len(columns))}
	how := f.tidyAll(columns)
	for _, p := range f.file.Parts {
		left := batches
		for raw, err := range p.Scan(ctx, columns) {
			if err == nil {
				err = r.rendered(raw, how)
			}
			for i := 0; err == nil && i < r.n; i++ {
				err = visit(&r, i)
			}
			if err != nil {
				return inFile(f.file, err)
			}
			if left--; left == 0 {
				break
			}
		}
	}
	return nil
}

// rendered points the rows at a batch, as text.
func (r *rows) rendered(raw *source.Raw, how []tidy) error {
	if err := r.set(raw); err != nil {
		return err
	}
	if err := r.renderAll(); err != nil {
		return err
	}
	for slot := range r.cells {
		r.cells[slot].tidy(&how[slot])
	}
	return nil
}

// A harvest is what is kept in memory of a source's rows: a lookup, or the few rows of
// a table. Parts are read side by side, and what each gave is taken in order.
type harvest interface {
	// begin returns what gathers the rows of one part; nil where the file has
	// nothing for it.
	begin(f *bound, s *slots) gatherer
	// take adds what a part gave.
	take(g gatherer) error
}

// A gatherer gathers from rows of one part after the other. Once those of a part are read,
// harvested hands them out, without what tells which ones count, and begins anew.
type gatherer interface {
	gather(r *rows) error
	harvested() gatherer
}

// dropKeysOfRounds lets go of the lookups that only told which rows of others count.
func (r *resolver) dropKeysOfRounds() {
	read := map[string]bool{}
	use := func(name, _ string) { read[name] = true }
	for _, targets := range r.system.Tables {
		for _, t := range targets {
			t.uses(use)
		}
	}
	for name := range r.lookups {
		if !read[name] {
			delete(r.lookups, name)
		}
	}
	for _, l := range r.lookups {
		l.wanted = nil
	}
}

// reap reads the files of a source once for all harvests.
func reap(ctx context.Context, files []*bound, harvests []harvest, jobs int) error {
	for _, f := range files {
		r := reaping{file: f, harvests: harvests, given: make([][]gatherer, len(f.file.Parts)), errs: make([]error, len(f.file.Parts))}
		gate := make(chan struct{}, max(1, jobs))
		var wg sync.WaitGroup
		for i := range f.file.Parts {
			wg.Add(1)
			gate <- struct{}{}
			go func() {
				defer wg.Done()
				defer func() { <-gate }()
				defer crash.Catch(&r.errs[i], "the reading")
				r.read(ctx, i)
			}()
		}
		wg.Wait()
		if at := slices.IndexFunc(r.errs, func(err error) bool { return err != nil }); at >= 0 {
			return r.errs[at]
		}
	}
	return nil
}

// A reaping is one reading of a file. What its parts gave is taken in their order, as soon
// as that of those before has been.
type reaping struct {
	file     *bound
	harvests []harvest
	errs     []error

	mu    sync.Mutex
	given [][]gatherer
	taken int // parts
	spare []*partReader
}

// A partReader reads parts of a file for the harvests. What it knows of texts that
// conditions look at serves the next part too.
type partReader struct {
	gatherers []gatherer // by harvest; nil where the file has nothing for it
	some      bool
	slots     slots
	rows      rows
	how       []tidy
	asked     []*interner
	numbers   numbers
}

func newPartReader(f *bound, harvests []harvest) *partReader {
	p := &partReader{gatherers: make([]gatherer, len(harvests))}
	for k, h := range harvests {
		p.gatherers[k] = h.begin(f, &p.slots)
		p.some = p.some || p.gatherers[k] != nil
	}
	p.rows.cells = make([]cells, len(p.slots.columns))
	p.how = f.tidyAll(p.slots.columns)
	p.asked = askedOf(p.slots.asked)
	return p
}

// reader returns a reader that has ended, or a new one.
func (r *reaping) reader() *partReader {
	r.mu.Lock()
	n := len(r.spare)
	if n == 0 {
		r.mu.Unlock()
		return newPartReader(r.file, r.harvests)
	}
	defer r.mu.Unlock()
	p := r.spare[n-1]
	r.spare = r.spare[:n-1]
	return p
}

func (r *reaping) read(ctx context.Context, part int) {
	p := r.reader()
	gatherers, err := p.read(ctx, r.file, part)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.errs[part] = err; err != nil {
		return
	}
	r.spare = append(r.spare, p)
	r.given[part] = gatherers
	for ; r.taken < len(r.given) && r.given[r.taken] != nil; r.taken++ {
		for k, g := range r.given[r.taken] {
			if g == nil {
				continue
			}
			if err := r.harvests[k].take(g); err != nil {
				r.errs[r.taken] = inFile(r.file.file, err)
				return
			}
		}
		r.given[r.taken] = []gatherer{}
	}
}

// read returns what the part holds for each harvest.
func (p *partReader) read(ctx context.Context, f *bound, part int) ([]gatherer, error) {
	out := make([]gatherer, len(p.gatherers))
	if !p.some {
		return out, nil
	}
	for raw, err := range f.file.Parts[part].Scan(ctx, p.slots.columns) {
		if err == nil {
			err = p.rows.rendered(raw, p.how)
		}
		if err == nil {
			p.asked = slices.DeleteFunc(p.asked, func(in *interner) bool { return !in.intern(&p.rows.cells[in.slot], &p.numbers) })
		}
		for _, g := range p.gatherers {
			if g != nil && err == nil {
				err = g.gather(&p.rows)
			}
		}
		if err != nil {
			return nil, inFile(f.file, err)
		}
	}
	for k, g := range p.gatherers {
		if g != nil {
			out[k] = g.harvested()
		}
	}
	return out, nil
}

// readingOrder returns the lookups in rounds: each needs those of earlier rounds alone.
func (s *System) readingOrder() ([][]string, error) {
	done := map[string]bool{}
	var out [][]string
	for len(done) < len(s.Lookups) {
		var round []string
		for _, name := range sortedKeys(s.Lookups) {
			if !done[name] && s.Lookups[name].after(done) {
				round = append(round, name)
			}
		}
		if len(round) == 0 {
			return nil, errors.New("lookups wait for one another in a circle")
		}
		for _, name := range round {
			done[name] = true
		}
		out = append(out, round)
	}
	return out, nil
}

// after reports whether all that the lookup needs is done.
func (l *Lookup) after(done map[string]bool) bool {
	ready := !slices.ContainsFunc(l.For, func(name string) bool { return !done[name] })
	l.Where.uses(func(name, _ string) { ready = ready && done[name] })
	return ready
}

func (c Conditions) uses(lookup func(name, column string)) {
	for _, one := range c {
		one.uses(lookup)
	}
}

// preread reads what must be in memory before the tables are read: lookups, the few rows
// of tables whose source is read for a lookup, and which rows are the first of their key.
// A source is read once a round.
func (b *bindings) preread(ctx context.Context, r *resolver) error {
	used := b.system.lookupColumns()
	rounds, err := b.system.readingOrder()
	if err != nil {
		return err
	}
	jobs := r.options.jobs()
	r.lookups = map[string]*lookup{}
	for n, round := range rounds {
		bySource := map[string][]harvest{}
		for _, name := range round {
			columns, asked := used[name]
			if !asked {
				continue
			}
			l := r.newLookup(b, name, columns)
			r.lookups[name] = l
			from := b.system.Lookups[name].From
			bySource[from] = append(bySource[from], l)
		}
		if n == len(rounds)-1 {
			b.addGathered(r, bySource)
		}
		for _, source := range sortedKeys(bySource) {
			if err := reap(ctx, b.files[source], bySource[source], jobs); err != nil {
				return err
			}
		}
	}
	r.dropKeysOfRounds()
	return b.findFirsts(ctx, r)
}

// jobs is how many parts are read side by side.
func (o *Options) jobs() int {
	if o.Source.Jobs > 0 {
		return o.Source.Jobs
	}
	return runtime.GOMAXPROCS(0)
}
