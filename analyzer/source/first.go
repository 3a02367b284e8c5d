package source

import (
	"context"
	"iter"
	"sync/atomic"

	"paperlight/analyzer/extract"
)

// First yields the first rows of a part, at least so many where it has them, or what is
// cheap to read: who wants no more takes one batch. Of Parquet no more is unpacked than
// the rows take. Memory comes from scratch, where it is not nil.
func First(ctx context.Context, p Part, cols []int, rows int, scratch *Scratch) iter.Seq2[*Raw, error] {
	if p, ok := p.(*parquetPart); ok && rows <= extract.MaxBatchRows {
		return p.first(ctx, cols, rows, scratch)
	}
	return p.Scan(ctx, cols)
}

// Doubtful returns those of the columns of which no scan has decoded the first batch of
// rows so far, of pages that were unpacked whole. Those that are not returned can be
// read: a scan of all the columns finds no fault with them in its first batch.
func Doubtful(p Part, cols []int) []int {
	if p, ok := p.(*parquetPart); ok && p.from == 1 {
		return p.file.sound.doubtful(cols)
	}
	return cols
}

// A soundness says of which columns of a Parquet file the first batch was read whole.
type soundness struct {
	// held is by column how many bytes of memory that took, and one; 0 where it was not.
	held []atomic.Int64
}

// doubtful are the columns not read. They are all where together they take so much
// memory that a scan of all of them may be refused for it: a column takes up to a
// quarter more than it did where memory was there already, and twice as much for a
// moment when its text grows.
func (s *soundness) doubtful(cols []int) (out []int) {
	all := int64(0)
	for _, c := range cols {
		held := s.held[c].Load()
		if all += held; held == 0 {
			out = append(out, c)
		}
	}
	if all > maxScanBytes/3 {
		return cols
	}
	return out
}

// vouch notes which columns of the first batch were read whole.
func (s *parquetScan) vouch() {
	if int64(s.raw.Rows) < min(s.left, extract.MaxBatchRows) {
		return
	}
	sound := &s.part.file.sound
	for i, c := range s.columns {
		if col := s.cols[i]; !c.pages.cut && sound.held[col].Load() == 0 {
			sound.held[col].Store(int64(c.held()) + 1)
		}
	}
}

// held is how much memory a column has of its budget.
func (c *parquetColumn) held() int {
	r, d, b := &c.pages, &c.dictionaryScratch, &c.batch
	return cap(r.window) + cap(r.stored) + cap(r.plain) + cap(c.spare) + cap(d.fixed) + cap(d.text) + cap(d.offsetBytes) + cap(b.fixed) + cap(b.text)
}

// first yields the first rows, at most so many, in one batch. Of compressed pages it
// unpacks as much as they seem to take. Where that does not do, it reads them whole, and
// tells what is wrong with them.
func (p *parquetPart) first(ctx context.Context, cols []int, rows int, scratch *Scratch) iter.Seq2[*Raw, error] {
	return func(yield func(*Raw, error) bool) {
		s := p.file.newScan(cols)
		if err := s.begin(p); err != nil {
			yield(nil, within(p.file.in.name, err))
			return
		}
		s.few, s.mem.lent = true, scratch
		defer scratch.free(s.columns)
		for _, c := range s.columns {
			c.pages.most, c.batch = rows, scratch.batch()
		}
		raw, err := s.read(ctx, min(rows, extract.MaxBatchRows))
		if err != nil {
			for raw, err := range p.Scan(ctx, cols) {
				yield(raw, err)
				break
			}
			return
		}
		if raw != nil {
			yield(raw, nil)
		}
	}
}

// handOn gives the memory of pages to the next column, once all rows that are wanted
// are in the batch. It stays in the budget, so that this refuses what it would without.
func (c *parquetColumn) handOn() {
	r := &c.pages
	for _, b := range [][]byte{r.window, r.stored, r.plain, c.spare} {
		r.mem.lent.giveBack(b)
	}
}
