package mapping

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/source"
)

// Options say how an extract is opened.
type Options struct {
	// Source says how files are opened.
	Source source.Options
	// Key is the key of the hashes of NHS numbers: random, a new one each run.
	Key [16]byte
	// AllowTestNumbers takes NHS numbers of the test range as real.
	AllowTestNumbers bool
	// Systems are the vendor systems to recognise; nil means the built-in ones.
	Systems []*System
}

// Open opens the files at the paths as one extract: it recognises the system,
// binds its files to tables and converts rows as they are scanned. The extract
// owns the files until its Close. Input that is not an extract is a
// *RefusedError, input that cannot be decoded a *source.DecodeError.
func Open(ctx context.Context, paths []string, o Options) (*extract.Extract, error) {
	return OpenFound(ctx, Found{Places: source.PlacesOf(paths)}, o)
}

// OpenFound is Open, of an extract that Discover found.
func OpenFound(ctx context.Context, found Found, o Options) (*extract.Extract, error) {
	if found.Refused != nil {
		return nil, found.Refused
	}
	o, err := o.withSystems()
	if err != nil {
		return nil, err
	}
	o.Source.Headerless = headerless(o.Systems)
	bundle, err := source.OpenPlaces(found.Places, o.Source)
	if err != nil {
		return nil, err
	}
	x, err := assemble(ctx, bundle, o)
	if err != nil {
		return nil, errors.Join(err, bundle.Close())
	}
	x.Name = cmp.Or(found.Name, x.Name)
	x.Close = bundle.Close
	return x, nil
}

// withSystems adds the built-in systems where none are given.
func (o Options) withSystems() (Options, error) {
	if o.Systems != nil {
		return o, nil
	}
	var err error
	o.Systems, err = Systems()
	return o, err
}

// headerless tells by a file's name which columns it has where it has no header line.
func headerless(systems []*System) func(stem string) [][]string {
	return func(stem string) [][]string {
		for _, s := range systems {
			for _, name := range sortedKeys(s.Sources) {
				if src := s.Sources[name]; len(src.Layouts) > 0 && src.pattern.MatchString(stem) {
					out := make([][]string, len(src.Layouts))
					for i, l := range src.Layouts {
						out[i] = l
					}
					return out
				}
			}
		}
		return nil
	}
}

func assemble(ctx context.Context, bundle *source.Bundle, o Options) (*extract.Extract, error) {
	o, err := o.withSystems()
	if err != nil {
		return nil, err
	}
	b, err := recognise(ctx, o.Systems, bundle)
	if err != nil {
		if len(bundle.Unread) > 0 { // it may be the file that is missed
			return nil, bundle.Unread[0].Err
		}
		return nil, err
	}
	if err := b.setAside(bundle.Unread); err != nil {
		return nil, err
	}
	if err := b.addSideColumns(); err != nil {
		return nil, err
	}
	if err := b.whole(); err != nil {
		return nil, err
	}
	x := &extract.Extract{Name: bundle.Name, System: b.system.ID}
	x.Format = b.formats()
	x.Lists, x.Bare, x.Own = bundle.Integrity.Lists, bundle.Integrity.Bare, bundle.Integrity.Own
	if o.Source.Digest {
		x.SHA256, x.Digests = b.digest, b.digests
	}
	if err := b.arrange(ctx); err != nil {
		return nil, err
	}
	if err := b.release(ctx, x); err != nil {
		return nil, err
	}
	if err := b.findHabits(ctx, o.jobs()); err != nil {
		return nil, err
	}
	r := &resolver{system: b.system, options: o}
	if x.HasReleaseDate {
		r.released = &x.ReleaseDate
	}
	if err := b.wholePractice(ctx); err != nil {
		return nil, err
	}
	if err := b.superseded(ctx, r); err != nil {
		return nil, err
	}
	if err := b.preread(ctx, r); err != nil {
		return nil, err
	}
	x.Missing = b.missing(r)
	if err := b.readTold(ctx); err != nil {
		return nil, err
	}
	if err := b.findMisses(ctx, r.lookups); err != nil {
		return nil, err
	}
	side := &resolver{system: canonical(), options: o}
	unique := new(numbers)
	for _, t := range schema.Tables {
		from := r
		if b.system.Tables[t.Name] == nil && slices.Contains(sideTables, t.Name) {
			from = side // another source of this name is the system's own table
		}
		table, err := b.table(from, t, unique)
		if err != nil {
			return nil, err
		}
		switch {
		case table != nil:
			x.Tables = append(x.Tables, table)
		case b.system.Tables[t.Name] == nil && !slices.Contains(sideTables, t.Name):
			x.NeverHas = append(x.NeverHas, t)
		}
	}
	x.DateForms = b.dateForms()
	x.Notes, x.Unused, x.Noticed = b.notes(x), b.suggestions(x), b.noticed.notes
	return x, nil
}

