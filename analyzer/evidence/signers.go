package evidence

import (
	"bytes"
	"fmt"
	"path"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// Signers are those whose signatures count: a file of allowed signers as ssh-keygen reads
// it (ALLOWED SIGNERS in its manual), a line each.
type Signers struct{ all []signer }

type signer struct {
	principals    string
	key           ssh.PublicKey
	namespaces    []string // empty: any
	after, before time.Time
}

// ParseSigners reads the file. Lines with a certificate authority are refused: they say of
// nobody in particular that he may sign.
func ParseSigners(text []byte) (*Signers, error) {
	out := &Signers{}
	n := 0
	for line := range bytes.Lines(text) {
		n++
		trimmed := strings.TrimSpace(string(line))
		if trimmed == "" || strings.HasPrefix(trimmed, "#") {
			continue
		}
		one, err := parseSigner(trimmed)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		out.all = append(out.all, *one)
	}
	if len(out.all) == 0 {
		return nil, fmt.Errorf("line %d: want at least one line: who signs, and the public key", max(n, 1))
	}
	return out, nil
}

func parseSigner(line string) (*signer, error) {
	who, rest, ok := cutWord(line)
	if !ok {
		return nil, fmt.Errorf("want who signs, a blank and the public key")
	}
	key, _, options, _, err := ssh.ParseAuthorizedKey([]byte(rest))
	if err != nil {
		return nil, fmt.Errorf("want a public key after who signs, which begins with ssh-ed25519 or another kind of key")
	}
	s := &signer{principals: strings.Trim(who, `"`), key: key}
	for _, o := range options {
		name, value, _ := strings.Cut(o, "=")
		value = strings.Trim(value, `"`)
		switch strings.ToLower(name) {
		case "namespaces":
			s.namespaces = strings.Split(value, ",")
		case "valid-after":
			s.after, err = signersTime(value)
		case "valid-before":
			s.before, err = signersTime(value)
		default:
			err = fmt.Errorf("the option before the key is not one that paperlight knows: want namespaces, valid-after or valid-before")
		}
		if err != nil {
			return nil, err
		}
	}
	return s, nil
}

// cutWord cuts the first word, which may be in quotes.
func cutWord(line string) (word, rest string, ok bool) {
	end := strings.IndexAny(line, " \t")
	if strings.HasPrefix(line, `"`) {
		if end = strings.Index(line[1:], `"`); end >= 0 {
			end += 2
		}
	}
	if end < 0 || end >= len(line) {
		return "", "", false
	}
	return line[:end], strings.TrimLeft(line[end:], " \t"), true
}

// signersTime reads a time as ssh-keygen writes it: YYYYMMDD or YYYYMMDDHHMM[SS], with a
// Z where it is UTC.
func signersTime(text string) (time.Time, error) {
	zone := time.Local
	digits, utc := strings.CutSuffix(text, "Z")
	if utc {
		zone = time.UTC
	}
	for _, form := range []string{"20060102", "200601021504", "20060102150405"} {
		if at, err := time.ParseInLocation(form, digits, zone); err == nil && len(form) == len(digits) {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("want a time such as 20260331 or 202603311200Z")
}

// who is the name of the signer of a key at a time; wrong says why there is none.
func (s *Signers) who(key ssh.PublicKey, at time.Time) (name, wrong string) {
	wrong = "by a key that is not in the list of signers"
	for _, one := range s.all {
		if !bytes.Equal(one.key.Marshal(), key.Marshal()) {
			continue
		}
		switch {
		case !one.signs(Namespace):
			wrong = "by a key that may not sign bundles of paperlight"
		case !one.after.IsZero() && at.Before(one.after), !one.before.IsZero() && !at.Before(one.before):
			wrong = "by a key that is not valid now"
		default:
			return one.principals, ""
		}
	}
	return "", wrong
}

func (s *signer) signs(namespace string) bool {
	for _, pattern := range s.namespaces {
		if ok, err := path.Match(pattern, namespace); ok && err == nil {
			return true
		}
	}
	return len(s.namespaces) == 0
}
