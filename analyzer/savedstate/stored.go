package savedstate

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/klauspost/compress/zstd"

	"paperlight/analyzer/state"
)

// MaxBytes bounds the state of an extract of one practice; of several, so much for each.
// MaxFile bounds a file of one, and maxUnpacked what is in it: both before it is read.
const (
	MaxBytes    = 64 << 10
	MaxFile     = 256 * MaxBytes
	maxUnpacked = 16 * MaxFile
)

// fits reports whether the stored form is as small as a state of so many practices is.
func fits(packed, practices int) bool {
	return packed <= MaxFile && packed <= MaxBytes*max(1, practices)
}

// formatName and version are of the stored form; others are refused.
const (
	formatName = "paperlight saved state"
	version    = 2
)

// stored is the first line of the stored form. The extract is the second, and the counts
// are the third.
type stored struct {
	Format    string     `json:"format"`
	Version   int        `json:"version"`
	Key       Key        `json:"key"`
	Refused   int        `json:"refused,omitempty"`
	Practices []Practice `json:"practices,omitempty"`
	Counted   string     `json:"counted,omitempty"`
}

// ErrTooLarge says that a state does not fit into a file of one.
var ErrTooLarge = errors.New("the state is larger than a saved state may be")

// Marshal stores it. Equal states are stored in equal bytes.
func (s *Saved) Marshal() ([]byte, error) {
	head := stored{Format: formatName, Version: version, Key: s.Key, Refused: s.Refused}
	lines := []any{&head}
	var counts []byte
	if s.Refused == 0 {
		var err error
		if counts, err = s.State.Marshal(); err != nil {
			return nil, err
		}
		head.Practices, head.Counted = s.Brief().Practices, s.Counted
		lines = append(lines, &s.Extract)
	}
	var text []byte
	for _, line := range lines {
		one, err := json.Marshal(line)
		if err != nil {
			return nil, err
		}
		text = append(append(text, one...), '\n')
	}
	text = append(text, counts...)
	w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedBestCompression))
	if err != nil {
		return nil, err
	}
	packed := w.EncodeAll(text, nil)
	if err := w.Close(); err != nil {
		return nil, err
	}
	practices := 0
	if s.State != nil {
		practices = len(s.State.Practices)
	}
	if len(text) > maxUnpacked || !fits(len(packed), practices) {
		return nil, ErrTooLarge
	}
	return packed, nil
}

// A Reader reads saved states. It serves one goroutine.
type Reader struct {
	unpack *zstd.Decoder
	text   []byte // of the last one
	// counted are texts that many states have alike, each once.
	counted map[string]string
}

// NewReader makes one; Close lets go of it.
func NewReader() (*Reader, error) {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxUnpacked), zstd.WithDecoderMaxWindow(maxUnpacked))
	if err != nil {
		return nil, err
	}
	return &Reader{unpack: d, counted: map[string]string{}}, nil
}

// Close lets go of the reader.
func (r *Reader) Close() { r.unpack.Close() }

// Head reads the head of a saved state. That the file is whole is seen too, and what follows
// the head is not looked at. The error is as Read's.
func (r *Reader) Head(packed []byte) (*Head, error) {
	head, _, err := r.head(packed)
	return head, err
}

// head reads the head, and returns what follows it: good until the next one is read.
func (r *Reader) head(packed []byte) (*Head, []byte, error) {
	if len(packed) > MaxFile {
		return nil, nil, fmt.Errorf("is larger than %d bytes, which no saved state is", MaxFile)
	}
	text, err := r.unpack.DecodeAll(packed, r.text[:0])
	if err != nil {
		return nil, nil, errors.New("is no saved state, or is damaged")
	}
	if r.text = text; cap(text) > maxReused {
		r.text = nil
	}
	var in stored
	first, rest, _ := bytes.Cut(text, []byte("\n"))
	if err := json.Unmarshal(first, &in); err != nil || in.Format != formatName {
		return nil, nil, errors.New("is no saved state")
	}
	if in.Version != version {
		return nil, nil, fmt.Errorf("is a saved state of form %d, and this program reads form %d", in.Version, version)
	}
	if !fits(len(packed), len(in.Practices)) {
		return nil, nil, fmt.Errorf("is larger than %d bytes for each of its practices, which no saved state is", MaxBytes)
	}
	if have, known := r.counted[in.Counted]; known {
		in.Counted = have
	} else if len(r.counted) < mostCounted {
		r.counted[in.Counted] = in.Counted
	}
	sum := sha256.Sum256(packed)
	return &Head{Key: in.Key, Digest: hex.EncodeToString(sum[:]), Refused: in.Refused, Practices: in.Practices, Counted: in.Counted}, rest, nil
}

// maxReused bounds the memory that a reader holds on to, and mostCounted the texts.
const maxReused, mostCounted = 8 << 20, 100

// Read reads a saved state. The error says in words what is wrong, and holds nothing
// that is in it.
func (r *Reader) Read(packed []byte) (*Saved, error) {
	head, rest, err := r.head(packed)
	if err != nil {
		return nil, err
	}
	out := &Saved{Head: *head}
	if head.Refused != 0 {
		return out, nil
	}
	extract, counts, _ := bytes.Cut(rest, []byte("\n"))
	if err := json.Unmarshal(extract, &out.Extract); err != nil {
		return nil, errors.New("is a saved state that does not say of which extract")
	}
	if len(out.Extract.Bare) > mostFiles {
		return nil, errors.New("is a saved state of more files than an extract has")
	}
	if out.State, err = state.Unmarshal(counts); err != nil {
		return nil, errors.New("is a saved state whose counts cannot be read")
	}
	if !slices.Equal(out.Brief().Practices, head.Practices) {
		return nil, errors.New("is a saved state whose counts are of other practices than it says")
	}
	return out, nil
}

// mostFiles bounds the files of an extract.
const mostFiles = 100_000
