package mapping

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"paperlight/analyzer/figures"
)

// Sets says how the extracts of a system follow each other: a full one, and later ones
// with what changed since. A record counts as the latest set has it.
type Sets struct {
	// Order is what the names of files capture, by whose text sets come in order;
	// Apart, what keeps series of sets apart: an agreement with another practice.
	Order string `yaml:"order" json:"order,omitempty"`
	Apart string `yaml:"apart" json:"apart,omitempty"`
	// First and Last are captured numbers, where the system numbers its runs: a set
	// begins with the number after the last of the one before.
	First string `yaml:"first" json:"first,omitempty"`
	Last  string `yaml:"last" json:"last,omitempty"`
	// Kind is a capture, and Change its values that say that a set holds changes.
	Kind   string   `yaml:"kind" json:"kind,omitempty"`
	Change []string `yaml:"change" json:"change,omitempty"`
	// Manifest, where the names of files do not tell the sets apart, is the table that
	// does.
	Manifest *Manifest `yaml:"manifest" json:"manifest,omitempty"`
	// Folders is a regular expression for the names of folders, or of archives, each of
	// which holds one set, by whose names they come in order.
	Folders string `yaml:"folders" json:"folders,omitempty"`
	// Complete says that each set has a file of every table.
	Complete bool `yaml:"complete" json:"complete,omitempty"`
	// Patients is the source of the patients; Linked are sources whose rows are of
	// them. In a full set nearly all are; in a set of changes most are not.
	Patients string `yaml:"patients" json:"patients,omitempty"`
	Linked   Names  `yaml:"linked" json:"linked,omitempty"`

	folders *regexp.Regexp // of Folders
}

func (s *System) checkSets() {
	sets := s.Sets
	if sets == nil {
		return
	}
	for _, name := range append(Names{sets.Patients}, sets.Linked...) {
		if src := s.Sources[name]; src == nil || len(src.Patient) == 0 {
			s.fault("$.sets", "sets: want a source with patient%s", meant(name, s.Sources))
		}
	}
	if err := sets.compile(); err != nil {
		s.fault("$.sets.folders", "folders: want a regular expression")
	}
	if m := sets.Manifest; m != nil && (s.Sources[m.From] == nil || m.File == "" || m.Until == "") {
		s.fault("$.sets.manifest", "manifest: want a source, and the columns file and until")
	}
	for _, name := range []string{sets.Order, sets.Apart, sets.First, sets.Last, sets.Kind} {
		if src := s.Sources[sets.Patients]; src != nil {
			s.checkName("$.sets", sets.Patients, name)
		}
	}
}

// compile compiles the pattern of the folders.
func (o *Sets) compile() (err error) {
	if o == nil || o.Folders == "" {
		return nil
	}
	o.folders, err = regexp.Compile("^(?:" + o.Folders + ")$")
	return err
}

// A Manifest is a table that lists the files of a set, one row each. It lies in the
// folder of the set.
type Manifest struct {
	From string `yaml:"from" json:"from,omitempty"`
	// File is the column with the names without extension, Change that which says
	// of a file that it holds changes alone.
	File   string `yaml:"file" json:"file,omitempty"`
	Change string `yaml:"change" json:"change,omitempty"`
	// Since and Until are the columns with the times that a set covers from and to.
	Since string `yaml:"since" json:"since,omitempty"`
	Until string `yaml:"until" json:"until,omitempty"`
}

// A fileSet are the files of one run of the system's export.
type fileSet struct {
	apart, order string
	sources      map[string]*bound
}

// arrange puts the files of a system with sets in the order of their sets, and refuses
// what is no series: a gap, a table twice, a table that a later set lacks. Of a source
// that a later set has in full, the files before it are left out.
func (b *bindings) arrange(ctx context.Context) error {
	order := b.system.Sets
	if order == nil {
		return nil
	}
	if err := b.readManifests(ctx); err != nil {
		return err
	}
	var all []*fileSet
	for _, f := range b.all() {
		i := slices.IndexFunc(all, func(s *fileSet) bool { return s.apart == f.place.apart && s.order == f.place.order })
		if i < 0 {
			i, all = len(all), append(all, &fileSet{f.place.apart, f.place.order, map[string]*bound{}})
		}
		if other := all[i].sources[f.source]; other != nil && !b.system.Sources[f.source].Numbered {
			return twice(other, f)
		}
		all[i].sources[f.source] = f
	}
	slices.SortStableFunc(all, func(x, y *fileSet) int {
		return cmp.Or(cmp.Compare(x.apart, y.apart), cmp.Compare(x.order, y.order))
	})
	number := 0
	for i, s := range all {
		if number++; i == 0 || all[i-1].apart != s.apart {
			number = 0
		}
		if number > 0 {
			if err := order.follows(all[i-1], s); err != nil {
				return err
			}
		}
		for _, f := range s.sources {
			f.set = number
		}
	}
	return b.fromLastFull()
}

