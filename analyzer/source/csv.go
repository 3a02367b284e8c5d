package source

import (
	"bytes"
	"context"
	"errors"
	"hash"
	"io"
	"iter"
	"sync"
	"unicode/utf8"

	"paperlight/analyzer/visible"
)

// A dialect is how a text file separates what it holds.
type dialect struct {
	delimiter byte
	// bareCR says that a carriage return alone ends a record.
	bareCR bool
	// quoted says that a double quote encloses fields. Only a tab-separated
	// file in which no field begins with a quote has none.
	quoted bool
}

func (d dialect) newline() byte {
	if d.bareCR {
		return '\r'
	}
	return '\n'
}

// A textFile is an opened text file.
type textFile struct {
	in      *input
	columns []string
	header  []byte // the header line, in UTF-8
	dialect dialect
	// windows says that the text is Windows-1252 and not UTF-8.
	windows bool
	// nul says that some byte after the header is 0: no text has one.
	nul bool
	// digest is where the digest of the file goes; nil where it is not asked for
	// or made apart.
	digest *string
	// spare are scans that have ended, whose memory the next ones reuse.
	spare sync.Pool
}

// openCSV reads the header of in, indexes its lines or guesses where they are, and makes
// its parts.
func openCSV(f *File, in *input, opt Options) error {
	h, err := readHeader(in, headerBytes)
	if err != nil {
		return err
	}
	t := &textFile{in: in, dialect: dialect{delimiter: h.delimiter, bareCR: h.bareCR, quoted: true}}
	layouts := opt.layoutsOf(f.Stem)
	// How many there are is asked before what they are called: the character set is not
	// known yet. A header that cannot be read is told of below.
	t.columns, _ = headerNames(h.line, h.delimiter)
	start := int64(h.end)
	bare := layouts != nil && !namesOne(layouts, h)
	if bare {
		start = int64(h.start)
	}
	ix, guess, err := t.partsFrom(start, h.line, opt)
	if err != nil {
		return err
	}
	if t.digest != nil {
		f.SHA256 = func() (string, error) { return *t.digest, nil }
	}
	t.windows, t.nul = !ix.utf8 || !utf8.Valid(h.line), ix.nul
	t.dialect.quoted, f.Unquoted = ix.quoted, ix.unquoted
	t.header = h.line
	if t.windows {
		f.Charset = "windows-1252"
		t.header = appendWindows1252(nil, t.header)
	}
	if bare {
		if t.columns, err = layoutFor(layouts, t.header, h.delimiter); err != nil {
			return err
		}
		t.header = nil // the first line is a record
	} else if t.columns, err = headerNames(t.header, h.delimiter); err != nil {
		var e *DecodeError
		if errors.As(err, &e) {
			e.noTable = "its first line cannot be read as a header"
		}
		return err
	}
	if err := t.fitsHeader(ix.parts); err != nil {
		return err
	}
	f.Format, f.Columns = CSV, t.columns
	for i := range ix.parts {
		f.Parts = append(f.Parts, &textPart{file: t, span: &ix.parts[i], guess: guess, at: i})
	}
	if guess != nil {
		guess.make()
	}
	return nil
}

// partsFrom looks through the text from start on, or guesses what that would tell.
func (t *textFile) partsFrom(start int64, header []byte, opt Options) (textIndex, *guessed, error) {
	var guess *guessed
	if utf8.Valid(header) {
		guess = t.guessParts(start, opt)
	}
	if opt.Digest && t.digestsAlong(guess) {
		t.digest = new(string)
	}
	if guess != nil {
		return textIndex{utf8: true, quoted: true, parts: guess.spans}, guess, nil
	}
	ix, err := t.index(start, opt)
	return ix, nil, err
}

// digestsAlong reports whether looking through the file makes its digest: not of what is
// packed, since the digest is of the file as it is stored, and not where it is perhaps
// never looked through.
func (t *textFile) digestsAlong(guess *guessed) bool {
	return !t.in.packed && (guess == nil || t.in.at == nil)
}