// table makes a canonical table of the files that hold it; nil where none does.
func (b *bindings) table(r *resolver, t *schema.Table, unique *numbers) (*extract.Table, error) {
	out := &extract.Table{Schema: t, Supplied: make([]bool, len(t.Columns))}
	files := 0
	for _, target := range r.system.Tables[t.Name] {
		given := make([]int, len(t.Columns))
		have := 0
		for _, f := range b.files[target.From] {
			p := &piece{all: b, table: t, bound: f, recipes: make([][]recipe, len(t.Columns)), numbers: unique}
			var told bool
			if p.only, told = r.filter(b, f, target.Where); !told {
				continue // nothing in the file says which rows are of the table
			}
			if once := b.firsts[target]; once != nil {
				p.only.where = append(p.only.where, once.test(f))
			}
			have++
			if err := p.resolve(r, target, given); err != nil {
				return nil, err
			}
			if key := t.Key; key != nil && p.derivesKey(key) {
				out.DerivedKey = true
				given[key.Index]++
			}
			for _, raw := range b.partsFor(target, f) {
				out.Parts = append(out.Parts, &part{piece: p, raw: raw})
			}
			out.Bytes += f.file.Bytes
		}
		for i, n := range given {
			if 0 < n && n < have {
				b.partial = append(b.partial, fmt.Sprintf("%s is not in every file of the table %s: it counts as absent.", t.Columns[i], target.From))
			}
			out.Supplied[i] = out.Supplied[i] || have > 0 && n == have
		}
		files += have
	}
	if files == 0 {
		return nil, nil
	}
	out.LeftOut = leftOutOf(out.Parts)
	return out, nil
}

// resolve finds the recipes of every column, and counts in given which the file can
// fill.
func (p *piece) resolve(r *resolver, target *Target, given []int) error {
	for _, c := range p.table.Columns {
		if c.Virtual {
			continue
		}
		p.recipes[c.Index] = r.recipes(p.bound, target, c)
		if err := p.bound.readable(p.recipes[c.Index]); err != nil {
			return err
		}
		if len(p.recipes[c.Index]) > 0 {
			given[c.Index]++
		}
	}
	return nil
}

// partsFor are the parts of a file that a table is read from: those of the file, or the
// rows of it that were gathered.
func (b *bindings) partsFor(target *Target, f *bound) []source.Part {
	if g := b.gathered[target]; g != nil && !g.over {
		return g.parts(f)
	}
	if len(f.file.Parts) == 0 {
		return []source.Part{noRows{}}
	}
	return f.file.Parts
}

// filter are the tests for the rows of a file that count; told is false where the file
// lacks what they want to know.
func (r *resolver) filter(all *bindings, f *bound, where Conditions) (out filter, told bool) {
	out.current = all.current(r, f)
	if c := where.asOne(); c != nil {
		var test rowTest
		if test, told = r.test(f, c); !told {
			return out, false
		}
		out.where = []rowTest{test}
	}
	return out, true
}

// readable refuses a column whose type no conversion reads.
func (f *bound) readable(ways []recipe) error {
	if f.file.Types == nil {
		return nil
	}
	for _, w := range ways {
		for _, c := range w.columns {
			if err := readable(f.file.Types[c]); err != nil {
				return &source.DecodeError{File: f.file.Name, Column: f.file.Columns[c], Message: err.Error()}
			}
		}
	}
	return nil
}

// uses calls back with every lookup that the target reads.
func (t *Target) uses(lookup func(name, column string)) {
	t.Where.uses(lookup)
	for _, e := range t.Columns {
		e.uses(lookup)
	}
}

