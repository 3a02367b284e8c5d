package synthetic

import (
	"encoding/binary"
	"strings"
	"time"
)

// A column is one of a published list. since is the version that brought it,
// in tenths (82 is 8.2); 0 is the oldest.
type column struct {
	name  string
	since int
}

// published reads a list as the sources print it: names with commas between.
// A ² marks what came after 5.4, a ³ what came with 8.1.
func published(list string) []column {
	var out []column
	for name := range strings.SplitSeq(list, ",") {
		c := column{name: strings.TrimSpace(name)}
		if bare, ok := strings.CutSuffix(c.name, "²"); ok {
			c = column{bare, 80}
		} else if bare, ok := strings.CutSuffix(c.name, "³"); ok {
			c = column{bare, 81}
		}
		out = append(out, c)
	}
	return out
}

// dateTexts are days as a system writes them, made once: every row has some.
type dateTexts struct {
	form        string
	first, last day
	width       int
	text        []byte
}

// newDateTexts makes the texts of the days that records commonly have. All
// texts of form have one width.
func newDateTexts(form string) *dateTexts {
	t := &dateTexts{form: form, first: date(1890, time.January, 1), last: date(2060, time.December, 31)}
	t.text = t.first.time().AppendFormat(nil, form)
	t.width = len(t.text)
	for d := t.first + 1; d <= t.last; d++ {
		t.text = d.time().AppendFormat(t.text, form)
	}
	return t
}

func (t *dateTexts) append(b []byte, d day) []byte {
	if d < t.first || d > t.last {
		return d.time().AppendFormat(b, t.form)
	}
	at := int(d-t.first) * t.width
	if t.width == 10 {
		text := [10]byte(t.text[at:])
		return append(b, text[:]...)
	}
	return append(b, t.text[at:at+t.width]...)
}

// A key is what the identifiers of a row are made from: a hash of the record's
// own id.
type key uint64

// keyOf hashes an id; further parts go on from the key of the first.
func keyOf(id string) key { return key(0xcbf29ce484222325).of(id) }

func (k key) of(part string) key {
	for i := range len(part) {
		k = (k ^ key(part[i])) * 0x100000001b3
	}
	return k
}

// record is the key of a record of the patient whose key is that of the common
// beginning of ids (see patient.record).
func (k key) record(id string) key {
	if len(id) < idBeginning {
		return k.of(id)
	}
	return k.of(id[idBeginning:])
}

// number is a positive number of at most 15 digits made from the key.
func (k key) number() int64 { return int64(mix(uint64(k))%900_000_000_000_000) + 100_000_000_000_000 }

// appendGUID adds the GUID of k in braces, as EMIS writes them.
func (k key) appendGUID(b []byte) []byte {
	high := mix(uint64(k))
	low := mix(high ^ uint64(k))
	var digits [32]byte
	for i, part := range [4]uint64{high >> 32, high & 0xffffffff, low >> 32, low & 0xffffffff} {
		binary.BigEndian.PutUint64(digits[8*i:], upperHex(part))
	}
	text := [38]byte{0: '{', 9: '-', 14: '-', 19: '-', 24: '-', 37: '}'}
	copy(text[1:9], digits[0:8])
	copy(text[10:14], digits[8:12])
	copy(text[15:19], digits[12:16])
	copy(text[20:24], digits[16:20])
	copy(text[25:37], digits[20:32])
	return append(b, text[:]...)
}

// upperHex is the eight hexadecimal digits of 32 bits, the first in the highest
// byte: all at once, since most cells of most rows are identifiers.
func upperHex(v uint64) uint64 {
	v = v&0xffff0000<<16 | v&0xffff
	v = v<<8&0x00ff000000ff0000 | v&0x000000ff000000ff
	v = v<<4&0x0f000f000f000f00 | v&0x000f000f000f000f
	letters := (v + 0x0606060606060606) >> 4 & 0x0101010101010101
	return v + 0x3030303030303030 + letters*('A'-'0'-10)
}

func (k key) guid() string { return string(k.appendGUID(nil)) }

// guid adds a cell with the GUID of k; the zero key is empty.
func (s *sheet) guid(k key) {
	s.open()
	if k != 0 {
		s.buf = k.appendGUID(s.buf)
	}
	s.shut()
}

// clock adds a time of a working day, made from k.
func (s *sheet) clock(k key) {
	s.open()
	s.buf = k.appendClock(s.buf)
	s.shut()
}

// appendClock adds a time from 08:00:00 to 17:59:59.
func (k key) appendClock(b []byte) []byte {
	n := mix(uint64(k)) >> 32 % 36000
	return append(b, '0'+byte((8+n/3600)/10), '0'+byte((8+n/3600)%10), ':', '0'+byte(n/600%6), '0'+byte(n/60%10), ':', '0'+byte(n/10%6), '0'+byte(n%10))
}
