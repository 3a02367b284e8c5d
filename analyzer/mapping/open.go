package mapping

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
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
	bundle, err := source.Open(paths, o.Source)
	if err != nil {
		return nil, err
	}
	x, err := assemble(ctx, bundle, o)
	if err != nil {
		return nil, errors.Join(err, bundle.Close())
	}
	x.Close = bundle.Close
	return x, nil
}

func assemble(ctx context.Context, bundle *source.Bundle, o Options) (*extract.Extract, error) {
	systems := o.Systems
	if systems == nil {
		var err error
		if systems, err = Systems(); err != nil {
			return nil, err
		}
	}
	b, err := recognise(ctx, systems, bundle)
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
		x.SHA256 = b.digest
	}
	lookups, err := b.lookups(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := b.release(ctx, x); err != nil {
		return nil, err
	}
	r := &resolver{system: b.system, lookups: lookups, options: o}
	side := &resolver{system: canonical(), options: o}
	unique := new(numbers)
	for _, t := range schema.Tables {
		from := r
		if b.system.Tables[t.Name] == nil {
			from = side
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
	x.Notes, x.Unused = b.notes(x), b.suggestions(x)
	return x, nil
}

// table makes a canonical table of the files that hold it; nil where none does.
func (b *bindings) table(r *resolver, t *schema.Table, unique *numbers) (*extract.Table, error) {
	out := &extract.Table{Schema: t, Supplied: make([]bool, len(t.Columns))}
	files := 0
	for _, target := range r.system.Tables[t.Name] {
		given := make([]int, len(t.Columns))
		have := b.files[target.From]
		for _, f := range have {
			p := &piece{all: b, table: t, bound: f, recipes: make([][]recipe, len(t.Columns)), numbers: unique}
			var err error
			if p.only, err = f.filter(target.Only); err != nil {
				return nil, err
			}
			for _, c := range t.Columns {
				if c.Virtual {
					continue
				}
				p.recipes[c.Index] = r.recipes(f, target, c)
				if err := f.readable(p.recipes[c.Index]); err != nil {
					return nil, err
				}
				if len(p.recipes[c.Index]) > 0 {
					given[c.Index]++
				}
			}
			if key := t.Key; key != nil && p.derivesKey(key) {
				out.DerivedKey = true
				given[key.Index]++
			}
			for _, raw := range f.file.Parts {
				out.Parts = append(out.Parts, &part{piece: p, raw: raw})
			}
			if len(f.file.Parts) == 0 {
				out.Parts = append(out.Parts, &part{piece: p, raw: noRows{}})
			}
			out.Bytes += f.file.Bytes
		}
		for i, n := range given {
			if 0 < n && n < len(have) {
				b.partial = append(b.partial, fmt.Sprintf("%s is not in every file of the table %s: it counts as absent.", t.Columns[i], target.From))
			}
			out.Supplied[i] = out.Supplied[i] || len(have) > 0 && n == len(have)
		}
		files += len(have)
	}
	if files == 0 {
		return nil, nil
	}
	return out, nil
}

// filter resolves the columns of a filter in the file's header.
func (f *bound) filter(only map[string][]string) (filter, error) {
	var out filter
	for _, name := range sortedKeys(only) {
		i, ok := f.header[folded(name)]
		if !ok {
			return nil, &source.DecodeError{File: f.file.Name, Column: name, Message: "the column is needed and not there"}
		}
		c := condition{column: i, values: map[string]bool{}}
		for _, v := range only[name] {
			c.values[v] = true
		}
		out = append(out, c)
	}
	return out, nil
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

// lookups reads the side tables that some column goes through.
func (b *bindings) lookups(ctx context.Context, o Options) (map[string]*lookup, error) {
	used := b.system.lookupColumns()
	out := map[string]*lookup{}
	for _, name := range sortedKeys(used) {
		declared := b.system.Lookups[name]
		l := &lookup{columns: used[name], have: make([]bool, len(used[name])),
			values: make([]texts, len(used[name])), seed: binary.LittleEndian.Uint64(o.Key[:8])}
		for _, f := range b.files[declared.From] {
			key, ok := f.header[folded(declared.Key)]
			if !ok {
				continue
			}
			only, err := f.filter(declared.Only)
			if err == nil {
				err = l.load(ctx, f, key, only)
			}
			if err != nil {
				return nil, err
			}
		}
		out[name] = l
	}
	return out, nil
}

// lookupColumns returns the columns that expressions ask of each lookup.
func (s *System) lookupColumns() map[string][]string {
	used := map[string]map[string]bool{}
	var visit func(e *Expression)
	visit = func(e *Expression) {
		if name, column, ok := strings.Cut(e.Via, "."); ok {
			if used[name] == nil {
				used[name] = map[string]bool{}
			}
			used[name][folded(column)] = true
		}
		for _, alternative := range e.FirstOf {
			visit(alternative)
		}
	}
	for _, targets := range s.Tables {
		for _, t := range targets {
			for _, e := range t.Columns {
				visit(e)
			}
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
		column, ok := f.header[folded(r.Column)]
		if !ok {
			continue
		}
		in := rows{cells: make([]cells, 1)}
		for _, p := range f.file.Parts {
			for raw, err := range p.Scan(ctx, []int{column}) {
				if err == nil {
					err = in.set(raw)
				}
				if err == nil {
					err = in.renderAll()
				}
				if err != nil {
					return inFile(f.file, err)
				}
				latest(&in, layoutsOf(r.Dates), x)
			}
		}
	}
	return nil
}

// latest raises the release date to the latest date of the column.
func latest(in *rows, layouts []dateLayout, x *extract.Extract) {
	for i := range in.n {
		cell := in.cells[0].at(i)
		for _, layout := range layouts {
			if day, ok := layout(cell); ok && (!x.HasReleaseDate || day > x.ReleaseDate) {
				x.ReleaseDate, x.HasReleaseDate = day, true
			}
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

// digest is over the files' names and digests, one a line.
func (b *bindings) digest() (string, error) {
	lines := map[string]string{}
	for _, f := range b.all() {
		if f.file.Format == source.FHIR {
			continue
		}
		of, err := f.file.SHA256()
		if err != nil {
			return "", err
		}
		lines[label(f.file)] = of
	}
	for i, name := range b.documents.Names() {
		lines[name] = b.documents.Digests()[i]
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
	for _, t := range x.Tables {
		if t.DerivedKey {
			out = append(out, fmt.Sprintf("%s has no record ids; the file and record number are used in their place.", t.Schema.Name))
		}
	}
	out = append(out, b.partial...)
	out = append(out, b.sided...)
	return append(out, b.unread...)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
