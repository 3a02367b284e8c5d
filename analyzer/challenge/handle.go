package challenge

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"strings"
)

// A Key makes handles. Who has it and the worklists can tell which record a handle is
// of; so it never leaves the practice.
type Key [32]byte

// A Record is a line of a worklist.
type Record struct{ Practice, Rule, Patient, ID, Date, Code string }

// handleLetters are the letters of a handle, in groups of four: 60 bits. No two are
// taken for each other when read aloud.
const (
	handleLetters = 12
	letters       = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)

// Handle stands for a record that a rule lists. It cannot be turned back without the key.
func (k Key) Handle(r *Record) string {
	mac := hmac.New(sha256.New, k[:])
	var length [8]byte
	for _, text := range []string{"challenge", r.Practice, r.Rule, r.Patient, r.ID, r.Date, r.Code} {
		binary.BigEndian.PutUint64(length[:], uint64(len(text))) // so that no two lists of texts read alike
		mac.Write(length[:])
		mac.Write([]byte(text))
	}
	n := binary.BigEndian.Uint64(mac.Sum(nil)) >> 4
	out := make([]byte, 0, handleLetters+2)
	for i := handleLetters - 1; i >= 0; i-- {
		out = append(out, letters[n>>(5*i)&31])
		if i%4 == 0 && i > 0 {
			out = append(out, '-')
		}
	}
	return string(out)
}

// asPrinted takes the letters that are mistaken for digits as these.
var asPrinted = strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1")

// ParseHandle is a handle as somebody typed it; ok says whether it is one.
func ParseHandle(typed string) (handle string, ok bool) {
	bare := asPrinted.Replace(strings.ToUpper(typed))
	if len(bare) != handleLetters || strings.Trim(bare, letters) != "" {
		return "", false
	}
	return bare[:4] + "-" + bare[4:8] + "-" + bare[8:], true
}