func twice(one, other *bound) error {
	return &RefusedError{
		Message: fmt.Sprintf("%s and %s both hold the table %s", shown(label(one.file)), shown(label(other.file)), one.source),
		Hint:    "give one of them; put two extracts into a folder each",
	}
}

// follows refuses a set that does not continue the one before.
func (o *Sets) follows(before, s *fileSet) error {
	for _, name := range sortedKeys(before.sources) {
		if o.Complete && s.sources[name] == nil {
			return &RefusedError{
				Message: fmt.Sprintf("the set of %s has no file of the table %s, which the set before has", s.order, name),
				Hint:    "export the set again, whole",
			}
		}
	}
	for _, name := range sortedKeys(s.sources) {
		have, was := s.sources[name], before.sources[name]
		if was == nil {
			continue
		}
		if have.place.since != "" && have.place.since != was.place.until {
			return &RefusedError{
				Message: fmt.Sprintf("a set is missing: %s covers up to %s, and %s begins with %s", shown(label(was.file)), was.place.until, shown(label(have.file)), have.place.since),
				Hint:    "give every set from the last full one on, or a full one alone",
			}
		}
		first, ok1 := number(have.captured[o.First])
		last, ok2 := number(cmp.Or(was.captured[o.Last], was.captured[o.First]))
		if ok1 && ok2 && first != last+1 {
			return &RefusedError{
				Message: fmt.Sprintf("%s follows %s, but a set is missing between them: its numbers begin with %d, and those before end with %d", shown(label(have.file)), shown(label(was.file)), first, last),
				Hint:    "give every set from the last full one on, or a full one alone",
			}
		}
	}
	return nil
}

// fromLastFull leaves out the files of a source that come before a full one of it, and
// refuses a series that begins with changes alone.
func (b *bindings) fromLastFull() error {
	for _, name := range sortedKeys(b.files) {
		files := b.files[name]
		slices.SortStableFunc(files, func(x, y *bound) int { return cmp.Compare(x.set, y.set) })
		last := map[string]int{} // the set of the last full file, by series
		for _, f := range files {
			if f.place.full {
				last[f.place.apart] = f.set
			}
		}
		kept := files[:0]
		for _, f := range files {
			if f.set < last[f.place.apart] {
				b.sided = append(b.sided, fmt.Sprintf("%s is not used: a later full set has the table.", shown(label(f.file))))
				continue
			}
			kept = append(kept, f)
			f.set -= last[f.place.apart]
		}
		b.files[name] = kept
		if first := kept[0]; first.place.change && b.system.Sets.Manifest != nil && len(b.system.Sources[name].Key) > 0 {
			return &RefusedError{
				Message: fmt.Sprintf("%s holds changes alone, and no full set comes before it", shown(label(first.file))),
				Hint:    "give the last full set, and every set of changes since, in one folder",
			}
		}
	}
	return nil
}

func number(text string) (int64, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}

// later knows which records of a source a later set has again, or deleted, and which
// patients were deleted.
type later struct {
	keySet
	newest []place // by key
}

// A place is where a record stands last.
type place struct {
	record  int64
	set     int32
	deleted bool
}

// note says that the record of a key stands last in a place.
func (l *later) note(key []byte, p place) {
	number, added := l.add(l.hash(key))
	if added {
		l.newest = append(l.newest, p)
	}
	l.newest[number] = p
}

