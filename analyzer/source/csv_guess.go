package source

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
)

// A Guess lets large text files be read once less: they are not looked through when they
// are opened. Their character set is taken to be UTF-8 and their parts to begin at a line
// end, as the start of each file lets expect; a scan that finds otherwise fails. Where one
// failed, or Settle says that a guess was wrong, the extract is opened again without: what
// is found in it, and each error, is so the same as if nothing had been guessed.
//
// Until Settle the records of a part are counted from its own start (Raw.Before), and
// Part.Size does not know how many they are.
type Guess struct {
	wrong   atomic.Bool
	mu      sync.Mutex
	files   []*guessed
	changed error
}

// Made reports whether anything was guessed.
func (g *Guess) Made() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.files) > 0
}

// Changed returns an error if a file was changed before the bundle was closed. What fails
// then, fails for that: to open the extract again would be to judge what is half-written.
func (g *Guess) Changed() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.changed
}

// noteChanges looks for changed files, before they are closed.
func (g *Guess) noteChanges(files []found) {
	if g == nil || !g.Made() {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, f := range files {
		if err := f.in.unchanged(); err != nil && g.changed == nil {
			g.changed = within(f.label(), err)
		}
	}
}

// Settle looks through the files that no scan has read to their end, and numbers all
// records. It reports whether every guess was right. No scan may be under way.
func (g *Guess) Settle(jobs int) bool {
	if g == nil {
		return true
	}
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	for _, f := range g.files {
		if g.wrong.Load() {
			break
		}
		if !f.settle(Options{Jobs: jobs, part: f.part}) {
			g.wrong.Store(true)
		}
	}
	return !g.wrong.Load()
}

// guessed is a text file that was not looked through.
type guessed struct {
	guess *Guess
	text  *textFile
	spans []textSpan
	part  int64 // bytes of a part
	// counts are the records of each part that a scan has read to its end, and one more.
	counts []atomic.Int64
	// rowBytes are the bytes of a record at the start of the file.
	rowBytes float64
	settled  atomic.Bool

	mu    sync.Mutex
	bases []int64 // records before the parts, of the first ones
}

// guessBytes is how much of a text file is looked at to guess the rest: what is not
// larger is looked through.
const guessBytes = 4 << 20

// errGuess fails a scan whose guess was wrong. Nobody sees it.
var errGuess = errors.New("not as the start of the file let expect")

// guessParts divides the text from start on by guess; nil where it has to be looked
// through.
func (t *textFile) guessParts(start int64, opt Options) *guessed {
	if opt.Guess == nil || t.dialect.bareCR || t.dialect.delimiter == '\t' {
		return nil
	}
	head, more, err := t.head(start, opt.head)
	if err != nil || !more {
		return nil
	}
	end := bytes.LastIndexByte(head, '\n') + 1
	c := newChunker(t.dialect, 0).look(head, 0, end, start)
	if !c.utf8 || c.nul || c.odd || c.ends[1] > 0 || c.ends[0] == 0 {
		return nil
	}
	f := &guessed{guess: opt.Guess, text: t, part: opt.part, rowBytes: float64(end) / float64(c.ends[0]), bases: []int64{0}}
	if f.spans, err = t.guessSpans(start, opt.part); err != nil {
		return nil
	}
	f.counts = make([]atomic.Int64, len(f.spans))
	return f
}

// head returns the first bytes of the text; more says that others follow.
func (t *textFile) head(start, most int64) (head []byte, more bool, err error) {
	var b bytes.Buffer
	if size := max(t.in.size, t.in.about); size > 0 {
		if size-start <= most {
			return nil, false, nil
		}
		b.Grow(int(most) + bytes.MinRead)
	}
	s, err := t.open(textSpan{start: start, end: t.in.size}, nil)
	if err != nil {
		return nil, false, err
	}
	defer s.close()
	n, err := io.CopyN(&b, s, most+1)
	if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return b.Bytes()[:min(n, most)], n > most, err
}

// guessSpans divides the text after the first line end of each part, as cut does where
// none lies in quotes.
func (t *textFile) guessSpans(start, part int64) ([]textSpan, error) {
	if t.in.at == nil {
		return []textSpan{{start: start, end: start + maxStreamBytes, stored: t.in.stored}}, nil
	}
	var spans []textSpan
	at := start
	for from := start + part; from < t.in.size; from += part {
		end, err := t.lineEnd(from, min(from+part, t.in.size))
		if err != nil {
			return nil, err
		}
		if end >= 0 {
			spans, at = append(spans, textSpan{start: at, end: end + 1, stored: end + 1 - at}), end+1
		}
	}
	if at < t.in.size {
		spans = append(spans, textSpan{start: at, end: t.in.size, stored: t.in.size - at})
	}
	return spans, nil
}

// lineEnd finds the first line feed from from on and before end, or -1.
func (t *textFile) lineEnd(from, end int64) (int64, error) {
	var piece [4096]byte
	for from < end {
		b := piece[:min(end-from, int64(len(piece)))]
		if _, err := t.in.at.ReadAt(b, from); err != nil {
			return 0, endsEarly()
		}
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			return from + int64(i), nil
		}
		from += int64(len(b))
	}
	return -1, nil
}

