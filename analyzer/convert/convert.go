package convert

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"paperlight/analyzer"
	"paperlight/analyzer/canonical"
	"paperlight/analyzer/crash"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
)

// Options say how an extract is written.
type Options struct {
	// Format is one of canonical.Formats.
	Format string
	// GroupRows is the rows of a Parquet row group or Arrow record batch.
	GroupRows int
	// Run says how the extract is read: jobs, memory, progress, and the as-of date.
	Run analyzer.RunOptions
	// Anonymise, where not nil, says how the tables are made anonymous; else they are
	// written as they are.
	Anonymise *Anonymise
}

// A Summary says what was written.
type Summary struct {
	Tables []TableSummary `json:"tables"` // in schema order
	// Patients are those written.
	Patients int64 `json:"patients"`
	// RepeatedPractices are rows of the practice table that say again what a row
	// before them says, and were left out.
	RepeatedPractices int64       `json:"repeated_practices,omitempty"`
	Anonymised        *Anonymised `json:"anonymised,omitempty"`
}

// A TableSummary says what became of one table.
type TableSummary struct {
	Table string `json:"table"`
	Rows  int64  `json:"rows"` // written
	// LeftOut are rows that were not written, of whatever reason.
	LeftOut int64 `json:"left_out,omitempty"`
}

// Write writes the tables of x into folder, which it makes, one file each. The
// extract must stay open. What cannot be judged is a *analyzer.Refusal; an extract that
// must not be anonymised as it is, a *PrivacyError. After an error the folder holds what
// was written before it.
func Write(ctx context.Context, x *extract.Extract, folder string, o Options) (_ *Summary, err error) {
	j := &job{x: x, folder: folder, Options: o, summary: &Summary{}, unreadable: map[*schema.Column]bool{}, excluded: map[*schema.Table]bool{}, unknown: map[*schema.Table]bool{}, withheld: map[*schema.Column]int64{}}
	defer crash.Catch(&err, "the writing of tables")
	if err := os.Mkdir(folder, 0o700); err != nil {
		return nil, err
	}
	if err := j.read(ctx); err != nil {
		return nil, err
	}
	if o.Anonymise != nil {
		if err := j.anonymise(ctx); err != nil {
			return nil, err
		}
	}
	if err := j.write(ctx); err != nil || o.Anonymise == nil {
		return j.summary, err
	}
	if j.summary.Patients == 0 {
		return nil, &PrivacyError{Message: "no patient would be left in the copy: all opted out, or nobody can tell who they are",
			Cure: "paperlight inspect says how the patients were read"}
	}
	if err := j.rules(); err != nil {
		return nil, err
	}
	return j.summary, j.verify(ctx)
}

// A job is one extract as it is written.
type job struct {
	Options
	x         *extract.Extract
	folder    string
	practices *analyzer.Practices
	// unreadable are the columns of which some cells could not be read.
	unreadable map[*schema.Column]bool
	people     *people // who stays; nil where everybody does
	// words are those that may stand in a column, where a list decides.
	words map[*schema.Column]map[string]bool
	// withheld counts the cells of each column that had not its form.
	withheld map[*schema.Column]int64
	// excluded are the tables that lost entries kept out of shared records, unknown
	// those that lost rows of nobody known.
	excluded, unknown map[*schema.Table]bool
	summary           *Summary
}

// read finds the practices, and reads everything once to see what cannot be read.
func (j *job) read(ctx context.Context) (err error) {
	asOf := j.Run.AsOf
	if asOf == nil && j.Anonymise == nil {
		asOf = &j.x.ReleaseDate // nothing else depends on the day
	}
	if j.practices, err = analyzer.AsOf(ctx, j.x, asOf); err != nil {
		return err
	}
	found, err := analyzer.Read(ctx, j.x, j.Run)
	if err != nil {
		return err
	}
	for _, t := range found.Tables {
		for _, f := range t.Faults {
			if f.Column != nil {
				j.unreadable[f.Column] = true
			}
		}
	}
	j.summary.RepeatedPractices = j.practices.Counts().Repeated
	return nil
}

