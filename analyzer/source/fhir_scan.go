package source

import (
	"context"
	"errors"
	"iter"
	"slices"

	"paperlight/analyzer/extract"
)

func (p *resourcePart) Size() (bytes, rows int64) { return p.bytes, p.rows }

// NoNulls is never known of text.
func (p *resourcePart) NoNulls(int) bool { return false }

// errLeft is of a scan whose reader wants no more.
var errLeft = errors.New("left")

func (p *resourcePart) Scan(ctx context.Context, cols []int) iter.Seq2[*Raw, error] {
	return func(yield func(*Raw, error) bool) {
		s := newResourceScan(p, cols)
		hand := func() error {
			if !yield(s.batch(), nil) {
				return errLeft
			}
			s.next()
			return nil
		}
		for i := range p.stretches {
			err := p.stretches[i].read(ctx, s.reader, func(at span) error {
				if s.add(at); s.full() {
					return hand()
				}
				return nil
			})
			switch {
			case errors.Is(err, errLeft):
				return
			case err != nil:
				yield(nil, within(p.stretches[i].doc.label, err))
				return
			}
		}
		if s.raw.Rows > 0 {
			yield(s.batch(), nil)
		}
	}
}

// A resourceScan gathers the texts of resources in batches.
type resourceScan struct {
	reader *rowReader
	raw    Raw
	places [][]int // by column that is read: where in the batch it stands
}

// newResourceScan reads each column once, wherever it stands in cols.
func newResourceScan(p *resourcePart, cols []int) *resourceScan {
	s := &resourceScan{raw: Raw{Columns: make([]RawColumn, len(cols)), First: p.first}}
	var read []int
	var paths []Path
	for place, c := range cols {
		at := slices.Index(read, c)
		if at < 0 {
			at = len(read)
			read, paths, s.places = append(read, c), append(paths, p.table.paths[c]), append(s.places, nil)
		}
		s.places[at] = append(s.places[at], place)
	}
	s.reader = newRowReader(paths)
	return s
}

// add takes in the resource that was read.
func (s *resourceScan) add(at span) {
	for i := range s.raw.Columns {
		c := &s.raw.Columns[i]
		c.Start, c.End = append(c.Start, 0), append(c.End, 0)
	}
	for _, got := range s.reader.got {
		if got.column == len(s.places) {
			continue // the id, that others are made unique by
		}
		for _, place := range s.places[got.column] {
			c := &s.raw.Columns[place]
			c.Start[s.raw.Rows], c.End[s.raw.Rows] = got.start, got.end
		}
	}
	s.raw.Rows++
	s.raw.Bytes += at.size
}

func (s *resourceScan) full() bool {
	return s.raw.Rows == extract.MaxBatchRows || len(s.reader.data) >= blockBytes
}

// batch returns what was gathered.
func (s *resourceScan) batch() *Raw {
	for i := range s.raw.Columns {
		s.raw.Columns[i].Data = s.reader.data
	}
	return &s.raw
}

// next begins another batch, in the memory of the last.
func (s *resourceScan) next() {
	s.raw.First += int64(s.raw.Rows)
	s.raw.Rows, s.raw.Bytes, s.reader.data = 0, 0, s.reader.data[:0]
	for i := range s.raw.Columns {
		c := &s.raw.Columns[i]
		c.Start, c.End = c.Start[:0], c.End[:0]
	}
}
