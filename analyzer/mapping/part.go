package mapping

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/source"
)

// ours is set in the numbers of the dictionaries that are made here, so that they
// differ from every number given by a file's decoder.
const ours = 1 << 63

// numbers gives numbers to dictionaries, each of them once in an extract.
type numbers struct{ last atomic.Uint64 }

func (n *numbers) next() uint64 { return ours | n.last.Add(1) }

// listNumber is the number of a closed list: the same wherever it is read.
func listNumber(c *schema.Column) uint64 {
	return ours | 1<<48 | uint64(c.Table.Index)<<16 | uint64(c.Index)
}

// A piece is one file's contribution to one canonical table.
type piece struct {
	all     *bindings
	table   *schema.Table
	bound   *bound
	recipes [][]recipe // by column index
	only    filter
	numbers *numbers
	// spare are scans that have ended, whose dictionaries and buffers the next
	// part reuses.
	spare sync.Pool
}

// part is an extract.Part: rows of a file, converted as they are read.
type part struct {
	*piece
	raw source.Part
	// leftOut counts the rows that are not the practice's today.
	leftOut atomic.Int64
}

// noRows is the part of a file that has none.
type noRows struct{}

func (noRows) Size() (bytes, rows int64) { return 0, 0 }
func (noRows) NoNulls(int) bool          { return true }
func (noRows) Scan(context.Context, []int) iter.Seq2[*source.Raw, error] {
	return func(func(*source.Raw, error) bool) {}
}

func (p *part) Size() (bytes, rows int64) {
	bytes, rows = p.raw.Size()
	if !p.only.none() && !p.selected() {
		rows = -1
	}
	return bytes, rows
}

// MostRows is how many rows the file's part has, or about, whichever of them count.
func (p *part) MostRows() int64 { return extract.RowsAbout(p.raw) }

// RowsAbout is how many rows the part has, about; -1 where some do not count.
func (p *part) RowsAbout() int64 {
	if p.only.none() || p.selected() {
		return p.MostRows()
	}
	return -1
}

// selected reports whether the part holds the rows that count and no others.
func (p *part) selected() bool {
	_, kept := p.raw.(*keptRows)
	return kept
}

func (p *part) NoNulls(c *schema.Column) bool {
	ways := p.recipes[c.Index]
	switch {
	case p.derivesKey(c):
		return true
	case len(ways) != 1 || len(ways[0].steps) > 0 || ways[0].when != nil || c.Type != schema.Text || c.Values != nil:
		return false
	case p.all != nil && p.all.habits[p.bound.source] != nil && len(p.all.habits[p.bound.source].words) > 0:
		return false // a word that is given may mean that there is none
	case ways[0].constant != nil:
		return true
	}
	return p.raw.NoNulls(ways[0].columns[0])
}

// derivesKey reports whether c is the record id and the file has none.
func (p *piece) derivesKey(c *schema.Column) bool {
	return c == p.table.Key && !required(c) && len(p.recipes[c.Index]) == 0
}

func (p *part) Scan(ctx context.Context, cols []*schema.Column) iter.Seq2[*extract.Batch, error] {
	return func(yield func(*extract.Batch, error) bool) {
		s := p.begin(cols)
		for raw, err := range p.raw.Scan(ctx, s.slots.columns) {
			var batch *extract.Batch
			if err == nil {
				batch, err = s.convert(raw)
			}
			if err != nil {
				yield(nil, inFile(p.bound.file, err))
				return
			}
			if batch == nil {
				continue // the filter selected no row
			}
			ok := yield(batch, nil)
			batch.Record.Release()
			if !ok {
				return
			}
		}
		p.leftOut.Store(s.leftOut)
		p.all.notice(p, s)
		p.spare.Put(s)
	}
}

// A scan is one pass over one part: its fillers with their memory.
type scan struct {
	piece    *piece
	slots    slots
	only     selection
	leftOut  int64  // rows that are not the practice's today
	tidy     []tidy // by slot
	moved    []int  // by column: instants that were read as another day than in UTC
	columns  []*schema.Column
	fillers  []filler
	intern   []*interner
	out      []column
	rows     rows
	batch    extract.Batch
	selected []int32
	records  []int64
	bytes    int64 // of batches that the filter emptied
}

