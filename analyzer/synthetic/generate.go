// Package synthetic makes practices that nobody lives in: extracts of any
// size with a realistic shape, faults seeded at chosen rates, and beside them
// the truth, counted from the made records by code that shares nothing with
// the engine. Equal options give equal bytes.
package synthetic

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/canonical"
)

// Options say what to make.
type Options struct {
	Seed                uint64
	Practices, Patients int // patients over all practices
	// AsOf is the last day of the extract.
	AsOf calendar.Day
	// PerPatient is the mean number of rows by table; a table at zero or
	// absent is left out. Issues follow their courses and results, documents
	// and so on the given mean.
	PerPatient map[string]float64
	// Shape is one of Shapes: how far back medicines go.
	Shape string
	// Rates are the shares of eligible records made faulty, by rule id, over
	// the faults' own; Clean makes none but those.
	Rates map[string]float64
	Clean bool
	// Batches are the shares of the entries of rules that the first practice
	// records on one day, by rule id.
	Batches map[string]float64
	// Format is csv, parquet or arrow; Shuffle puts the rows of every table in
	// random order instead of by practice and patient.
	Format  string
	Shuffle bool
	// Like, where given, is the clinical system in whose layout all is written
	// (see Systems); the format is then that of its files.
	Like string
	// Layout is the form of the layout: 8.2, 8.0 or 5.4 for emis, mapped or texts
	// for systmone, files or zips for vision; empty is the first of them.
	Layout string
	// Deltas is how many sets of changes an extract like emis has after a full
	// one of an earlier day.
	Deltas int
	// GroupRows is the rows of a Parquet row group or Arrow record batch.
	GroupRows int
	// Lists are the codes of the catalogue's code lists, by name and system.
	Lists map[string]map[string][]string
	// Answers are the declarations to make, each yes: the keys that rules ask
	// for. None makes no declarations table.
	Answers []string
	// Progress, where not nil, is called with patients made so far.
	Progress func(done, of int)
}

// makes reports whether rows of a table are wanted.
func (o *Options) makes(table string) bool {
	switch table {
	case "patients", "registrations":
		return true
	}
	return o.PerPatient[table] > 0
}

// Generate writes an extract and truth.json into folder, which it makes. All
// is written to a folder beside it and renamed at the end, so that folder
// never holds half an extract.
func Generate(ctx context.Context, folder string, o Options) (*Truth, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	if _, err := os.Stat(folder); err == nil {
		return nil, &OptionError{filepath.Base(folder) + " is already there", "give a folder that does not exist yet"}
	}
	partial := filepath.Join(filepath.Dir(folder), "."+filepath.Base(folder)+".partial")
	if err := os.MkdirAll(partial, 0o700); err != nil {
		return nil, err
	}
	truth, err := generate(ctx, partial, o)
	if err == nil {
		err = truth.write(filepath.Join(partial, "truth.json"))
	}
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = os.Rename(partial, folder)
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(partial))
	}
	return truth, nil
}

func generate(ctx context.Context, folder string, o Options) (*Truth, error) {
	m := newModel(o)
	var err error
	if m.plan, err = loadContent(); err != nil {
		return nil, err
	}
	faults, err := loadFaults(o.Rates, o.Clean)
	if err != nil {
		return nil, err
	}
	if err := checkBatches(o.Batches, faults); err != nil {
		return nil, err
	}
	truth := newTruth(m, faults)
	out, err := newForm(folder, m)
	if err != nil {
		return nil, err
	}
	defer out.abandon()
	if err := m.run(ctx, out, faults, truth); err != nil {
		return nil, err
	}
	if err := out.close(ctx); err != nil {
		return nil, err
	}
	truth.Written = out.written()
	return truth, nil
}

// run makes every patient of every practice, in order.
func (m *model) run(ctx context.Context, out form, faults []fault, truth *Truth) error {
	p, twin, done := &patient{}, &patient{}, 0
	for k := range m.Practices {
		size := m.Patients / m.Practices
		if k < m.Patients%m.Practices {
			size++
		}
		pr := newPractice(m.r, m.Seed, uint64(k), uint64(size))
		counts := truth.practice(pr)
		if err := out.practice(pr); err != nil {
			return err
		}
		for n := range uint64(size) {
			if n%1024 == 0 {
				if err := ctx.Err(); err != nil {
					return err
				}
				if m.Progress != nil {
					m.Progress(done, m.Patients)
				}
			}
			m.patient(p, pr, n)
			m.seed(p, faults)
			m.batch(p, faults)
			truth.count(counts, p)
			if err := out.patient(p); err != nil {
				return err
			}
			if p.sharedNumber {
				m.secondRecord(twin, p)
				truth.count(counts, twin)
				if err := out.patient(twin); err != nil {
					return err
				}
			}
			done++
		}
	}
	return nil
}

// A tableWriter takes a table's rows from its block to its file, by way of a
// shuffler where rows go in random order.
type tableWriter struct {
	block    *canonical.Block
	rows     func(*patient, *canonical.Block)
	file     *os.File
	out      canonical.Writer
	shuffle  *shuffler
	written  int64
	finished bool
}

func newTableWriter(folder string, b *canonical.Block, o Options) (*tableWriter, error) {
	f, err := os.Create(filepath.Join(folder, b.Table.Name+"."+o.Format))
	if err != nil {
		return nil, err
	}
	t := &tableWriter{block: b, file: f}
	t.out, err = canonical.NewWriter(o.Format, f, b, o.GroupRows)
	if err == nil && o.Shuffle {
		mean := max(o.PerPatient[b.Table.Name], 1)
		t.shuffle, err = newShuffler(folder, b, o.Seed, int64(mean*float64(o.Patients)))
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return t, nil
}

// spill hands the block on when it is full.
func (t *tableWriter) spill() error {
	if t.block.Rows < 16384 {
		return nil
	}
	return t.drain()
}

func (t *tableWriter) drain() error {
	defer t.block.Reset()
	t.written += int64(t.block.Rows)
	if t.shuffle != nil {
		return t.shuffle.add(t.block)
	}
	return t.out.Write(t.block)
}

func (t *tableWriter) close() error {
	if err := t.drain(); err != nil {
		return err
	}
	if t.shuffle != nil {
		err := t.shuffle.each(t.out.Write)
		if err = errors.Join(err, t.shuffle.close()); err != nil {
			return err
		}
		t.shuffle = nil
	}
	t.finished = true
	return errors.Join(t.out.Close(), t.file.Close())
}

// abandon releases what close has not.
func (t *tableWriter) abandon() {
	if t.finished || t.file == nil {
		return
	}
	if t.shuffle != nil {
		_ = t.shuffle.close()
	}
	_ = t.file.Close()
}
