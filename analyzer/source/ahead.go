package source

import (
	"io"

	"paperlight/analyzer/crash"
)

// How a stream is read ahead: so many buffers of so many bytes, few enough to stay in a
// cache that processors share; and from how many stored bytes on that is worth a goroutine.
const aheadBuffers, aheadBufferBytes, worthAhead = 3, 256 << 10, 256 << 10

// An ahead has a goroutine make the next values while earlier ones are used.
type ahead[T any] struct {
	full chan T // made, and not taken yet; has room for all
	free chan T
	stop chan struct{}
	done chan struct{}
}

// newAhead makes values of what is free, and of what is given back, of which there is at
// most room in all, until fill says that there are no more.
func newAhead[T any](room int, free []T, fill func(T) (T, bool)) *ahead[T] {
	a := &ahead[T]{full: make(chan T, room), free: make(chan T, room), stop: make(chan struct{}), done: make(chan struct{})}
	for _, v := range free {
		a.free <- v
	}
	go a.run(fill)
	return a
}

func (a *ahead[T]) run(fill func(T) (T, bool)) {
	defer close(a.done)
	for {
		select {
		case <-a.stop:
			return
		case v := <-a.free:
			v, more := fill(v)
			if a.full <- v; !more {
				return
			}
		}
	}
}

// close stops the goroutine, and waits for it.
func (a *ahead[T]) close() {
	close(a.stop)
	<-a.done
}

// An aheadReader is read while what comes next is unpacked already.
type aheadReader struct {
	ahead *ahead[aheadPiece]
	now   aheadPiece
	rest  []byte // of now
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
	free := make([]aheadPiece, aheadBuffers)
	for i := range free {
		free[i].buffer = make([]byte, aheadBufferBytes)
	}
	a := &aheadReader{ahead: newAhead(aheadBuffers, free, func(p aheadPiece) (aheadPiece, bool) {
		p.n, p.err = fillBuffer(s, p.buffer)
		p.taken = s.taken()
		return p, p.err == nil
	})}
	return &stream{Reader: a, taken: func() int64 { return a.now.taken }, close: func() {
		a.ahead.close()
		s.close()
	}}
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
			a.ahead.free <- a.now
		}
		a.now = <-a.ahead.full
		a.rest = a.now.buffer[:a.now.n]
	}
	n := copy(p, a.rest)
	a.rest = a.rest[n:]
	return n, nil
}
