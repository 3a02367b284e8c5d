package source

import (
	"bytes"
	"context"
	"slices"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/extract"
)

// A textScan reads a span of a text file block by block.
type textScan struct {
	file  *textFile
	in    *stream
	cols  []int
	twin  []int // the earlier place of the same column, or -1
	block *textBlock
	ahead blocksAhead // none while blocks are read by who wants them
	used  int         // rows of the block that were handed out
	// record is the number of the next record, and taken the stored bytes told of.
	record, taken int64

	raw  Raw
	bits []uint64
}

// scan returns a scan of a span, which reuses the memory of one that has ended where
// there is one.
func (t *textFile) scan(span textSpan, in *stream, cols []int) *textScan {
	s, _ := t.spare.Get().(*textScan)
	switch {
	case s == nil:
		s = newTextScan(t, cols)
	case !slices.Equal(s.cols, cols):
		block := s.block
		s = newTextScan(t, cols)
		s.block = block
	}
	b := s.block
	b.split.dialect = t.dialect
	if size := int(min(blockBytes, max(span.end-span.start, 64))) + 1; len(b.buf) < size {
		b.buf = make([]byte, size)
	}
	b.start(span.first)
	s.in, s.record, s.used, s.taken, s.raw.Before = in, span.first, 0, 0, nil
	return s
}

func newTextScan(t *textFile, cols []int) *textScan {
	s := &textScan{file: t, cols: slices.Clone(cols), block: newTextBlock(t), twin: make([]int, len(cols))}
	for i, c := range cols {
		s.twin[i] = slices.Index(cols[:i], c)
	}
	s.raw.Columns = make([]RawColumn, len(cols))
	s.bits = make([]uint64, bitmap.Words(extract.MaxBatchRows))
	return s
}

// next returns the next rows, or nil at the end.
func (s *textScan) next(ctx context.Context) (*Raw, error) {
	for s.used == len(s.block.rows) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if s.block.failed != nil {
			return nil, s.block.failed
		}
		if s.block.ended() {
			return nil, s.file.in.unchanged()
		}
		if err := s.nextBlock(); err != nil {
			return nil, err
		}
	}
	return s.batch(), nil
}

// nextBlock reads the next block. What can only be streamed is split ahead from the
// second block on: who wants a few rows takes one.
func (s *textScan) nextBlock() (err error) {
	s.used = 0
	switch {
	case s.ahead.ahead != nil:
		s.block, err = s.ahead.next(s.block)
		return err
	case s.file.in.at == nil && s.block.have > 0:
		s.ahead = readBlocksAhead(s.in, s.block)
		return s.nextBlock()
	}
	return s.block.read(s.in, s.block)
}

// close stops what is read ahead, and lets go of the stream.
func (s *textScan) close() {
	if s.ahead.ahead != nil {
		s.ahead.close()
	}
	s.ahead, s.in = blocksAhead{}, nil
}

// batch returns the next rows of the block.
func (s *textScan) batch() *Raw {
	b := s.block
	n := min(len(b.rows)-s.used, extract.MaxBatchRows)
	rows, ragged := b.rows[s.used:s.used+n], b.ragged[s.used:s.used+n]
	s.raw.Rows, s.raw.First, s.raw.Ragged = n, s.record, nil
	for i, r := range ragged {
		if r {
			if s.raw.Ragged == nil {
				clear(s.bits)
				s.raw.Ragged = s.bits[:bitmap.Words(n)]
			}
			bitmap.Set(s.raw.Ragged, i)
			rows[i] = ^uint32(0)
		}
	}
	for i, c := range s.cols {
		if s.twin[i] >= 0 {
			s.raw.Columns[i] = s.raw.Columns[s.twin[i]]
			continue
		}
		s.spans(&s.raw.Columns[i], rows, uint32(c))
	}
	s.raw.Bytes, s.taken = b.taken-s.taken, b.taken
	s.used += n
	s.record += int64(n)
	return &s.raw
}

// spans finds the fields of column c; a ragged row has an empty one.
func (s *textScan) spans(out *RawColumn, rows []uint32, c uint32) {
	if cap(out.Start) < len(rows) {
		size := min(len(rows)*5/4, extract.MaxBatchRows)
		out.Start, out.End = make([]uint32, size), make([]uint32, size)
	}
	start, end := out.Start[:len(rows)], out.End[:len(rows)]
	b := s.block
	seps := b.split.seps[min(int(c), len(b.split.seps)):]
	if s.raw.Ragged == nil {
		for i, k := range rows {
			around := seps[k:][:2]
			start[i], end[i] = around[0]+1, around[1]
		}
	} else {
		for i, k := range rows {
			start[i], end[i] = 0, 0
			if k != ^uint32(0) {
				start[i], end[i] = seps[k]+1, seps[k+1]
			}
		}
	}
	text := b.buf[:b.done]
	if int(c) == len(s.file.columns)-1 && !s.file.dialect.bareCR {
		for i, e := range end {
			if e > start[i] && text[e-1] == '\r' {
				end[i] = e - 1
			}
		}
	}
	if b.quoted[c] {
		unquote(text, start, end)
	}
	out.Data, out.Start, out.End = text, start, end
}

// unquote takes the quotes off the fields that have them, and joins doubled
// ones in place.
func unquote(text []byte, start, end []uint32) {
	for i, from := range start {
		to := end[i]
		if from == to || text[from] != '"' {
			continue
		}
		from, to = from+1, to-1
		if inner := text[from:to]; bytes.IndexByte(inner, '"') >= 0 {
			to = from + uint32(undouble(inner))
		}
		start[i], end[i] = from, to
	}
}

func undouble(b []byte) int {
	n := 0
	for i := 0; i < len(b); i++ {
		b[n] = b[i]
		n++
		if b[i] == '"' {
			i++
		}
	}
	return n
}