// begin returns a scan of the columns, one that has ended where there is one.
func (p *part) begin(cols []*schema.Column) *scan {
	if s, _ := p.spare.Get().(*scan); s != nil && slices.Equal(s.columns, cols) {
		s.bytes, s.leftOut = 0, 0
		s.forgetNoticed()
		return s
	}
	s := &scan{piece: p.piece, columns: slices.Clone(cols), out: make([]column, len(cols))}
	for _, c := range cols {
		if p.derivesKey(c) {
			s.fillers = append(s.fillers, &recordKeys{prefix: recordPrefix(p.bound.file), batch: &s.batch})
			continue
		}
		var alternatives []alternative
		for _, w := range p.recipes[c.Index] {
			alternatives = append(alternatives, w.begin(&s.slots))
		}
		s.fillers = append(s.fillers, p.filler(c, alternatives))
	}
	byColumns := s.slots.takeAsked()
	if !p.selected() {
		s.only = p.only.begin(&s.slots)
	}
	s.tidy, s.moved = p.tidyAll(s), make([]int, len(cols))
	s.intern = s.interners(byColumns, s.slots.takeAsked())
	s.rows.cells = make([]cells, len(s.slots.columns))
	s.batch.Dictionaries = make([]uint64, len(cols))
	s.batch.Malformed = make([][]uint64, len(cols))
	s.batch.File = p.bound.file.Name
	return s
}

func (p *piece) filler(c *schema.Column, alternatives []alternative) filler {
	switch {
	case c.Type != schema.Text:
		return scalars(c.Type, alternatives)
	case c.Values != nil:
		return &list{alternatives: alternatives, values: c.Values, entries: listed(c.Values), number: listNumber(c)}
	}
	id := c == p.table.Key || c == p.table.Patient || c.Name == "nhs_number_key"
	return &text{alternatives: alternatives, plain: id && c != p.table.Practice, numbers: p.numbers.next}
}

// convert makes the canonical batch of a batch as decoded; nil where no row is
// selected.
func (s *scan) convert(raw *source.Raw) (*extract.Batch, error) {
	if err := s.rows.setTidy(raw, s.tidy); err != nil {
		return nil, err
	}
	b := &s.batch
	b.First, b.Records, b.Before, b.Ragged, b.Bytes = raw.First, raw.Records, raw.Before, raw.Ragged, raw.Bytes+s.bytes
	s.bytes = 0
	if !s.only.none() {
		s.internAll(true)
		if err := s.filter(raw); err != nil {
			return nil, err
		}
		if s.rows.n == 0 {
			s.bytes = b.Bytes
			return nil, nil
		}
	}
	s.internAll(false)
	arrays, fields := make([]arrow.Array, len(s.columns)), make([]arrow.Field, len(s.columns))
	for i, c := range s.columns {
		out := &s.out[i]
		out.begin(s.rows.n)
		if err := s.fillers[i].fill(&s.rows, out); err != nil {
			return nil, inColumn(c, err)
		}
		s.moved[i] += out.moved
		if b.Ragged != nil {
			out.mask(b.Ragged)
		}
		arrays[i] = out.array(c.Type)
		fields[i] = arrow.Field{Name: c.Name, Type: arrays[i].DataType(), Nullable: true}
		b.Dictionaries[i], b.Malformed[i] = out.dictionary, out.faults()
	}
	b.Record = recordOf(fields, arrays, s.rows.n)
	return b, nil
}

func recordOf(fields []arrow.Field, arrays []arrow.Array, n int) arrow.Record {
	record := array.NewRecord(arrow.NewSchema(fields, nil), arrays, int64(n))
	for _, a := range arrays {
		a.Release()
	}
	return record
}

// filter selects the rows that the target asks for. A ragged row has no cells to
// judge by: it stays, to be counted as a reject.
func (s *scan) filter(raw *source.Raw) error {
	if err := s.rows.renderAll(); err != nil {
		return err
	}
	s.selected = s.selected[:0]
	for i := range s.rows.n {
		ragged := raw.Ragged != nil && bitmap.Has(raw.Ragged, i)
		switch {
		case ragged:
		case !s.only.wants(&s.rows, i):
			continue
		case !allHold(s.only.current, &s.rows, i):
			s.leftOut++
			continue
		}
		s.selected = append(s.selected, int32(i))
	}
	if len(s.selected) == s.rows.n {
		return nil
	}
	s.records = sized(s.records, len(s.selected))
	for i, r := range s.selected {
		s.records[i] = s.rows.record(int(r))
	}
	s.batch.Records = s.records
	if raw.Ragged != nil {
		s.batch.Ragged = make([]uint64, bitmap.Words(len(s.selected)))
		for i, r := range s.selected {
			bitmap.Or(s.batch.Ragged, i, bitmap.At(raw.Ragged, int(r)))
		}
	}
	return s.rows.selectRows(s.selected)
}

// inColumn names the column of an error.
func inColumn(c *schema.Column, err error) error {
	var decode *source.DecodeError
	if errors.As(err, &decode) {
		decode.Column = c.Name
		return err
	}
	return &source.DecodeError{Column: c.Name, Message: err.Error()}
}

// inFile names the file of an error that does not name one.
func inFile(f *source.File, err error) error {
	var decode *source.DecodeError
	if errors.As(err, &decode) {
		if decode.File == "" {
			decode.File = label(f)
		}
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &source.DecodeError{File: label(f), Message: err.Error()}
}
