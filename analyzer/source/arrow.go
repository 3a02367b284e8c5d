package source

import (
	"context"
	"encoding/binary"
	"iter"
	"sync"

	"github.com/apache/arrow/go/v17/arrow"
)

// An arrowFile is an opened Arrow IPC file or stream.
type arrowFile struct {
	in     *input
	schema *arrowSchema
	fields []int // by column: its place in the schema
	types  []arrow.DataType
	number uint64 // dictionaries count from here

	// batches and dictionaries are the messages in order; before says how
	// many record batches come before a dictionary.
	batches      []arrowBlock
	dictionaries []arrowBlock
	known        map[int64]bool // ids of dictionaries

	codecs codecs
	// spare are scans that have ended, whose memory the next ones reuse.
	spare sync.Pool
}

// An arrowBlock is where a record batch or a dictionary batch is.
type arrowBlock struct {
	offset int64
	length int64 // whole message
	rows   int
	whole  bool // compressed: not to be split

	id     int64 // of a dictionary
	delta  bool
	before int
}

// openArrow reads the schema and the list of batches; file says that the
// form is the file form and not the stream.
func openArrow(f *File, in *input, file bool, number uint64) error {
	a := &arrowFile{in: in, number: number}
	var err error
	if file {
		err = a.readFooter()
	} else {
		err = a.readStream()
	}
	if err != nil {
		return err
	}
	seen := map[string]int{}
	for i := range a.schema.fields {
		field := &a.schema.fields[i]
		if field.typ == nil {
			f.Unsupported = append(f.Unsupported, field.name)
			continue
		}
		if field.name == "" {
			return fault("column %d has no name", i+1)
		}
		if first := seen[field.name]; first > 0 {
			return sameName(first, i+1)
		}
		seen[field.name] = i + 1
		a.fields = append(a.fields, i)
		a.types = append(a.types, field.typ)
		f.Columns = append(f.Columns, field.name)
	}
	f.Format, f.Types, f.Parts = Arrow, a.types, a.parts()
	return nil
}

// readStream walks the messages from the start. A stream says nowhere how many
// there are, so only its mark at the end tells a whole one from one that was cut
// between two messages; and what follows a mark would go unread.
func (a *arrowFile) readStream() error {
	var buf []byte
	for pos := int64(0); ; {
		if pos == a.in.size {
			return fault("the stream has no mark at its end, and cannot be told from a cut file").
				hint("export again: write the Arrow file form (.arrow), or close the stream")
		}
		var m message
		var err error
		if m, buf, err = readMessage(a.in, pos, buf); err != nil {
			return err
		}
		if a.schema == nil && m.kind != messageSchema {
			return fault("want an Arrow stream: it must start with a schema").hint("name the file form .arrow")
		}
		switch m.kind {
		case 0:
			if m.end != a.in.size {
				return fault("the stream goes on after the mark at its end: it is damaged, or several were joined").
					hint("export again: write the Arrow file form (.arrow), and each table as a file of its own")
			}
			return nil
		case messageSchema:
			if a.schema != nil {
				return fault("the stream has a second schema")
			}
			if a.schema, err = parseArrowSchema(m.header); err != nil {
				return err
			}
		default:
			if err := a.addBlock(m, arrowBlock{offset: pos, length: m.end - pos}, false); err != nil {
				return err
			}
		}
		pos = m.end
	}
}

// readFooter follows the footer's lists.
func (a *arrowFile) readFooter() error {
	const magic, tail = "ARROW1", 10
	var end [tail]byte
	if a.in.size < 8+tail {
		return fault("the file ends too early: want an Arrow footer")
	}
	if _, err := a.in.at.ReadAt(end[:], a.in.size-tail); err != nil {
		return fault("the file ends too early")
	}
	if string(end[4:]) != magic {
		return fault("the file does not end as an Arrow file does: it is cut off or damaged").hint("copy or export the file again")
	}
	n := int64(int32(binary.LittleEndian.Uint32(end[:])))
	if n <= 0 || n > a.in.size-8-tail {
		return fault("the footer is damaged")
	}
	if n > maxFooterBytes {
		return limit("the footer is longer than %d MiB", maxFooterBytes>>20)
	}
	footer := make([]byte, n)
	if _, err := a.in.at.ReadAt(footer, a.in.size-tail-n); err != nil {
		return fault("the file ends too early")
	}
	t := (&flatbuffer{b: footer}).root()
	schema, ok := t.table(1)
	if t.f.bad || !ok {
		return fault("the footer is damaged")
	}
	var err error
	if a.schema, err = parseArrowSchema(schema); err != nil {
		return err
	}
	if err := a.readBlocks(t, 2, messageDictionary); err != nil {
		return err
	}
	return a.readBlocks(t, 3, messageBatch)
}

