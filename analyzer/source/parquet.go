package source

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/apache/arrow/go/v17/arrow"

	"paperlight/analyzer/crash"
	"paperlight/analyzer/extract"
)

// A parquetFile is an opened Parquet file.
type parquetFile struct {
	in     *input
	meta   *parquetMeta
	leaves []int // by column: the leaf it is
	types  []arrow.DataType
	codecs codecs
	number uint64 // dictionaries count from here
	// sound is what is known of the first rows of the file.
	sound soundness
	// spare are scans that have ended, whose buffers the next ones reuse.
	spare sync.Pool
}

func openParquet(f *File, in *input, number uint64) error {
	meta, err := readParquetMeta(in)
	if err != nil {
		return err
	}
	p := &parquetFile{in: in, meta: meta, number: number}
	seen := map[string]int{}
	for i := range meta.leaves {
		leaf := &meta.leaves[i]
		if !leaf.top {
			continue
		}
		if first := seen[leaf.name]; first > 0 {
			return sameName(first, len(f.Columns)+1)
		}
		seen[leaf.name] = len(f.Columns) + 1
		p.leaves = append(p.leaves, i)
		p.types = append(p.types, leafType(&leaf.schemaElement))
		f.Columns = append(f.Columns, leaf.name)
	}
	f.Format, f.Types, f.Unsupported = Parquet, p.types, meta.unsupported
	first := int64(1)
	for i := range meta.groups {
		if meta.groups[i].rows == 0 {
			continue
		}
		f.Parts = append(f.Parts, &parquetPart{file: p, group: i, from: first})
		first += meta.groups[i].rows
	}
	p.sound.held = make([]atomic.Int64, len(f.Columns))
	return nil
}

// A parquetPart is a row group.
type parquetPart struct {
	file  *parquetFile
	group int
	from  int64 // record number of the first row
}

func (p *parquetPart) Size() (bytes, rows int64) {
	g := &p.file.meta.groups[p.group]
	for i := range g.chunks {
		bytes += g.chunks[i].size
	}
	return bytes, g.rows
}

func (p *parquetPart) NoNulls(c int) bool {
	leaf := p.file.leaves[c]
	chunk := &p.file.meta.groups[p.group].chunks[leaf]
	if chunk.nulls != 0 && p.file.meta.leaves[leaf].repetition != 0 {
		return false
	}
	return p.file.types[c].ID() != arrow.STRING || chunk.minLength > 0
}

func (p *parquetPart) Scan(ctx context.Context, cols []int) iter.Seq2[*Raw, error] {
	return func(yield func(*Raw, error) bool) {
		s, err := newParquetScan(p, cols)
		if err != nil {
			yield(nil, within(p.file.in.name, err))
			return
		}
		if yieldAll(p.file.in.name, func() (*Raw, error) { return s.next(ctx) }, yield) {
			p.file.spare.Put(s)
		}
	}
}

// A parquetScan reads some columns of a row group.
type parquetScan struct {
	cols    []int
	part    *parquetPart
	columns []*parquetColumn
	left    int64
	bytes   int64 // of the part, not reported yet
	mem     budget
	raw     Raw
	few     bool // one batch is read, and no more
}

func newParquetScan(p *parquetPart, cols []int) (*parquetScan, error) {
	s := p.file.scan(cols)
	return s, s.begin(p)
}

// begin starts on a part.
func (s *parquetScan) begin(p *parquetPart) error {
	s.part, s.raw.First, s.raw.Rows = p, p.from, 0
	s.bytes, s.left = p.Size()
	group := &p.file.meta.groups[p.group]
	for _, c := range s.columns {
		chunk := &group.chunks[c.number]
		codec, err := p.file.codecs.codec(chunk.codec)
		if err != nil {
			return named(err, c.leaf.name)
		}
		dictionary := p.file.number + uint64(p.group)*uint64(len(p.file.meta.leaves)) + uint64(c.number) + 1
		c.begin(chunk, codec, dictionary)
	}
	return nil
}

// scan returns a scan of the columns, which reuses the memory of one that has ended
// where there is one.
func (f *parquetFile) scan(cols []int) *parquetScan {
	if s, _ := f.spare.Get().(*parquetScan); s != nil && slices.Equal(s.cols, cols) {
		return s
	}
	return f.newScan(cols)
}

func (f *parquetFile) newScan(cols []int) *parquetScan {
	s := &parquetScan{cols: slices.Clone(cols)}
	s.raw.Columns = make([]RawColumn, len(cols))
	for _, col := range cols {
		i := f.leaves[col]
		leaf := &f.meta.leaves[i]
		s.columns = append(s.columns, &parquetColumn{
			leaf: leaf, number: i, typ: f.types[col], layout: layoutOf(&leaf.schemaElement, f.types[col]),
			optional: leaf.repetition == 1, pages: pageReader{at: f.in.at, mem: &s.mem},
		})
	}
	return s
}

// next returns the next rows, or nil at the end.
func (s *parquetScan) next(ctx context.Context) (raw *Raw, err error) {
	return s.read(ctx, extract.MaxBatchRows)
}

// read is next, of at most so many rows.
func (s *parquetScan) read(ctx context.Context, rows int) (raw *Raw, err error) {
	defer crash.Catch(&err, "the reading")
	if s.left == 0 {
		return nil, s.part.file.in.unchanged()
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	n := int(min(s.left, int64(rows)))
	s.raw.First += int64(s.raw.Rows)
	s.raw.Rows = n
	before := s.taken()
	for i, c := range s.columns {
		err := c.fill(n)
		if err == nil {
			s.raw.Columns[i], err = c.batch.column(c)
		}
		if err != nil {
			return nil, named(err, c.leaf.name).record(s.raw.First)
		}
		if s.few {
			c.handOn()
		}
	}
	if s.raw.First == 1 {
		s.vouch()
	}
	s.raw.Bytes = min(s.taken()-before, s.bytes)
	if s.left -= int64(n); s.left == 0 {
		s.raw.Bytes = s.bytes // what was skipped counts as done
	}
	s.bytes -= s.raw.Bytes
	return &s.raw, nil
}

func (s *parquetScan) taken() (sum int64) {
	for _, c := range s.columns {
		sum += c.pages.position()
	}
	return sum
}

// named says which column an error is about.
func named(err error, column string) *DecodeError {
	var e *DecodeError
	errors.As(within("", err), &e) // within returns nothing else
	return e.column(column)
}
