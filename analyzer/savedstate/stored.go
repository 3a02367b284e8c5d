package savedstate

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"paperlight/analyzer/kept"
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

// stored is the first line of the stored form; the state is the second.
type stored struct {
	Format  string        `json:"format"`
	Version int           `json:"version"`
	Key     Key           `json:"key"`
	Refused int           `json:"refused,omitempty"`
	Counted string        `json:"counted,omitempty"`
	Extract *kept.Extract `json:"extract,omitempty"`
}

// ErrTooLarge says that a state does not fit into a file of one.
var ErrTooLarge = errors.New("the state is larger than a saved state may be")

// Marshal stores it. Equal states are stored in equal bytes.
func (s *Saved) Marshal() ([]byte, error) {
	out := stored{Format: formatName, Version: version, Key: s.Key, Refused: s.Refused}
	var counts []byte
	if s.Refused == 0 {
		var err error
		if counts, err = s.State.Marshal(); err != nil {
			return nil, err
		}
		out.Counted, out.Extract = s.Counted, &s.Extract
	}
	text, err := json.Marshal(out)
	if err != nil {
		return nil, err
	}
	text = append(append(text, '\n'), counts...)
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
type Reader struct{ unpack *zstd.Decoder }

// NewReader makes one; Close lets go of it.
func NewReader() (*Reader, error) {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxUnpacked), zstd.WithDecoderMaxWindow(maxUnpacked))
	if err != nil {
		return nil, err
	}
	return &Reader{d}, nil
}

// Close lets go of the reader.
func (r *Reader) Close() { r.unpack.Close() }

// Read reads a saved state. The error says in words what is wrong, and holds nothing
// that is in it.
func (r *Reader) Read(packed []byte) (*Saved, error) {
	if len(packed) > MaxFile {
		return nil, fmt.Errorf("is larger than %d bytes, which no saved state is", MaxFile)
	}
	text, err := r.unpack.DecodeAll(packed, nil)
	if err != nil {
		return nil, errors.New("is no saved state, or is damaged")
	}
	var in stored
	head, counts, _ := bytes.Cut(text, []byte("\n"))
	if err := json.Unmarshal(head, &in); err != nil || in.Format != formatName {
		return nil, errors.New("is no saved state")
	}
	if in.Version != version {
		return nil, fmt.Errorf("is a saved state of form %d, and this program reads form %d", in.Version, version)
	}
	sum := sha256.Sum256(packed)
	out := &Saved{Key: in.Key, Digest: hex.EncodeToString(sum[:]), Refused: in.Refused, Counted: in.Counted}
	if in.Refused != 0 {
		return out, nil
	}
	if in.Extract == nil {
		return nil, errors.New("is a saved state that does not say of which extract")
	}
	out.Extract = *in.Extract
	if len(out.Extract.Bare) > mostFiles {
		return nil, errors.New("is a saved state of more files than an extract has")
	}
	if out.State, err = state.Unmarshal(counts); err != nil {
		return nil, errors.New("is a saved state whose counts cannot be read")
	}
	if !fits(len(packed), len(out.State.Practices)) {
		return nil, fmt.Errorf("is larger than %d bytes for each of its practices, which no saved state is", MaxBytes)
	}
	return out, nil
}

// mostFiles bounds the files of an extract.
const mostFiles = 100_000
