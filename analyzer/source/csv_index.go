package source

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"math/bits"
	"sync"

	"paperlight/analyzer/crash"
)

// A textSpan is some whole records of a text file: bytes start to end of the
// decoded text, the first being record number first.
type textSpan struct {
	start, end     int64
	stored         int64
	first, records int64
}

// A textIndex is what one look through a text file tells.
type textIndex struct {
	utf8   bool
	nul    bool // some byte is 0
	quoted bool
	// unquoted says that fields begin with quotes that are no more than characters.
	unquoted bool
	parts    []textSpan
}

// A chunk is what a stretch of text tells on its own. Whether its start lies
// inside a quoted field is not known yet, so what depends on that is kept
// twice: [0] for a start outside, [1] for a start inside.
type chunk struct {
	start, end int64
	ends       [2]int64 // line ends that end a record
	blanks     [2]int64 // of these, those of blank lines
	first      [2]int64 // offset of the first, or -1
	firstBlank [2]bool
	last       [2]int64 // offset of the last, or -1
	odd        bool     // an odd number of quotes
	opens      bool     // a quote begins a field
	utf8       bool
	nul        bool // some byte is 0
	tail       byte // the last byte
}

// margin is how many bytes a chunk needs to see on either side: what is left
// of a character of four bytes, or of a blank line before.
const margin = 3

// index looks through the text from start on.
func (t *textFile) index(start int64, opt Options) (textIndex, error) {
	chunks, err := t.chunks(start, opt)
	if err != nil {
		return textIndex{}, err
	}
	ix := textIndex{utf8: true, quoted: t.dialect.delimiter != '\t'}
	for i := range chunks {
		ix.utf8, ix.nul = ix.utf8 && chunks[i].utf8, ix.nul || chunks[i].nul
		ix.quoted = ix.quoted || chunks[i].opens
	}
	if t.dialect.delimiter == '\t' && ix.quoted {
		if ix.quoted, err = t.quotes(chunks, start); err != nil {
			return ix, err
		}
		ix.unquoted = !ix.quoted
	}
	ix.parts = t.cut(chunks, start, ix.quoted)
	return ix, nil
}

// cut divides the text into parts that can be read apart: one where it can only be
// streamed.
func (t *textFile) cut(chunks []chunk, start int64, quoted bool) []textSpan {
	parts := cut(chunks, start, quoted, t.in.stored)
	if t.in.at == nil || len(parts) == 0 {
		return []textSpan{join(parts, start, t.in.stored)}
	}
	return parts
}

// join makes one span of all.
func join(parts []textSpan, start, stored int64) textSpan {
	one := textSpan{start: start, end: start, first: 1, stored: stored}
	for _, p := range parts {
		one.end = p.end
		one.records += p.records
	}
	return one
}

// cut divides the text where a record ends near the start of a chunk, and
// numbers the records.
func cut(chunks []chunk, start int64, quoted bool, stored int64) []textSpan {
	var parts []textSpan
	state, at, before := 0, start, int64(0)
	lastEnd, size, tail := start-1, start, byte(0)
	var records int64 // ended up to here
	for i := range chunks {
		c := chunks[i]
		if !quoted {
			c.forgetQuotes()
		}
		if c.first[state] >= 0 {
			if i > 0 {
				// The first line end of this chunk ends the part before.
				ended := records + 1
				if c.firstBlank[state] {
					ended--
				}
				next := c.first[state] + 1
				parts = append(parts, textSpan{start: at, end: next, stored: next - at, first: before + 1, records: ended - before})
				at, before = next, ended
			}
			lastEnd = c.last[state]
		}
		records += c.ends[state] - c.blanks[state]
		if c.odd && quoted {
			state ^= 1
		}
		size, tail = c.end, c.tail
	}
	if rest := size - lastEnd - 1; rest > 1 || rest == 1 && tail != '\r' {
		records++
	}
	if size > at {
		parts = append(parts, textSpan{start: at, end: size, stored: size - at, first: before + 1, records: records - before})
	}
	return parts
}

// forgetQuotes makes the chunk one of a file without quoting.
func (c *chunk) forgetQuotes() {
	c.ends[0] += c.ends[1]
	c.blanks[0] += c.blanks[1]
	if c.first[0] < 0 || c.first[1] >= 0 && c.first[1] < c.first[0] {
		c.first[0], c.firstBlank[0] = c.first[1], c.firstBlank[1]
	}
	c.last[0] = max(c.last[0], c.last[1])
}

