package convert

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"hash"

	"paperlight/analyzer/schema"
)

// A Key is the secret that pseudonyms are made with: who has it can make the
// pseudonym of any id, and so find a patient again.
type Key [32]byte

// For returns a key for another use, from which this one cannot be told.
func (k *Key) For(use string) (out Key) {
	h := hmac.New(sha256.New, k[:])
	h.Write([]byte(use))
	h.Sum(out[:0])
	return out
}

// readable is base 32 in small letters: what is written with it is no hash that a list
// of all numbers could turn back, and looks like none.
var readable = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Pseudonyms are of 128 bits; of the keys of NHS numbers, whose form is hex digits, 96.
const pseudonymBytes, numberKeyBytes = 16, 12

// pseudonyms are those of one kind of id: HMAC-SHA-256 under a key of the kind, so
// that equal ids have equal pseudonyms in every table, and ids of two kinds have not.
type pseudonyms struct {
	mac     hash.Hash
	hexed   bool
	sum     []byte
	last    []byte // id whose pseudonym text is
	text    []byte
	lastSet bool
}

func newPseudonyms(key Key, hexed bool) *pseudonyms {
	return &pseudonyms{mac: hmac.New(sha256.New, key[:]), hexed: hexed}
}

// of returns the pseudonym of an id, until the next call. The ids of a patient's rows
// mostly follow one another.
func (p *pseudonyms) of(id []byte) []byte {
	if p.lastSet && string(p.last) == string(id) {
		return p.text
	}
	p.mac.Reset()
	p.mac.Write(id)
	p.sum = p.mac.Sum(p.sum[:0])
	p.last, p.lastSet = append(p.last[:0], id...), true
	if p.hexed {
		p.text = hex.AppendEncode(p.text[:0], p.sum[:numberKeyBytes])
	} else {
		p.text = readable.AppendEncode(p.text[:0], p.sum[:pseudonymBytes])
	}
	return p.text
}

// kindOf names the ids of a column: those of the rows that it names, whatever the
// table it is in.
func kindOf(c *schema.Column) string {
	switch {
	case c == c.Table.Patient:
		return schema.Patients.Name
	case c.Privacy == schema.Staff:
		return schema.StaffMembers.Name
	}
	for _, r := range schema.Relations {
		switch {
		case r.Near == c && r.Far == r.To.Key:
			return r.To.Name
		case r.Far == c && r.Near == r.From.Key:
			return r.From.Name
		}
	}
	for _, t := range schema.Tables {
		if t.Key != nil && t.Key.Name == c.Name {
			return t.Name
		}
	}
	return c.Name
}