// make adds the file to those that were guessed.
func (f *guessed) make() {
	f.guess.mu.Lock()
	defer f.guess.mu.Unlock()
	f.guess.files = append(f.guess.files, f)
}

// begin makes a scan one of a part that was guessed.
func (f *guessed) begin(scan *textScan, part int) {
	if f == nil {
		return
	}
	scan.record, scan.block.record, scan.block.guessed = 1, 1, true
	if part > 0 {
		scan.raw.Before = &before{f, part}
	}
}

// failed notes that a scan failed, unless it was stopped: what was guessed may be wrong.
func (f *guessed) failed(ctx context.Context) {
	if f != nil && ctx.Err() == nil {
		f.guess.wrong.Store(true)
	}
}

// digester returns what hashes the bytes of a scan; nil where no digest is wanted of them.
func (f *guessed) digester() hash.Hash {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.text.digest == nil || *f.text.digest != "" {
		return nil
	}
	return sha256.New()
}

// ended notes that a scan read all records of a part, and the digest if it made one.
func (f *guessed) ended(part int, records int64, sum hash.Hash) {
	if f == nil {
		return
	}
	f.counts[part].Store(records + 1)
	if sum != nil {
		f.mu.Lock()
		defer f.mu.Unlock()
		*f.text.digest = hex.EncodeToString(sum.Sum(nil))
	}
}

// before are the records before a part of a file.
type before struct {
	file *guessed
	part int
}

func (b *before) Records() int64 { return b.file.before(b.part) }

func (b *before) AtLeast() int64 {
	known := int64(0)
	for i := range b.part {
		known += max(b.file.counts[i].Load()-1, 0)
	}
	return known
}

// before counts the records before a part: of the parts that no scan has read, by
// looking through them.
func (f *guessed) before(part int) int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := len(f.bases) - 1; i < part; i++ {
		n := f.counts[i].Load() - 1
		if n < 0 {
			n = f.count(f.spans[i])
		}
		f.bases = append(f.bases, f.bases[i]+n)
	}
	return f.bases[part]
}

// count looks through a part for its records. What cannot be read now is told by the
// scan of the part.
func (f *guessed) count(span textSpan) int64 {
	x := newChunker(f.text.dialect, indexBytes)
	c, err := x.readAt(f.text.in.at, span.start, span.start, span.end, span.end, nil)
	if err != nil {
		f.guess.wrong.Store(true)
		return 0
	}
	return join(cut([]chunk{c}, span.start, true, span.stored), span.start, span.stored).records
}

// settle makes the parts as if they had been looked through when the file was opened,
// and reports whether they were guessed right.
func (f *guessed) settle(opt Options) bool {
	if f.settled.Load() {
		return true
	}
	known := true
	for i := range f.counts {
		known = known && f.counts[i].Load() > 0
	}
	if !known && !f.look(opt) {
		return false
	}
	for i := range f.spans {
		f.spans[i].records, f.spans[i].first = f.counts[i].Load()-1, f.before(i)+1
	}
	f.settled.Store(true)
	return true
}

// look looks through the file, whose rows nobody has read to the end.
func (f *guessed) look(opt Options) bool {
	t := f.text
	ix, err := t.index(f.spans[0].start, opt)
	if err != nil || !ix.utf8 || ix.nul || len(ix.parts) != len(f.spans) {
		return false
	}
	for i, p := range ix.parts {
		if p.start != f.spans[i].start {
			return false
		}
		f.ended(i, p.records, nil)
	}
	f.bases = f.bases[:1]
	return true
}
