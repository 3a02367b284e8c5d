package source

import "unsafe"

// A Scratch is memory that scans of few rows use one after the other, of one file or of
// several: what is touched first costs more than what is read into it. Its zero value is
// empty. It is for one goroutine at a time, and must not be used before the rows that
// were read with it are done with.
type Scratch struct {
	blocks  []block
	batches []columnBatch // without what is in the budget
}

// A block is memory, whole, and whether it is lent.
type block struct {
	whole []byte
	lent  bool
}

// take returns n bytes of size, of undefined content.
func (s *Scratch) take(n, size int) []byte {
	if s == nil {
		return make([]byte, n, size)
	}
	fit := -1
	for i := range s.blocks {
		b := &s.blocks[i]
		if !b.lent && len(b.whole) >= size && (fit < 0 || len(b.whole) < len(s.blocks[fit].whole)) {
			fit = i
		}
	}
	if fit < 0 {
		fit = len(s.blocks)
		s.blocks = append(s.blocks, block{whole: make([]byte, size)})
	}
	s.blocks[fit].lent = true
	return s.blocks[fit].whole[:n:size]
}

// giveBack takes back what take returned; nothing of it is read any more.
func (s *Scratch) giveBack(b []byte) {
	if s == nil || cap(b) == 0 {
		return
	}
	for i := range s.blocks {
		if unsafe.SliceData(s.blocks[i].whole) == unsafe.SliceData(b) {
			s.blocks[i].lent = false
		}
	}
}

// batch returns a batch, to which free leads it back.
func (s *Scratch) batch() (b columnBatch) {
	if s != nil && len(s.batches) > 0 {
		b, s.batches = s.batches[len(s.batches)-1], s.batches[:len(s.batches)-1]
	}
	return b
}

// free takes back all, with the batches of the columns.
func (s *Scratch) free(columns []*parquetColumn) {
	if s == nil {
		return
	}
	for _, c := range columns {
		b := c.batch
		b.fixed, b.text, b.mem, c.batch = nil, nil, nil, columnBatch{}
		b.valid = nil // as a column that cannot have nulls wants it
		s.batches = append(s.batches, b)
	}
	for i := range s.blocks {
		s.blocks[i].lent = false
	}
}
