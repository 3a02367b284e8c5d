package inflate

import (
	"encoding/binary"
	"errors"
	"io"
)

// ErrDamaged says that a stream is none of DEFLATE's.
var ErrDamaged = errors.New("inflate: the stream is damaged")

const (
	window   = 32 << 10 // how far back a match may lie
	madeRoom = 64 << 10
	inRoom   = 32 << 10
	// slack is how far beyond its end a match may be written, and a pair of literals.
	slack = 258 + 2*copyBytes
	// ahead is how many bytes of input one symbol and a match may take.
	ahead = 16
)

// A Reader unpacks a stream. It reads ahead of what it needs.
type Reader struct {
	src io.Reader

	in    [inRoom + ahead]byte // in[pos:end] is still to come
	pos   int
	end   int
	ended error // what src said last; io.EOF: zeros were put after the end
	bits  uint64
	n     uint // bits that are valid

	out  [window + madeRoom + slack]byte
	o    int // made so far
	read int // taken of it

	kind   blockKind
	stored int // left of a stored block
	last   bool
	err    error

	now     *codes // of a coded block: own, or the fixed ones
	own     codes
	lengths [litSymbols + distSymbols]uint8
}

type blockKind uint8

const (
	betweenBlocks blockKind = iota
	storedBlock
	codedBlock
)

// NewReader unpacks what r gives.
func NewReader(r io.Reader) *Reader {
	z := &Reader{}
	z.Reset(r)
	return z
}

// Reset starts anew, with the stream that r gives.
func (z *Reader) Reset(r io.Reader) {
	z.src, z.pos, z.end, z.ended, z.bits, z.n = r, 0, 0, nil, 0, 0
	z.nextStream()
}

// nextStream starts with the byte after the stream that ended.
func (z *Reader) nextStream() {
	z.takeBits(z.n & 7)
	z.o, z.read, z.kind, z.stored, z.last, z.err = 0, 0, betweenBlocks, 0, false, nil
}

// atEnd reports whether the input ended, and all of it was taken.
func (z *Reader) atEnd() bool {
	z.more()
	return errors.Is(z.ended, io.EOF) && z.pos-int(z.n>>3) >= z.end
}

// Read returns io.EOF after the last block, io.ErrUnexpectedEOF where the input ends
// before it, ErrDamaged, or the error of the input. What comes before any of these it gives.
func (z *Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for z.read == z.o {
		if z.err != nil {
			return 0, z.err
		}
		z.make()
	}
	n := copy(p, z.out[z.read:z.o])
	z.read += n
	return n, nil
}

// make unpacks until there is no room left, or an error.
func (z *Reader) make() {
	if z.o > window {
		copy(z.out[:window], z.out[z.o-window:z.o])
		z.o = window
		z.read = window
	}
	for z.o < window+madeRoom && z.err == nil {
		switch z.kind {
		case betweenBlocks:
			z.err = z.block()
		case storedBlock:
			z.err = z.copyStored()
		case codedBlock:
			z.err = z.decode()
		}
	}
	// What looks damaged may be the zeros put after an input that was cut off.
	if errors.Is(z.err, ErrDamaged) && z.ended != nil && 8*z.pos-int(z.n)+maxCode > 8*z.end {
		z.err = z.cut()
	}
}

// more reads input until ahead bytes are there, or it ended: then zeros follow.
func (z *Reader) more() {
	if z.ended != nil || z.end-z.pos >= ahead {
		return
	}
	kept := min(z.pos, 8) // whose bits are perhaps not all taken
	z.end = copy(z.in[:], z.in[z.pos-kept:z.end])
	z.pos = kept
	for z.end-z.pos < ahead && z.ended == nil {
		var n int
		n, z.ended = z.src.Read(z.in[z.end:inRoom])
		z.end += n
	}
	if z.ended != nil {
		clear(z.in[z.end : z.end+ahead])
	}
}

// beyond reports whether more bits were taken than the input had.
func (z *Reader) beyond() bool { return z.ended != nil && z.pos-int(z.n>>3) > z.end }

// cut is the error of an input that ended too early.
func (z *Reader) cut() error {
	if z.ended == nil || errors.Is(z.ended, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return z.ended
}

// need has at least n bits there, up to 32.
func (z *Reader) need(n uint) error {
	if z.n >= n {
		return nil
	}
	z.more()
	z.refill()
	if z.beyond() {
		return z.cut()
	}
	return nil
}

func (z *Reader) refill() {
	if z.pos+8 <= len(z.in) {
		z.bits |= binary.LittleEndian.Uint64(z.in[z.pos:]) << z.n
		z.pos += int(63-z.n) >> 3
		z.n |= 56
	}
}

func (z *Reader) takeBits(n uint) int {
	v := z.bits & (1<<n - 1)
	z.bits >>= n
	z.n -= n
	return int(v)
}

// block starts the next block.
func (z *Reader) block() error {
	if z.last {
		return io.EOF
	}
	if err := z.need(3); err != nil {
		return err
	}
	z.last = z.takeBits(1) == 1
	switch z.takeBits(2) {
	case 0:
		return z.startStored()
	case 1:
		z.now = fixedCodes()
	case 2:
		if err := z.readCodes(); err != nil {
			return err
		}
	default:
		return ErrDamaged
	}
	z.kind = codedBlock
	return nil
}

// startStored reads the head of a block that is stored as it is.
func (z *Reader) startStored() error {
	z.takeBits(z.n & 7)
	if err := z.need(32); err != nil {
		return err
	}
	length, not := z.takeBits(16), z.takeBits(16)
	if length != not^0xffff {
		return ErrDamaged
	}
	z.pos -= int(z.n >> 3)
	z.bits, z.n = 0, 0
	z.kind, z.stored = storedBlock, length
	return nil
}

func (z *Reader) copyStored() error {
	for z.stored > 0 && z.o < window+madeRoom {
		if z.more(); z.pos >= z.end {
			return z.cut()
		}
		n := copy(z.out[z.o:min(z.o+z.stored, window+madeRoom)], z.in[z.pos:z.end])
		z.o += n
		z.pos += n
		z.stored -= n
	}
	if z.stored == 0 {
		z.kind = betweenBlocks
	}
	return nil
}
