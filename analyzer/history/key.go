package history

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
)

// A Key makes handles of records. Who has it, the history and an extract can tell which
// records are in the history; so it never leaves the practice.
type Key [32]byte

// keyHead is the first line of the file of a key.
const keyHead = "paperlight history key 1: the history beside it needs it. Keep it in the practice.\n"

// KeyFile is the path of the file that holds the key of a history.
func KeyFile(file string) string { return file + ".key" }

// Text is what the file of a key holds.
func (k Key) Text() string { return keyHead + hex.EncodeToString(k[:]) + "\n" }

// ReadKey reads the key of the history at a path. A key that is not there is fs.ErrNotExist.
func ReadKey(file string) (Key, error) {
	var k Key
	st, err := os.Stat(KeyFile(file)) // before it is opened: that of a named pipe waits for ever
	if errors.Is(err, fs.ErrNotExist) {
		return k, &Error{Message: "the key of the history is missing: the file of its name with .key at the end", cause: fs.ErrNotExist,
			Hint: "put the key back beside the history; where it is lost, begin a new history under another name"}
	}
	if err != nil || !st.Mode().IsRegular() {
		return k, errKey
	}
	f, err := os.Open(KeyFile(file))
	if err != nil {
		return k, errKey
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 1<<10))
	if err != nil {
		return k, errKey
	}
	body, ok := strings.CutPrefix(strings.ReplaceAll(string(text), "\r\n", "\n"), keyHead)
	digits, err := hex.DecodeString(strings.TrimSpace(body))
	if !ok || err != nil || len(digits) != len(k) || bytes.Count(digits, digits[:1]) == len(digits) {
		return k, errKey
	}
	copy(k[:], digits)
	return k, nil
}

var (
	errKey = &Error{Message: "the file beside the history that ends in .key holds no key of a history",
		Hint: "put back the key that was made with the history; where it is lost, begin a new history under another name"}
	errOtherKey = &Error{Message: "the key beside the history is that of another history", Hint: errKey.Hint}
)

// proof tells whether a key is that of a history, and nothing else.
func (k Key) proof() []byte { return k.sum("proof") }

func (k Key) proves(proof []byte) bool { return subtle.ConstantTimeCompare(k.proof(), proof) == 1 }

// sum is a hash of texts that can be made with the key alone. Each has its length in
// front, so that no two lists of texts read alike.
func (k Key) sum(texts ...string) []byte {
	mac := hmac.New(sha256.New, k[:])
	var length [8]byte
	for _, text := range texts {
		binary.BigEndian.PutUint64(length[:], uint64(len(text)))
		mac.Write(length[:])
		mac.Write([]byte(text))
	}
	return mac.Sum(nil)
}

// A Handle stands for a record that a rule listed.
type Handle int64

// Handle is that of a record; there is none of one without an id. An id that we made
// from the place in a file is no id: ask for no handle of it.
func (k Key) Handle(practice, rule, patient, record string) (Handle, bool) {
	if record == "" {
		return 0, false
	}
	return Handle(binary.BigEndian.Uint64(k.sum("finding", practice, rule, patient, record))), true
}
