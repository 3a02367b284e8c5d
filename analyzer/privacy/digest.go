package privacy

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
)

// digestSize is how many bytes a text without blanks stands for, where it looks like a
// hash; else 0. It is in hex digits, as some programs write them after 0x, or in base64.
func digestSize(cell []byte) int {
	text := hexOf(cell)
	if n := len(text); (n == 2*md5.Size || n == 2*sha1.Size || n == 2*sha256.Size) && hexDigits(text) {
		return n / 2
	}
	text = bytes.TrimRight(cell, "=")
	for _, size := range [...]int{md5.Size, sha1.Size, sha256.Size} {
		if len(text) == base64.RawStdEncoding.EncodedLen(size) && mixed(text) {
			return size
		}
	}
	return 0
}

func hexOf(cell []byte) []byte {
	if len(cell) > 2 && (cell[0] == '0' || cell[0] == '\\') && cell[1]|0x20 == 'x' {
		return cell[2:]
	}
	return cell
}

func hexDigits(text []byte) bool {
	for _, c := range text {
		if lower := c | 0x20; !digit(c) && (lower < 'a' || lower > 'f') {
			return false
		}
	}
	return true
}

// mixed reports whether a text is of the 64 characters of base64, either set of them,
// and has small letters, capitals and digits, as nearly every hash has and no word.
func mixed(text []byte) bool {
	small, capital, digits := false, false, false
	for _, c := range text {
		switch {
		case digit(c):
			digits = true
		case 'a' <= c && c <= 'z':
			small = true
		case 'A' <= c && c <= 'Z':
			capital = true
		case c != '+' && c != '/' && c != '-' && c != '_':
			return false
		}
	}
	return small && capital && digits
}

// digestOf is the hash that a cell holds; nil where it cannot be read.
func digestOf(cell []byte) []byte {
	cell = bare(cell)
	size := digestSize(cell)
	if text := hexOf(cell); len(text) == 2*size {
		out := make([]byte, size)
		if _, err := hex.Decode(out, text); err == nil {
			return out
		}
	}
	text := bytes.TrimRight(cell, "=")
	text = bytes.ReplaceAll(bytes.ReplaceAll(text, []byte("-"), []byte("+")), []byte("_"), []byte("/"))
	out, err := base64.RawStdEncoding.AppendDecode(nil, text)
	if err != nil {
		return nil
	}
	return out
}
