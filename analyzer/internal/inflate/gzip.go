package inflate

import (
	"errors"
	"hash/crc32"
	"io"
)

// A GzipReader unpacks a gzip file (RFC 1952): one member after the other, each held to
// the checksum and the length at its end. Its errors are those of Reader.
type GzipReader struct {
	z    *Reader
	err  error
	sum  uint32 // of the member's bytes, or of its head
	size uint32
}

// NewGzipReader unpacks what r gives. Errors show when it is read.
func NewGzipReader(r io.Reader) *GzipReader {
	g := &GzipReader{z: NewReader(nil)}
	g.Reset(r)
	return g
}

// Reset starts anew, with the file that r gives.
func (g *GzipReader) Reset(r io.Reader) {
	g.z.Reset(r)
	g.err = g.head()
	if errors.Is(g.err, io.EOF) {
		g.err = io.ErrUnexpectedEOF
	}
}

func (g *GzipReader) Read(p []byte) (int, error) {
	for g.err == nil {
		n, err := g.z.Read(p)
		g.sum = crc32.Update(g.sum, crc32.IEEETable, p[:n])
		g.size += uint32(n)
		if n > 0 || err == nil {
			return n, nil
		}
		if g.err = err; errors.Is(err, io.EOF) {
			if g.err = g.foot(); g.err == nil {
				g.err = g.head()
			}
		}
	}
	return 0, g.err
}

// Flags of a member's head.
const (
	hasChecksum = 1 << (iota + 1)
	hasExtra
	hasName
	hasComment
)

// head reads a member's head. It returns io.EOF where the file ends before it.
func (g *GzipReader) head() error {
	g.z.nextStream()
	if g.z.atEnd() {
		return io.EOF
	}
	g.sum = 0
	var fixed [10]byte
	for i := range fixed {
		fixed[i] = g.byte()
	}
	if g.z.err == nil && (fixed[0] != 0x1f || fixed[1] != 0x8b || fixed[2] != 8) {
		return ErrDamaged
	}
	flags := fixed[3]
	if flags&hasExtra != 0 {
		for n := int(g.byte()) | int(g.byte())<<8; n > 0 && g.z.err == nil; n-- {
			g.byte()
		}
	}
	if flags&hasName != 0 {
		g.text()
	}
	if flags&hasComment != 0 {
		g.text()
	}
	if sum := uint16(g.sum); flags&hasChecksum != 0 && g.number(2) != uint32(sum) && g.z.err == nil {
		return ErrDamaged
	}
	g.sum, g.size = 0, 0
	return g.z.err
}

// foot compares what a member says of itself with what it was.
func (g *GzipReader) foot() error {
	g.z.nextStream()
	sum, size := g.sum, g.size
	if wrong := g.number(4) != sum; g.number(4) != size || wrong {
		if g.z.err != nil {
			return g.z.err
		}
		return ErrDamaged
	}
	return g.z.err
}

// text skips a text of the head, up to its zero.
func (g *GzipReader) text() {
	for g.byte() != 0 && g.z.err == nil {
	}
}

// number reads so many bytes, the lowest first.
func (g *GzipReader) number(of int) (n uint32) {
	for i := range of {
		n |= uint32(g.byte()) << (8 * i)
	}
	return n
}

// byte reads a byte that is not packed; what went wrong is the reader's error.
func (g *GzipReader) byte() byte {
	if g.z.err == nil {
		g.z.err = g.z.need(8)
	}
	if g.z.err != nil {
		return 0
	}
	b := byte(g.z.takeBits(8))
	if g.z.beyond() {
		g.z.err = g.z.cut()
	}
	g.sum = crc32.Update(g.sum, crc32.IEEETable, []byte{b})
	return b
}