func (t *textFile) chunks(start int64, opt Options) ([]chunk, error) {
	if t.in.at == nil {
		return t.streamChunks(start)
	}
	count := int((t.in.size - start + opt.part - 1) / opt.part)
	chunks := make([]chunk, max(count, 0))
	if t.digest != nil {
		return chunks, t.digestChunks(chunks, start, opt.part)
	}
	errs := make([]error, len(chunks))
	next := make(chan int, len(chunks))
	for i := range chunks {
		next <- i
	}
	close(next)
	var wg sync.WaitGroup
	fault := make([]error, min(opt.Jobs, len(chunks)))
	for w := range fault {
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer crash.Catch(&fault[w], "the reading")
			x := newChunker(t.dialect, int(min(opt.part, indexBytes)))
			for i := range next {
				from := start + int64(i)*opt.part
				chunks[i], errs[i] = x.readAt(t.in.at, start, from, min(from+opt.part, t.in.size), t.in.size, nil)
			}
		}()
	}
	wg.Wait()
	errs = append(fault, errs...) // a chunk that nobody read has no error
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return chunks, nil
}

// digestChunks looks at the chunks in order, and has what it reads hashed.
func (t *textFile) digestChunks(chunks []chunk, start, part int64) (err error) {
	defer crash.Catch(&err, "the reading")
	head := make([]byte, start)
	if _, err := t.in.at.ReadAt(head, 0); err != nil && start > 0 {
		return endsEarly()
	}
	d := newDigester(head, int(margin+min(part, indexBytes)+margin))
	defer d.stop()
	x := &chunker{dialect: t.dialect}
	for i := range chunks {
		from := start + int64(i)*part
		if chunks[i], err = x.readAt(t.in.at, start, from, min(from+part, t.in.size), t.in.size, d); err != nil {
			return err
		}
	}
	if *t.digest, err = d.sum(); err != nil {
		return err
	}
	return t.in.unchanged()
}

// A chunker looks at chunks piece by piece, so that a piece stays in cache.
type chunker struct {
	dialect dialect
	buf     []byte
}

func newChunker(d dialect, piece int) *chunker {
	return &chunker{dialect: d, buf: make([]byte, margin+piece+margin)}
}

const indexBytes = 256 << 10

// readAt looks at the bytes from to end of a file of size bytes whose text
// starts at start, and hands them to d where there is one.
func (x *chunker) readAt(r io.ReaderAt, start, from, end, size int64, d *digester) (chunk, error) {
	all := emptyChunk(from)
	for from < end {
		if d != nil {
			x.buf = d.buffer()
		}
		n := min(int64(len(x.buf)-2*margin), end-from)
		lo, hi := max(from-margin, start), min(from+n+margin, size)
		b := x.buf[:hi-lo]
		if _, err := r.ReadAt(b, lo); err != nil {
			return all, endsEarly()
		}
		all.append(x.look(b, int(from-lo), int(from-lo+n), lo))
		if d != nil {
			d.add(x.buf, b[from-lo:from-lo+n])
		}
		from += n
	}
	return all, nil
}

func endsEarly() error {
	return fault("the file ends too early").hint("wait until the export has finished, then run again")
}

// streamChunks looks at a text that can only be streamed, as one chunk, and hashes it
// where that is asked for: to unpack it once more costs most of a run.
func (t *textFile) streamChunks(start int64) ([]chunk, error) {
	var sum hash.Hash
	if t.digest != nil {
		sum = sha256.New()
	}
	s, err := t.open(textSpan{start: start}, sum)
	if err != nil {
		return nil, err
	}
	defer s.close()
	x := newChunker(t.dialect, indexBytes)
	all := emptyChunk(start)
	before, have := 0, 0 // bytes of margin kept, bytes in buf
	for {
		n, err := readFull(s, x.buf[have:])
		if err != nil {
			return nil, damaged(err)
		}
		have += n
		last := have < len(x.buf)
		end := have
		if !last {
			end -= margin
		}
		all.append(x.look(x.buf[:have], before, end, all.end-int64(before)))
		if last {
			if t.digest != nil {
				*t.digest = hex.EncodeToString(sum.Sum(nil))
			}
			return []chunk{all}, t.in.unchanged()
		}
		keep := end - margin
		before = margin
		have = copy(x.buf, x.buf[keep:have])
	}
}

func emptyChunk(at int64) chunk {
	return chunk{start: at, end: at, first: [2]int64{-1, -1}, last: [2]int64{-1, -1}, utf8: true}
}

// append adds the chunk that follows c.
func (c *chunk) append(d chunk) {
	for s := range 2 {
		from := s
		if c.odd {
			from = 1 - s
		}
		c.ends[s] += d.ends[from]
		c.blanks[s] += d.blanks[from]
		if c.first[s] < 0 {
			c.first[s], c.firstBlank[s] = d.first[from], d.firstBlank[from]
		}
		if d.last[from] >= 0 {
			c.last[s] = d.last[from]
		}
	}
	c.odd = c.odd != d.odd
	c.opens = c.opens || d.opens
	c.utf8, c.nul = c.utf8 && d.utf8, c.nul || d.nul
	if d.end > d.start {
		c.end, c.tail = d.end, d.tail
	}
}

