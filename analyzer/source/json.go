package source

import (
	"bytes"

	"github.com/zeebo/xxh3"
)

// A jsonReader reads JSON token by token. It holds one token at most, and refuses
// what is nested too deep, too long or not JSON before memory is taken for it.
type jsonReader struct {
	from     *cursor
	buf      []byte
	pos, end int   // what is left of buf
	base     int64 // where in the text buf begins
	line     int64 // of pos, counted from 1; 0 where the reading began inside the text

	levels []jsonLevel
	names  []uint64 // hashes of the names of the members so far, of all open objects
	name   []byte   // of the member that next found
	held   []byte   // the last scalar, where it had to be put together
}

// A jsonLevel is an object or array that is open.
type jsonLevel struct {
	object bool
	names  int   // how many names the objects round it have
	items  int64 // members or elements so far
}

func newJSONReader(from *cursor, size int) *jsonReader {
	return &jsonReader{from: from, buf: make([]byte, size)}
}

// reset turns to another text.
func (j *jsonReader) reset(from *cursor) {
	j.from, j.base, j.pos, j.end = from, 0, 0, 0
	j.levels, j.names = j.levels[:0], j.names[:0]
}

// begin reads from the start of the text.
func (j *jsonReader) begin() error {
	j.line = 1
	if err := j.ahead(3); err != nil {
		return err
	}
	if bytes.HasPrefix(j.buf[j.pos:j.end], []byte("\xef\xbb\xbf")) {
		j.pos += 3
	}
	return nil
}

// at is how far the reading is in the text, in bytes.
func (j *jsonReader) at() int64 { return j.base + int64(j.pos) }

// seek goes on reading at a value that begins at the offset and has size bytes.
func (j *jsonReader) seek(offset, size int64) {
	j.line, j.levels, j.names = 0, j.levels[:0], j.names[:0]
	if j.base <= offset && offset < j.base+int64(j.end) {
		j.pos = int(offset - j.base)
		return
	}
	near := offset >= j.base && offset-j.base < int64(2*len(j.buf))
	j.base, j.pos, j.end = offset, 0, 0
	if j.from.most = 0; !near {
		j.from.most = int(min(max(size, 4<<10), int64(len(j.buf))))
	}
}

// fault says what is expected at the place of the reading.
func (j *jsonReader) fault(format string, args ...any) *DecodeError {
	return j.place(fault(format, args...))
}

func (j *jsonReader) limit(format string, args ...any) *DecodeError {
	return j.place(limit(format, args...))
}

// ended is the fault of a text that breaks off.
func (j *jsonReader) ended() *DecodeError {
	return j.fault("the file ends inside a value").hint("copy or export the file again")
}

// ahead has n bytes in the buffer, or all that are left.
func (j *jsonReader) ahead(n int) error {
	for j.end-j.pos < n {
		if j.pos > 0 {
			j.base += int64(j.pos)
			j.end = copy(j.buf, j.buf[j.pos:j.end])
			j.pos = 0
		}
		got, err := j.from.read(j.buf[j.end:], j.base+int64(j.end))
		if err != nil {
			return err
		}
		if got == 0 {
			return nil
		}
		j.end += got
	}
	return nil
}

// byte makes sure that there is a byte at pos; false at the end of the text.
func (j *jsonReader) byte() (bool, error) {
	if j.pos == j.end {
		if err := j.ahead(1); err != nil {
			return false, err
		}
	}
	return j.pos < j.end, nil
}

// peek passes over blanks and returns the first byte of what follows; 0 at the end.
func (j *jsonReader) peek() (byte, error) {
	for {
		for j.pos < j.end {
			switch c := j.buf[j.pos]; c {
			case '\n':
				if j.line > 0 {
					j.line++
				}
			case ' ', '\t', '\r':
			case 0:
				return 0, j.fault("a NUL byte: want text")
			default:
				return c, nil
			}
			j.pos++
		}
		if more, err := j.byte(); err != nil || !more {
			return 0, err
		}
	}
}

// value is peek where a value must follow.
func (j *jsonReader) value() (byte, error) {
	c, err := j.peek()
	if err == nil && c == 0 {
		err = j.ended()
	}
	return c, err
}

// open enters the object or array that follows.
func (j *jsonReader) open() error {
	if len(j.levels) == maxJSONDepth {
		return j.limit("values are nested deeper than %d", maxJSONDepth)
	}
	j.levels = append(j.levels, jsonLevel{object: j.buf[j.pos] == '{', names: len(j.names)})
	j.pos++
	return nil
}

// next goes to the next member or element of the innermost level; at its end it
// leaves it and returns false. The name of a member is in j.name.
func (j *jsonReader) next() (bool, error) {
	l := &j.levels[len(j.levels)-1]
	c, err := j.value()
	if err != nil {
		return false, err
	}
	if c == l.closing() {
		j.pos++
		j.names = j.names[:l.names]
		j.levels = j.levels[:len(j.levels)-1]
		return false, nil
	}
	if l.items > 0 {
		if c != ',' {
			return false, j.fault("want a comma or %q", string(l.closing()))
		}
		j.pos++
		if c, err = j.value(); err != nil {
			return false, err
		}
	}
	l.items++
	if !l.object {
		return true, nil
	}
	if c != '"' {
		return false, j.fault("want the name of a member in quotes")
	}
	return true, j.member(l)
}

func (l *jsonLevel) closing() byte {
	if l.object {
		return '}'
	}
	return ']'
}

// member reads the name of a member and the colon behind it.
func (j *jsonReader) member(l *jsonLevel) error {
	if l.items > maxJSONMembers {
		return j.limit("an object with more than %d members", maxJSONMembers)
	}
	name, err := j.text(true)
	if err != nil {
		return err
	}
	if len(name) > maxJSONName {
		return j.limit("a name of over %d bytes", maxJSONName)
	}
	hash := xxh3.Hash(name)
	for _, have := range j.names[l.names:] {
		if have == hash {
			return j.fault("two members of one object have the same name").hint("which of them counts is not said: export the file again")
		}
	}
	j.names = append(j.names, hash)
	j.name = append(j.name[:0], name...)
	c, err := j.value()
	if err != nil {
		return err
	}
	if c != ':' {
		return j.fault("want a colon behind the name of a member")
	}
	j.pos++
	return nil
}

// skip passes over a value, and checks it.
func (j *jsonReader) skip() error {
	outside := len(j.levels)
	for {
		c, err := j.value()
		if err != nil {
			return err
		}
		if c == '{' || c == '[' {
			err = j.open()
		} else {
			_, err = j.scalar(false)
		}
		for more := false; err == nil && !more && len(j.levels) > outside; {
			more, err = j.next()
		}
		if err != nil || len(j.levels) == outside {
			return err
		}
	}
}
