package sampling

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"strings"
	"unicode/utf8"
)

// A Seed decides a draw: equal seeds draw equal records of an extract. It is made of
// words, so that it can be agreed on the telephone before anybody sees the extract.
type Seed struct{ key [sha256.Size]byte }

// The form of a seed.
const (
	fewestWords   = 3
	longestSeed   = 200
	seedWanted    = "want at least three words, of at most 200 letters together"
	seedHashLabel = "paperlight sample 1\n"
)

// NewSeed is the seed of some words. Capitals and the blanks between words make no
// difference.
func NewSeed(words string) (Seed, error) {
	each := strings.Fields(strings.ToLower(words))
	text := strings.Join(each, " ")
	if len(each) < fewestWords || utf8.RuneCountInString(text) > longestSeed || !utf8.ValidString(words) {
		return Seed{}, errors.New(seedWanted)
	}
	return Seed{sha256.Sum256([]byte(seedHashLabel + text))}, nil
}

// Key is the key by which the engine draws.
func (s Seed) Key() []byte { return s.sum("draw") }

// sum is HMAC-SHA256 of texts under the seed. Each has its length in front, so that no
// two lists of texts read alike.
func (s Seed) sum(texts ...string) []byte {
	mac := hmac.New(sha256.New, s.key[:])
	var length [8]byte
	for _, text := range texts {
		binary.BigEndian.PutUint64(length[:], uint64(len(text)))
		mac.Write(length[:])
		mac.Write([]byte(text))
	}
	return mac.Sum(nil)
}

// letters are the digits of marks: no two are taken for each other when read aloud.
const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// code is the first 40 bits of a sum as eight letters, in two groups.
func code(sum []byte) string {
	n := binary.BigEndian.Uint64(sum) >> 24
	var out [9]byte
	for i := 8; i >= 0; i-- {
		if i == 4 {
			out[i] = '-'
			continue
		}
		out[i] = letters[n&31]
		n >>= 5
	}
	return string(out[:])
}