// look looks at b[from:to]; b[0] is at offset base. Without bytes before it,
// a line starts at from.
func (x *chunker) look(b []byte, from, to int, base int64) chunk {
	c := emptyChunk(base + int64(from))
	whole := from + (to-from)/groupBytes*groupBytes
	if x.lookQuickly(&c, b, from, whole, base) {
		c.append(x.lookAround(b, whole, to, base))
		return c
	}
	return x.lookAround(b, from, to, base)
}

// lookAround looks at b[from:to] and, where they matter, at the bytes around it: the
// rest of a character, or a line end before a blank line.
func (x *chunker) lookAround(b []byte, from, to int, base int64) chunk {
	c := emptyChunk(base + int64(from))
	if to <= from {
		return c
	}
	body := b[from:to]
	c.end, c.tail = base+int64(to), b[to-1]
	c.utf8, c.nul = ascii(body) || validFrom(b, from, to), bytes.IndexByte(body, 0) >= 0
	if wide() || x.dialect.bareCR || bytes.IndexByte(body, '"') >= 0 || x.mayBeBlank(b, from, to) {
		x.lookClosely(&c, b, from, to, base)
		return c
	}
	c.ends[0] = int64(bytes.Count(body, []byte{'\n'}))
	if c.ends[0] > 0 {
		c.first[0] = base + int64(from+bytes.IndexByte(body, '\n'))
		c.last[0] = base + int64(from+bytes.LastIndexByte(body, '\n'))
	}
	return c
}

func (x *chunker) mayBeBlank(b []byte, from, to int) bool {
	if from < margin {
		return true
	}
	return bytes.Contains(b[from-1:to], []byte("\n\n")) || bytes.Contains(b[from-2:to], []byte("\n\r\n"))
}

// lookClosely counts line ends by quotes and blank lines, 64 bytes a step.
func (x *chunker) lookClosely(c *chunk, b []byte, from, to int, base int64) {
	// Bits of the group before, at the top: was it a line end, a return?
	ended, returned, separated := uint64(1), uint64(0), uint64(1)
	if from >= 1 {
		ended, returned, separated = b2u(x.isEnd(b[from-1])), b2u(b[from-1] == '\r'), b2u(x.isEnd(b[from-1]) || b[from-1] == x.dialect.delimiter)
	}
	endedTwice := uint64(1)
	if from >= 2 {
		endedTwice = b2u(x.isEnd(b[from-2]))
	}
	state := uint64(0) // all ones while inside quotes
	take := func(g *group, at int) {
		ends, cr := g.newlines, g.returns
		if x.dialect.bareCR {
			ends, cr = ends|cr, 0
		}
		within := state
		if g.quotes != 0 {
			within ^= inside(g.quotes)
			state = uint64(int64(within) >> 63)
			c.odd = c.odd != (bits.OnesCount64(g.quotes)&1 == 1)
		}
		blank := ends & (ends<<1 | ended | (cr<<1|returned)&(ends<<2|ended<<1|endedTwice))
		c.add(0, ends&^within, blank, base+int64(at))
		c.add(1, ends&within, blank, base+int64(at))
		separators := ends | g.delimiters
		c.opens = c.opens || g.quotes&(separators<<1|separated) != 0
		ended, endedTwice, returned, separated = ends>>63, ends>>62&1, cr>>63, separators>>63
	}
	var groups pieceOfGroups
	var seen unusual // not asked
	i := from
	for to-i >= groupBytes {
		n := min(len(groups), (to-i)/groupBytes)
		findGroups(groups[:n], b[i:to], x.dialect.delimiter, &seen)
		for k := range groups[:n] {
			take(&groups[k], i)
			i += groupBytes
		}
	}
	if i < to {
		g, _ := groupAt(b[:to], i, x.dialect.delimiter, &seen)
		take(&g, i)
	}
}

func (x *chunker) isEnd(c byte) bool { return c == '\n' || c == '\r' && x.dialect.bareCR }

func (c *chunk) add(state int, ends, blank uint64, base int64) {
	if ends == 0 {
		return
	}
	if c.first[state] < 0 {
		c.first[state] = base + int64(bits.TrailingZeros64(ends))
		c.firstBlank[state] = blank&ends&-ends != 0
	}
	c.last[state] = base + 63 - int64(bits.LeadingZeros64(ends))
	c.ends[state] += int64(bits.OnesCount64(ends))
	c.blanks[state] += int64(bits.OnesCount64(blank & ends))
}

func b2u(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
