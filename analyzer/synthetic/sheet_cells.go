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

// traits are what of a text matters to how it is written.
type traits uint8

const (
	parting     traits = 1 << iota // a comma or the end of a line
	quoting                        // a quotation mark
	beyondASCII                    // a letter that encodings differ in
)

var traitsOfByte = func() (of [256]traits) {
	for _, ch := range ",\r\n" {
		of[ch] = parting
	}
	of['"'] = quoting
	for ch := 0x80; ch < 0x100; ch++ {
		of[ch] = beyondASCII
	}
	return of
}()

func traitsOf(text string) (found traits) {
	for i := range len(text) {
		found |= traitsOfByte[text[i]]
	}
	return found
}

// dateTexts are days as a system writes them, made once: every row has some.
type dateTexts struct {
	form        string
	first, last day
	width       int
	text        string
}

// newDateTexts makes the texts of the days that records commonly have. All
// texts of form have one width.
func newDateTexts(form string) *dateTexts {
	t := &dateTexts{form: form, first: date(1890, time.January, 1), last: date(2060, time.December, 31)}
	text := t.first.time().AppendFormat(nil, form)
	t.width = len(text)
	for d := t.first + 1; d <= t.last; d++ {
		text = d.time().AppendFormat(text, form)
	}
	t.text = string(text)
	return t
}

func (t *dateTexts) of(d day) string {
	if d < t.first || d > t.last {
		return d.time().Format(t.form)
	}
	at := int(d-t.first) * t.width
	return t.text[at : at+t.width]
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

// guidBytes is how long a GUID in braces is.
const guidBytes = 38

// putGUID fills b with the GUID of k in braces, as EMIS writes them.
func (k key) putGUID(b []byte) {
	high := mix(uint64(k))
	low := mix(high ^ uint64(k))
	b = b[:guidBytes]
	b[0], b[9], b[14], b[19], b[24], b[37] = '{', '-', '-', '-', '-', '}'
	binary.BigEndian.PutUint64(b[1:], upperHex(high>>32))
	second, third := upperHex(high&0xffffffff), upperHex(low>>32)
	binary.BigEndian.PutUint32(b[10:], uint32(second>>32))
	binary.BigEndian.PutUint32(b[15:], uint32(second))
	binary.BigEndian.PutUint32(b[20:], uint32(third>>32))
	binary.BigEndian.PutUint32(b[25:], uint32(third))
	binary.BigEndian.PutUint64(b[29:], upperHex(low&0xffffffff))
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

func (k key) guid() string {
	var b [guidBytes]byte
	k.putGUID(b[:])
	return string(b[:])
}

// guid adds a cell with the GUID of k; the zero key is empty.
func (s *sheet) guid(k key) {
	switch {
	case k == 0:
		s.skip(1)
	case s.quoted:
		s.plain(k.guid())
	default:
		s.at++
		cell := s.room(guidBytes + 1)
		k.putGUID(cell)
		cell[guidBytes] = s.between
	}
}

// identity adds a cell with the number of k; the zero key is empty.
func (s *sheet) identity(k key) {
	if k == 0 {
		s.skip(1)
	} else {
		s.code(k.number())
	}
}

// code adds a cell with a number of 15 digits; zero is empty.
func (s *sheet) code(n codeNumber) {
	if n == 0 {
		s.skip(1)
		return
	}
	s.open()
	s.digits(n)
	s.shut()
}

// digits adds a number of 15 digits to a cell.
func (s *sheet) digits(n int64) {
	b := s.room(15)
	binary.LittleEndian.PutUint64(b, eightDigits(uint64(n/10_000_000)))
	binary.LittleEndian.PutUint64(b[7:], eightDigits(uint64(n%100_000_000)))
}

// eightDigits are those of a number below 100,000,000, the first in the lowest
// byte: all at once, since every row has a number or two.
func eightDigits(n uint64) uint64 {
	n = n/10_000 | n%10_000<<32 // four digits in each half
	hundreds := n * 10_486 >> 20 & 0x0000007f_0000007f
	n = hundreds | (n-100*hundreds)<<16
	tens := n * 103 >> 10 & 0x000f000f_000f000f
	return tens | (n-10*tens)<<8 | 0x30303030_30303030
}

// clock adds a time of a working day, made from k.
func (s *sheet) clock(k key) {
	s.open()
	k.putClock(s.room(clockBytes))
	s.shut()
}

// clockBytes is how long a time is.
const clockBytes = 8

// putClock fills b with a time from 08:00:00 to 17:59:59.
func (k key) putClock(b []byte) {
	n := mix(uint64(k)) >> 32 % 36000
	hour, minute, second := 8+n/3600, n/60%60, n%60
	b = b[:clockBytes]
	b[0], b[1], b[2] = '0'+byte(hour/10), '0'+byte(hour%10), ':'
	b[3], b[4], b[5] = '0'+byte(minute/10), '0'+byte(minute%10), ':'
	b[6], b[7] = '0'+byte(second/10), '0'+byte(second%10)
}
