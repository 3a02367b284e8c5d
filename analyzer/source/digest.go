package source

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
)

// digest reads the whole file for its digest.
func (f *File) digest(in *input) (err error) {
	defer recovered(&err, "file")
	s, err := in.stream()
	if err != nil {
		return err
	}
	defer s.close()
	h := sha256.New()
	if _, err := io.CopyBuffer(h, s.Reader, make([]byte, indexBytes)); err != nil {
		return damaged(err)
	}
	f.SHA256 = hex.EncodeToString(h.Sum(nil))
	return in.unchanged()
}

// A digester hashes bytes in a goroutine of its own while more of them are
// read. Its memory goes round.
type digester struct {
	size int // of a room
	made int // rooms
	full chan piece
	free chan []byte
	hash hash.Hash
	done chan struct{}
}

// A piece is bytes to be hashed, and the room that they lie in.
type piece struct{ room, bytes []byte }

// digesterRooms is how many there are: one being read, one being hashed, and
// some for when either is slow.
const digesterRooms = 4

// newDigester begins with the bytes of head.
func newDigester(head []byte, size int) *digester {
	d := &digester{
		size: size, hash: sha256.New(), done: make(chan struct{}),
		full: make(chan piece, digesterRooms), free: make(chan []byte, digesterRooms),
	}
	d.hash.Write(head)
	go d.run(d.full)
	return d
}

func (d *digester) run(full <-chan piece) {
	defer close(d.done)
	for p := range full {
		d.hash.Write(p.bytes)
		d.free <- p.room
	}
}

// room returns memory to read into, which add takes.
func (d *digester) room() []byte {
	if d.made < digesterRooms {
		d.made++
		return make([]byte, d.size)
	}
	return <-d.free
}

func (d *digester) add(room, bytes []byte) { d.full <- piece{room, bytes} }

// stop waits for all that was added, and ends the goroutine.
func (d *digester) stop() {
	if d.full != nil {
		close(d.full)
		d.full = nil
	}
	<-d.done
}

// sum stops and returns the digest in hex.
func (d *digester) sum() string {
	d.stop()
	return hex.EncodeToString(d.hash.Sum(nil))
}
