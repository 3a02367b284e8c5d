package mapping

import (
	"github.com/apache/arrow/go/v17/arrow/array"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/source"
)

// A text fills a column of open text. Source dictionaries stay dictionaries;
// plain text from files becomes one while few of its values are distinct.
type text struct {
	alternatives []alternative
	// plain says not to make a dictionary: of ids, and of columns that were found
	// to have many distinct values.
	plain bool
	// numbers gives the number of a new dictionary.
	numbers func() uint64

	memo     memo
	number   uint64
	rows     int // read before the decision whether text repeats
	sampled  bool
	remap    entryValues[int32]
	hasEmpty emptyEntries
}

// emptyEntries remembers whether a dictionary has an empty text.
type emptyEntries struct {
	number uint64
	seen   int
	any    bool
}

func (e *emptyEntries) upTo(c *cells) bool {
	if c.dictionary == 0 || c.dictionary != e.number {
		*e = emptyEntries{number: c.dictionary}
	}
	for ; e.seen < len(c.start); e.seen++ {
		e.any = e.any || c.start[e.seen] == c.end[e.seen]
	}
	return e.any
}

func (f *text) fill(r *rows, out *column) error {
	if c := single(f.alternatives, r); c != nil {
		if asItIs(f.alternatives) && f.pass(c, out) {
			return nil
		}
		if c.index != nil && !f.plain && f.gather(c, out) {
			return nil
		}
	}
	from, err := originOf(f.alternatives, r)
	if err != nil {
		return err
	}
	if !f.plain && f.intern(&from, out) {
		return nil
	}
	f.plain = true
	return f.copy(&from, out)
}

// pass passes a text array on without a copy; empty texts become null.
func (f *text) pass(c *cells, out *column) bool {
	switch a := c.array.(type) {
	case *array.String:
		if !c.anyEmpty() {
			out.ready = a
			return true
		}
		out.known = nonEmpty(c, out.known)
		out.offsets = append(out.offsets[:0], a.ValueOffsets()...)
		out.bytes = append(out.bytes[:0], c.data[:out.offsets[c.n]]...)
		return true
	case *array.Dictionary:
		out.dictionary = c.dictionary
		if !f.hasEmpty.upTo(c) {
			out.ready = a
			return true
		}
		out.known = nonEmpty(c, out.known)
		out.indexed, out.index = true, append(out.index[:0], c.index[:c.n]...)
		out.entries = &texts{offsets: array.NewStringData(a.Dictionary().Data()).ValueOffsets(), bytes: c.data}
		return true
	}
	if c.interned == nil {
		return false
	}
	out.indexed, out.index, out.borrowed = true, c.index, true
	out.entries, out.dictionary = c.interned, c.dictionary
	out.knownAs(c)
	return true
}

// anyEmpty reports whether a cell that is given is empty.
func (c *cells) anyEmpty() bool {
	for from := 0; from < c.n; from += 64 {
		to := min(from+64, c.n)
		end := c.end[from:to]
		var empty uint64 // its bits come in at the top
		for i, s := range c.start[from:to] {
			empty = empty>>1 | bitmap.Of(s == end[i])<<63
		}
		if empty >>= uint(64-len(end)) & 63; c.known != nil {
			empty &= c.known[from>>6]
		}
		if empty != 0 {
			return true
		}
	}
	return false
}

// nonEmpty sets the bits of the rows that hold a text that is not empty.
func nonEmpty(c *cells, known []uint64) []uint64 {
	for i := range c.n {
		if len(c.at(i)) > 0 {
			bitmap.Set(known, i)
		}
	}
	return known
}

// gather takes each entry of a source dictionary through the steps once.
func (f *text) gather(c *cells, out *column) bool {
	if c.dictionary == 0 {
		f.memo, f.number = memo{}, 0
	}
	full := false
	f.remap.upTo(c, func(entry []byte) (int32, state) {
		text, _, s := walkAll(f.alternatives, entry)
		if s != present {
			return 0, s
		}
		e, ok := f.memo.number(text)
		full = full || !ok
		return e, s
	})
	if full {
		return false
	}
	out.index = sized(out.index, c.n)
	clear(out.index)
	f.remap.gather(c, out, out.index)
	f.entries(out, c.dictionary != 0)
	return true
}

// entries points the column at the memo's texts.
func (f *text) entries(out *column, numbered bool) {
	if numbered && f.number == 0 {
		f.number = f.numbers()
	}
	out.indexed, out.entries = true, &f.memo.entries
	if numbered {
		out.dictionary = f.number
	}
}

// intern numbers the texts of a batch; false where they do not repeat enough.
func (f *text) intern(from *origin, out *column) bool {
	out.index = sized(out.index, out.n)
	for i := range out.n {
		text, s := from.text(i)
		out.index[i] = 0
		if s == absent {
			continue
		}
		if s == present {
			e, ok := f.memo.number(text)
			if !ok {
				return f.abandon(out)
			}
			out.index[i] = e
			f.rows++
		}
		out.mark(i, s)
		if f.rows == distinctSample && !f.sampled {
			f.sampled = true
			if f.memo.entries.len() > distinctSample/2 {
				return f.abandon(out)
			}
		}
	}
	f.entries(out, true)
	return true
}

// abandon empties what intern has begun.
func (f *text) abandon(out *column) bool {
	clear(out.known)
	clear(out.malformed)
	f.memo = memo{}
	return false
}

// copy writes the texts of a batch one after another.
func (f *text) copy(from *origin, out *column) error {
	out.offsets, out.bytes = sized(out.offsets, out.n+1), out.bytes[:0]
	out.offsets[0] = 0
	if c := from.direct; c != nil && c.index == nil && c.known == nil {
		return out.copySpans(c)
	}
	for i := range out.n {
		text, s := from.text(i)
		if s == present {
			out.bytes = append(out.bytes, text...)
		}
		out.offsets[i+1] = int32(len(out.bytes))
		if len(out.bytes) > 1<<30 {
			return tooMuchText()
		}
		out.mark(i, s)
	}
	return nil
}

// copySpans writes plain text one after another, short text as a block of fixed
// size.
func (out *column) copySpans(c *cells) error {
	start, end, data := c.start[:c.n], c.end[:c.n], c.data
	total := 0
	for i := range start {
		total += int(end[i] - start[i])
	}
	if total > 1<<30 {
		return tooMuchText()
	}
	if cap(out.bytes) < total+copied {
		out.bytes = make([]byte, 0, total+total/8+copied)
	}
	bytes, n := out.bytes[:total+copied], 0
	offsets := out.offsets[1 : c.n+1]
	for w := range out.known {
		var known uint64
		for i := w * 64; i < min(w*64+64, c.n); i++ {
			s, e := start[i], end[i]
			if size := e - s; size <= copied && int(s)+copied <= len(data) {
				*(*[copied]byte)(bytes[n:]) = [copied]byte(data[s:])
			} else {
				copy(bytes[n:], data[s:e])
			}
			n += int(e - s)
			offsets[i] = int32(n)
			if s != e {
				known |= 1 << (i & 63)
			}
		}
		out.known[w] = known
	}
	out.bytes = bytes[:total]
	return nil
}

const copied = 32

func tooMuchText() error {
	return &source.DecodeError{Message: "one batch holds more than 1 GiB of text", Limit: true}
}