// readHeader cuts the header off the first n bytes, or of more where they do
// not hold all of it.
func readHeader(in *input, n int) (header, error) {
	s, err := in.stream()
	if err != nil {
		return header{}, err
	}
	defer s.close()
	head := make([]byte, n)
	cut := n
	if n, err = readFull(s, head); err != nil {
		return header{}, damaged(err)
	}
	if err := checkUnicode(head[:n]); err != nil {
		return header{}, err
	}
	bom := 0
	if bytes.HasPrefix(head[:n], []byte("\xef\xbb\xbf")) {
		bom = 3
	}
	h, err := cutHeader(head[bom:n], n == cut)
	h.start, h.end = h.start+bom, h.end+bom
	if cut == headerBytes && n == cut && (err != nil || h.end == n) {
		return readHeader(in, maxHeaderBytes+1)
	}
	return h, err
}

// checkUnicode refuses the other encodings of Unicode.
func checkUnicode(head []byte) error {
	if visible.UTF16(head) {
		return fault(visible.UTF16Fault).hint(`save the file again as "CSV UTF-8"`)
	}
	return nil
}

// A textPart is a run of whole records of a text file.
type textPart struct {
	file *textFile
	span *textSpan // its records are not known while unsettled
	// guess is not nil where the file was not looked through, and at is which part of it
	// this is.
	guess *guessed
	at    int
}

func (p *textPart) Size() (bytes, rows int64) {
	if p.unsettled() != nil {
		return p.span.stored, -1
	}
	return p.span.stored, p.span.records
}

// RowsAbout is how many rows the part has, about.
func (p *textPart) RowsAbout() int64 {
	if p.unsettled() == nil {
		return p.span.records
	}
	bytes := p.span.stored
	if p.file.in.at == nil {
		bytes = p.file.in.about
	}
	if bytes == 0 {
		return -1
	}
	return int64(float64(bytes) / p.guess.rowBytes)
}

// unsettled is the guess, while it is one; nil where what the part is, is known.
func (p *textPart) unsettled() *guessed {
	if p.guess == nil || p.guess.settled.Load() {
		return nil
	}
	return p.guess
}

// NoNulls is never known of text.
func (p *textPart) NoNulls(int) bool { return false }

func (p *textPart) Scan(ctx context.Context, cols []int) iter.Seq2[*Raw, error] {
	return func(yield func(*Raw, error) bool) {
		t, g := p.file, p.unsettled()
		sum := g.digester()
		s, err := t.open(*p.span, sum)
		if err != nil {
			g.failed(ctx)
			yield(nil, within(t.in.name, err))
			return
		}
		defer s.close()
		scan := t.scan(*p.span, s, cols)
		g.begin(scan, p.at)
		next := func() (*Raw, error) {
			raw, err := scan.next(ctx)
			if err != nil {
				g.failed(ctx)
			}
			return raw, err
		}
		whole := false
		defer func() {
			if scan.close(); whole {
				t.spare.Put(scan)
			}
		}()
		if whole = yieldAll(t.in.name, next, yield); whole {
			g.ended(p.at, scan.record-1, sum)
		}
	}
}

// open returns the bytes of a span, decoded to UTF-8. What can only be streamed is hashed
// by sum as it is read, from the start of the file; nil hashes nothing.
func (t *textFile) open(span textSpan, sum hash.Hash) (*stream, error) {
	var s *stream
	if t.in.at != nil {
		r := &counter{r: io.NewSectionReader(t.in.at, span.start, span.end-span.start)}
		s = &stream{Reader: r, taken: func() int64 { return r.n }, close: func() {}}
	} else {
		var err error
		if s, err = t.in.stream(); err != nil {
			return nil, err
		}
		if sum != nil {
			s.Reader = io.TeeReader(s.Reader, sum)
		}
		if _, err := io.CopyN(io.Discard, s, span.start); err != nil {
			s.close()
			return nil, damaged(err)
		}
		s = s.ahead(t.in.stored)
	}
	if t.windows {
		s.Reader = &windowsReader{r: s.Reader}
	}
	return s, nil
}