func (e *Expression) uses(lookup func(name, column string)) {
	for _, via := range e.Via {
		name, column, _ := strings.Cut(via, ".")
		lookup(name, column)
	}
	e.When.uses(lookup)
	for _, alternative := range e.FirstOf {
		alternative.uses(lookup)
	}
}

// lookupColumns returns the columns that expressions ask of each lookup.
func (s *System) lookupColumns() map[string][]string {
	used := map[string]map[string]bool{}
	use := func(name, column string) {
		if used[name] == nil {
			used[name] = map[string]bool{}
		}
		if column != "" {
			used[name][folded(column)] = true
		}
	}
	for _, targets := range s.Tables {
		for _, t := range targets {
			t.uses(use)
		}
	}
	for _, l := range s.Lookups {
		l.Where.uses(use)
		for _, name := range l.For {
			use(name, "")
		}
	}
	out := map[string][]string{}
	for name, columns := range used {
		out[name] = sortedKeys(columns)
	}
	return out
}

// release reads the date of the extract: the latest that the source states.
func (b *bindings) release(ctx context.Context, x *extract.Extract) error {
	r := b.system.Release
	if r == nil {
		return nil
	}
	for _, f := range b.files[r.From] {
		if r.Name != "" {
			latest([]byte(f.captured[r.Name]), layoutsOf(r.Dates), x)
			continue
		}
		column, ok := f.header[folded(r.Column)]
		if !ok {
			continue
		}
		err := f.each(ctx, []int{column}, func(in *rows, i int) error {
			latest(in.cells[0].at(i), layoutsOf(r.Dates), x)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// latest raises the release date to that of the text, where it states a later one.
func latest(text []byte, layouts []dateLayout, x *extract.Extract) {
	for _, layout := range layouts {
		if day, ok := layout(text); ok && (!x.HasReleaseDate || day > x.ReleaseDate) {
			x.ReleaseDate, x.HasReleaseDate = day, true
		}
	}
}

// all returns the bound files in the order of their names.
func (b *bindings) all() []*bound {
	var out []*bound
	for _, files := range b.files {
		out = append(out, files...)
	}
	slices.SortFunc(out, func(a, b *bound) int { return cmp.Compare(label(a.file), label(b.file)) })
	return out
}

// formats names the formats of the files.
func (b *bindings) formats() string {
	formats := map[string]bool{}
	for _, f := range b.all() {
		formats[string(f.file.Format)] = true
	}
	return strings.Join(sortedKeys(formats), "+")
}

// digests are those of the files, by name.
func (b *bindings) digests() (map[string]string, error) {
	lines := map[string]string{}
	for _, f := range b.all() {
		if f.file.Format == source.FHIR {
			continue
		}
		of, err := f.file.SHA256()
		if err != nil {
			return nil, err
		}
		lines[label(f.file)] = of
	}
	for i, name := range b.documents.Names() {
		lines[name] = b.documents.Digests()[i]
	}
	return lines, nil
}

// digest is over the files' names and digests, one a line.
func (b *bindings) digest() (string, error) {
	lines, err := b.digests()
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, name := range sortedKeys(lines) {
		fmt.Fprintf(sum, "%s  %s\n", lines[name], name)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// notes says what those who read the report must know about the files.
func (b *bindings) notes(x *extract.Extract) []string {
	var out []string
	for _, f := range b.all() {
		if f.file.Charset != "" && f.file.Charset != "utf-8" {
			out = append(out, fmt.Sprintf("%s is not UTF-8; it was read as %s.", shown(label(f.file)), f.file.Charset))
		}
	}
	out = append(out, b.readingNotes()...)
	for _, t := range x.Tables {
		if t.DerivedKey {
			out = append(out, fmt.Sprintf("%s has no record ids; the file and record number are used in their place.", t.Schema.Name))
		}
	}
	if b.system.Published {
		out = append(out, b.system.Title+" is read from its published layout. No one has tried paperlight on a real export of it yet.")
	}
	out = append(out, b.told...)
	out = append(out, b.setNotes()...)
	out = append(out, b.partial...)
	out = append(out, b.sided...)
	return append(out, b.unread...)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
