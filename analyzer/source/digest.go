package source

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"sync"
	"sync/atomic"

	"paperlight/analyzer/crash"
)

// hashing are the files that are hashed while others are read.
type hashing struct {
	group   sync.WaitGroup
	stopped atomic.Bool
}

// start has the file hashed and returns what waits for its digest.
func (h *hashing) start(in *input, label string) func() (string, error) {
	var sum string
	var err error
	done := make(chan struct{})
	h.group.Go(func() {
		defer close(done)
		defer crash.Catch(&err, "the reading")
		sum, err = h.digest(in)
		err = within(label, err)
	})
	return func() (string, error) {
		<-done
		return sum, err
	}
}

// stop gives up what is not done.
func (h *hashing) stop() {
	h.stopped.Store(true)
	h.group.Wait()
}

var errStopped = errors.New("stopped")

// digest reads the whole file for its digest.
func (h *hashing) digest(in *input) (sum string, err error) {
	defer crash.Catch(&err, "the reading")
	return h.sum(in, sha256.New())
}

// sum reads the whole input for its checksum in hex.
func (h *hashing) sum(in *input, to hash.Hash) (string, error) {
	s, err := in.stream()
	if err != nil {
		return "", err
	}
	defer s.close()
	buffer := make([]byte, indexBytes)
	for {
		n, err := s.Read(buffer)
		if to.Write(buffer[:n]); errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", damaged(err)
		}
		if h.stopped.Load() {
			return "", errStopped
		}
	}
	return hex.EncodeToString(to.Sum(nil)), in.unchanged()
}

// A digester hashes bytes in a goroutine of its own while more of them are
// read. It recycles its buffers.
type digester struct {
	size int // of a buffer
	made int // buffers
	full chan piece
	free chan []byte
	hash hash.Hash
	done chan struct{}
	err  error // a panic of the hash
}

// A piece is bytes to be hashed, and the buffer that they lie in.
type piece struct{ buffer, bytes []byte }

// digesterBuffers is how many there are: one being read, one being hashed, and
// some for when either is slow.
const digesterBuffers = 4

// newDigester begins with the bytes of head.
func newDigester(head []byte, size int) *digester {
	d := &digester{
		size: size, hash: sha256.New(), done: make(chan struct{}),
		full: make(chan piece, digesterBuffers), free: make(chan []byte, digesterBuffers),
	}
	d.hash.Write(head)
	go d.run(d.full)
	return d
}

func (d *digester) run(full <-chan piece) {
	defer close(d.done)
	for p := range full {
		if d.err == nil { // else who reads would wait for the buffer
			d.err = d.write(p.bytes)
		}
		d.free <- p.buffer
	}
}

func (d *digester) write(b []byte) (err error) {
	defer crash.Catch(&err, "the reading")
	d.hash.Write(b)
	return nil
}

// buffer returns memory to read into, which add takes.
func (d *digester) buffer() []byte {
	if d.made < digesterBuffers {
		d.made++
		return make([]byte, d.size)
	}
	return <-d.free
}

func (d *digester) add(buffer, bytes []byte) { d.full <- piece{buffer, bytes} }

// stop waits for all that was added, and ends the goroutine.
func (d *digester) stop() {
	if d.full != nil {
		close(d.full)
		d.full = nil
	}
	<-d.done
}

// sum stops and returns the digest in hex.
func (d *digester) sum() (string, error) {
	d.stop()
	return hex.EncodeToString(d.hash.Sum(nil)), d.err
}
