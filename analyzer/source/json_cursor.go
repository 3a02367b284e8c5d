package source

import (
	"errors"
	"fmt"
	"hash"
	"io"
)

// A cursor reads the bytes of an input in any order: at random where that can be,
// else forwards, and from the start again to go back.
type cursor struct {
	in      *input
	s       *stream
	here    int64 // of s
	returns int
	// sum, where not nil, is given all bytes that are read.
	sum hash.Hash
	// most, where not 0, is how many bytes are read the next time at most.
	most int
}

// maxAgains bounds how often a compressed file is read from its start, to go back.
const maxAgains = 100

// read fills p from an offset; 0 at the end.
func (c *cursor) read(p []byte, offset int64) (int, error) {
	if c.most > 0 {
		p, c.most = p[:min(len(p), c.most)], 0
	}
	n, err := c.fill(p, offset)
	if c.sum != nil {
		c.sum.Write(p[:n])
	}
	return n, err
}

func (c *cursor) fill(p []byte, offset int64) (int, error) {
	if c.in.at != nil {
		n, err := c.in.at.ReadAt(p[:max(min(int64(len(p)), c.in.size-offset), 0)], offset)
		if n > 0 || errors.Is(err, io.EOF) {
			return n, nil
		}
		return 0, err
	}
	if err := c.forward(offset); err != nil {
		return 0, err
	}
	n, err := readFull(c.s, p)
	c.here += int64(n)
	if err != nil {
		return 0, damaged(err)
	}
	return n, nil
}

// forward goes to an offset of a stream.
func (c *cursor) forward(offset int64) error {
	if c.s != nil && offset < c.here {
		if c.returns++; c.returns > maxAgains {
			return limit("a compressed file that has to be read more than %d times over", maxAgains).hint("decompress the file, then run again")
		}
		c.close()
	}
	if c.s == nil {
		s, err := c.in.stream()
		if err != nil {
			return err
		}
		c.s, c.here = s, 0
	}
	n, err := io.CopyN(io.Discard, c.s, offset-c.here)
	c.here += n
	if err != nil && !errors.Is(err, io.EOF) {
		return damaged(err)
	}
	return nil
}

func (c *cursor) close() {
	if c.s != nil {
		c.s.close()
		c.s = nil
	}
}

// place adds to an error where in the text the reading is.
func (j *jsonReader) place(e *DecodeError) *DecodeError {
	at := fmt.Sprintf("byte %d", j.at()+1)
	if j.line > 0 {
		at += fmt.Sprintf(" (line %d)", j.line)
	}
	e.Message = "at " + at + ": " + e.Message
	return e
}