// superseded reads the later sets of every source with a key, and which patients were
// deleted. A deletion of a patient comes without those of the patient's records.
func (b *bindings) superseded(ctx context.Context, r *resolver) error {
	if b.system.Sets == nil {
		return nil
	}
	b.later = map[string]*later{}
	seed := binary.LittleEndian.Uint64(r.options.Key[8:])
	for _, name := range sortedKeys(b.files) {
		src := b.system.Sources[name]
		if src == nil || len(src.Key) == 0 {
			continue
		}
		l := &later{keySet: keySet{seed: seed}}
		for _, f := range b.files[name] {
			if f.set == 0 && name != b.system.Sets.Patients {
				continue
			}
			if err := b.readLater(ctx, r, l, f); err != nil {
				return err
			}
		}
		if len(l.newest) > 0 {
			b.later[name] = l
		}
	}
	return nil
}

// readLater notes the records of a file: of a later set all of them, of the first the
// deleted ones.
func (b *bindings) readLater(ctx context.Context, r *resolver, l *later, f *bound) error {
	src := b.system.Sources[f.source]
	columns, ok := f.columns(src.Key)
	if !ok {
		return nil
	}
	deleted, told := r.deleted(f)
	var s slots
	keys := s.all(columns)
	gone := deleted.begin(&s)
	var key []byte
	return f.each(ctx, s.columns, func(r *rows, i int) error {
		if key, ok = appendKey(key[:0], r, keys, i); !ok {
			return nil
		}
		p := place{r.number(i), int32(f.set), told && gone(r, i)}
		if f.set == 0 && !p.deleted {
			return nil
		}
		l.note(key, p)
		return nil
	})
}

// deleted is the test for records that were deleted.
func (r *resolver) deleted(f *bound) (rowTest, bool) {
	c := r.system.Sources[f.source].Deleted.asOne()
	if c == nil {
		return always(false), false
	}
	return r.test(f, c)
}

// current are the tests that leave out of a file what was deleted, or what a later set
// has again, and the rows of patients that were deleted.
func (b *bindings) current(r *resolver, f *bound) []rowTest {
	src := b.system.Sources[f.source]
	if src == nil {
		return nil
	}
	var out []rowTest
	if deleted, told := r.deleted(f); told {
		out = append(out, rowTest{deleted.columns, func(s *slots) verdict {
			gone := deleted.begin(s)
			return func(r *rows, i int) bool { return !gone(r, i) }
		}})
	}
	if l, columns, ok := b.laterOf(f.source, f, src.Key); ok {
		out = append(out, l.test(columns, func(p place, r *rows, i int) bool {
			return p.set < int32(f.set) || p.set == int32(f.set) && p.record == r.number(i) && !p.deleted
		}))
	}
	if own := src.Own.asOne(); own != nil {
		if test, told := r.test(f, own); told {
			out = append(out, test)
		}
	}
	if b.system.Sets == nil || f.source == b.system.Sets.Patients {
		return out
	}
	if l, columns, ok := b.laterOf(b.system.Sets.Patients, f, src.Patient); ok {
		out = append(out, l.test(columns, func(p place, _ *rows, _ int) bool { return !p.deleted }))
	}
	return out
}

// laterOf returns what is known of a source's later sets, and the columns of the file
// that hold its key.
func (b *bindings) laterOf(source string, f *bound, key Names) (*later, []int, bool) {
	l := b.later[source]
	columns, ok := f.columns(key)
	return l, columns, ok && l != nil && len(columns) > 0
}

// test asks keeps about rows whose key is among the newest; others stay.
func (l *later) test(columns []int, keeps func(p place, r *rows, i int) bool) rowTest {
	return rowTest{columns, func(s *slots) verdict {
		keys := s.all(columns)
		var key []byte
		return func(r *rows, i int) bool {
			var ok bool
			if key, ok = appendKey(key[:0], r, keys, i); !ok {
				return true
			}
			number := l.find(key)
			return number < 0 || keeps(l.newest[number], r, i)
		}
	}}
}

// setNotes says how many records later sets replaced or deleted.
func (b *bindings) setNotes() []string {
	var out []string
	for _, name := range sortedKeys(b.later) {
		changed, deleted := int64(0), int64(0)
		for _, p := range b.later[name].newest {
			if p.deleted {
				deleted++
			} else {
				changed++
			}
		}
		if changed > 0 {
			out = append(out, fmt.Sprintf("%s: %s from later sets.", name, figures.Plural(changed, "record is", "records are")))
		}
		if deleted > 0 {
			out = append(out, fmt.Sprintf("%s: %s marked as deleted and left out.", name, figures.Plural(deleted, "record is", "records are")))
		}
	}
	return out
}
