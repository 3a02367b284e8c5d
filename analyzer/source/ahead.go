package source

import (
	"io"

	"paperlight/analyzer/crash"
)

// How a stream is read ahead: so many buffers of so many bytes, few enough to stay in a
// cache that processors share; and from how many stored bytes on that is worth a goroutine.
const aheadBuffers, aheadBufferBytes, worthAhead = 3, 256 << 10, 256 << 10

// An aheadReader is read while a goroutine already unpacks what comes next.
type aheadReader struct {
	full chan aheadPiece // read, and not taken yet; has room for all buffers
	free chan []byte
	stop chan struct{}
	done chan struct{}

	now  aheadPiece
	rest []byte // of now
}

// An aheadPiece is what one buffer was filled with.
type aheadPiece struct {
	buffer []byte
	n      int
	taken  int64 // stored bytes read up to its end
	err    error // what came after it
}

// ahead has the stream read ahead where it is long enough. The stream is the reader's
// then, until close.
func (s *stream) ahead(stored int64) *stream {
	if stored < worthAhead {
		return s
	}
	a := &aheadReader{full: make(chan aheadPiece, aheadBuffers), free: make(chan []byte, aheadBuffers), stop: make(chan struct{}), done: make(chan struct{})}
	for range aheadBuffers {
		a.free <- make([]byte, aheadBufferBytes)
	}
	go a.run(s)
	return &stream{Reader: a, taken: func() int64 { return a.now.taken }, close: func() {
		close(a.stop)
		<-a.done
		s.close()
	}}
}

func (a *aheadReader) run(s *stream) {
	defer close(a.done)
	for {
		select {
		case <-a.stop:
			return
		case buffer := <-a.free:
			p := aheadPiece{buffer: buffer}
			p.n, p.err = fillBuffer(s, buffer)
			p.taken = s.taken()
			a.full <- p
			if p.err != nil {
				return
			}
		}
	}
}

// fillBuffer reads until the buffer is full, or there is an error.
func fillBuffer(r io.Reader, buffer []byte) (n int, err error) {
	defer crash.Catch(&err, "the reading")
	for n < len(buffer) && err == nil {
		var m int
		m, err = r.Read(buffer[n:])
		n += m
	}
	return n, err
}

func (a *aheadReader) Read(p []byte) (int, error) {
	for len(a.rest) == 0 {
		if a.now.err != nil {
			return 0, a.now.err
		}
		if a.now.buffer != nil {
			a.free <- a.now.buffer
		}
		a.now = <-a.full
		a.rest = a.now.buffer[:a.now.n]
	}
	n := copy(p, a.rest)
	a.rest = a.rest[n:]
	return n, nil
}