func (a *arrowFile) readBlocks(t flatTable, slot int, kind byte) error {
	p, n := t.vector(slot, 24)
	var buf []byte
	for i := range n {
		pos := t.f.i64(p + 24*i)
		var m message
		var err error
		if m, buf, err = readMessage(a.in, pos, buf); err != nil {
			return err
		}
		if m.kind != kind {
			return fault("the footer points at a message that is something else")
		}
		if err := a.addBlock(m, arrowBlock{offset: pos, length: m.end - pos}, true); err != nil {
			return err
		}
	}
	if t.f.bad {
		return fault("the footer is damaged")
	}
	return nil
}

// addBlock notes a record batch or a dictionary.
func (a *arrowFile) addBlock(m message, b arrowBlock, file bool) error {
	if len(a.batches)+len(a.dictionaries) == maxBlocks {
		return limit("more than %d record batches", maxBlocks)
	}
	switch m.kind {
	case messageBatch:
		batch, err := parseRecordBatch(m.header, m)
		if err == nil {
			err = batch.fits(a.schema)
		}
		if err != nil {
			return err
		}
		b.rows, b.whole = batch.rows, batch.codec >= 0
		a.batches = append(a.batches, b)
	case messageDictionary:
		b.id, b.delta = m.header.i64(0), m.header.u8(2) != 0
		if !file {
			b.before = len(a.batches)
		}
		if file && a.known[b.id] && !b.delta {
			return fault("the file replaces a dictionary, which only a stream may")
		}
		if a.known == nil {
			a.known = map[int64]bool{}
		}
		a.known[b.id] = true
		a.dictionaries = append(a.dictionaries, b)
	default:
		return fault("the file has a message of an unknown kind")
	}
	return nil
}

// parts groups small record batches and splits large ones.
func (a *arrowFile) parts() []Part {
	var out []Part
	first := int64(1)
	part := &arrowPart{file: a, first: first}
	flush := func() {
		if len(part.pieces) > 0 {
			out = append(out, part)
		}
		part = &arrowPart{file: a, first: first}
	}
	for i, b := range a.batches {
		for from := 0; from < b.rows; {
			to := b.rows
			if !b.whole && b.rows > splitRows {
				to = min(b.rows, from+splitRows)
			}
			bytes := int64(float64(b.length) * float64(to-from) / float64(b.rows))
			part.pieces = append(part.pieces, arrowPiece{batch: i, from: from, to: to, bytes: bytes})
			part.rows += int64(to - from)
			part.bytes += bytes
			first += int64(to - from)
			if part.rows >= splitRows || part.bytes >= partBytes {
				flush()
			}
			from = to
		}
	}
	flush()
	return out
}

// An arrowPart is a run of rows.
type arrowPart struct {
	file        *arrowFile
	first       int64
	rows, bytes int64
	pieces      []arrowPiece
}

// An arrowPiece is some rows of one record batch.
type arrowPiece struct {
	batch, from, to int
	bytes           int64
}

func (p *arrowPart) Size() (bytes, rows int64) { return p.bytes, p.rows }

// NoNulls is false: the counts in a record batch do not speak of empty text.
func (p *arrowPart) NoNulls(int) bool { return false }

func (p *arrowPart) Scan(ctx context.Context, cols []int) iter.Seq2[*Raw, error] {
	return func(yield func(*Raw, error) bool) {
		s := p.scan(cols)
		if yieldAll(p.file.in.name, func() (*Raw, error) { return s.next(ctx) }, yield) {
			p.file.spare.Put(s)
		}
	}
}