// write writes the tables, several at the same time.
func (j *job) write(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	tables := slices.Clone(j.x.Tables)
	if j.x.Table(schema.Practice) == nil && j.statesPractices() {
		tables = slices.Insert(tables, 0, &extract.Table{Schema: schema.Practice, Supplied: make([]bool, len(schema.Practice.Columns))})
	}
	summaries, errs, layouts := make([]TableSummary, len(tables)), make([]error, len(tables)), make([]*layout, len(tables))
	progress := j.progress()
	slots := make(chan struct{}, max(1, j.Run.Jobs))
	var group crash.Group
	for i, t := range tables {
		group.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			if errs[i] = ctx.Err(); errs[i] == nil {
				summaries[i], layouts[i], errs[i] = j.table(ctx, t, progress)
			}
			if errs[i] != nil {
				stop()
			}
		})
	}
	group.Wait()
	for _, err := range errs { // what stopped the others, not that they were stopped
		if err != nil && !errors.Is(err, context.Canceled) {
			return err
		}
	}
	j.summary.Tables = summaries
	for i, t := range summaries {
		if t.Table == schema.Patients.Name {
			j.summary.Patients = t.Rows
		}
		if a := j.summary.Anonymised; a != nil {
			a.add(j, layouts[i])
		}
	}
	return errors.Join(errs...)
}

// add adds what a table lost.
func (a *Anonymised) add(j *job, l *layout) {
	t := l.table.Schema
	a.UnknownRows, a.ExcludedRows = a.UnknownRows+l.left.unknown, a.ExcludedRows+l.left.excluded
	j.excluded[t], j.unknown[t] = l.left.excluded > 0, l.left.unknown > 0
	for i := range l.columns {
		if c := &l.columns[i]; c.withheld > 0 {
			a.Withheld = append(a.Withheld, WithheldCells{c.out.Column.String(), c.withheld})
			j.withheld[c.out.Column] = c.withheld
		}
	}
}

// progress returns what tables report to as they are written.
func (j *job) progress() func(table string, rows, bytes int64) {
	if j.Run.Progress == nil {
		return func(string, int64, int64) {}
	}
	var all int64
	for _, t := range j.x.Tables {
		all += t.Bytes
	}
	var mu sync.Mutex
	p := analyzer.Progress{All: all}
	return func(table string, rows, bytes int64) {
		mu.Lock()
		defer mu.Unlock()
		p.Table, p.Rows, p.Bytes = table, p.Rows+rows, p.Bytes+bytes
		j.Run.Progress(p)
	}
}

// table writes one table.
func (j *job) table(ctx context.Context, t *extract.Table, progress func(string, int64, int64)) (s TableSummary, l *layout, err error) {
	s.Table = t.Schema.Name
	l = j.layout(t)
	f, err := os.OpenFile(filepath.Join(j.folder, t.Schema.Name+"."+j.Format), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return s, l, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w, err := canonical.NewWriter(j.Format, f, l.block, j.GroupRows)
	if err != nil {
		return s, l, err
	}
	if t.Schema == schema.Practice {
		j.practiceRows(l)
		s.Rows = int64(l.block.Rows)
		if err := w.Write(l.block); err != nil {
			return s, l, err
		}
		return s, l, w.Close()
	}
	for _, part := range t.Parts {
		for b, err := range part.Scan(ctx, l.scanned) {
			if err != nil {
				return s, l, err
			}
			if err := l.add(b); err != nil {
				return s, l, err
			}
			s.Rows, s.LeftOut = s.Rows+int64(l.block.Rows), s.LeftOut+int64(b.Rows()-l.block.Rows)
			if err := w.Write(l.block); err != nil {
				return s, l, err
			}
			progress(t.Schema.Name, int64(b.Rows()), b.Bytes)
		}
	}
	return s, l, w.Close()
}
