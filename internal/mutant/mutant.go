// Package mutant damages the files of extracts as chance and malice do, with
// knowledge of their formats: what a length, an offset or a level is, is made
// wrong more often than any other byte. Equal seeds give equal damage. Tests only.
package mutant

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
)

// A way damages content, and says how; nil where it finds nothing to damage.
type way func(r *rand.Rand, content []byte) (damaged []byte, how string)

// formats are the ways that know a format, by the ending of a file's name. A
// format that readers come to know joins here.
var formats = map[string][]way{
	".csv":     textWays,
	".tsv":     textWays,
	".txt":     textWays,
	".parquet": parquetWays,
	".arrow":   arrowWays,
	".feather": arrowWays,
	".arrows":  arrowWays,
	".zip":     zipWays,
	".gz":      nil,
	".zst":     nil,
	".yaml":    textWays,
	".md":      textWays,
}

// Knows reports whether there are ways for a file of the name.
func Knows(name string) bool {
	_, ok := formats[strings.ToLower(filepath.Ext(name))]
	return ok
}

// Damage returns a damaged copy of a file and what was done to it.
func Damage(r *rand.Rand, name string, content []byte) (damaged []byte, how string) {
	ways := formats[strings.ToLower(filepath.Ext(name))]
	for range 1 + r.IntN(3) {
		from := ways
		if len(from) == 0 || r.IntN(3) == 0 {
			from = anyWays
		}
		next, did := from[r.IntN(len(from))](r, content)
		if next == nil {
			continue
		}
		content, how = next, strings.TrimPrefix(how+", "+did, ", ")
	}
	if how == "" {
		return cut(r, content)
	}
	return content, how
}

// anyWays damage any file.
var anyWays = []way{flip, flip, cut, zeros, repeated, removed, moved, longer, grown}

func at(r *rand.Rand, content []byte) int { return r.IntN(max(1, len(content))) }

// spanOf is a piece of content, mostly short.
func spanOf(r *rand.Rand, content []byte) (from, to int) {
	from = at(r, content)
	return from, min(len(content), from+1+r.IntN(1<<r.IntN(13)))
}

func flip(r *rand.Rand, content []byte) ([]byte, string) {
	if len(content) == 0 {
		return nil, ""
	}
	out, n := bytes.Clone(content), 1+r.IntN(8)
	for range n {
		out[at(r, out)] = byte(r.Uint32())
	}
	return out, fmt.Sprintf("%d bytes changed", n)
}

func cut(r *rand.Rand, content []byte) ([]byte, string) {
	n := at(r, content)
	return bytes.Clone(content[:n]), fmt.Sprintf("cut at %d", n)
}

func zeros(r *rand.Rand, content []byte) ([]byte, string) {
	from, to := spanOf(r, content)
	out := bytes.Clone(content)
	clear(out[from:to])
	return out, fmt.Sprintf("%d zeroed at %d", to-from, from)
}

func repeated(r *rand.Rand, content []byte) ([]byte, string) {
	from, to := spanOf(r, content)
	return insert(content, to, content[from:to]), fmt.Sprintf("%d repeated at %d", to-from, from)
}

func removed(r *rand.Rand, content []byte) ([]byte, string) {
	from, to := spanOf(r, content)
	return append(bytes.Clone(content[:from]), content[to:]...), fmt.Sprintf("%d removed at %d", to-from, from)
}

// moved writes one piece over another.
func moved(r *rand.Rand, content []byte) ([]byte, string) {
	from, to := spanOf(r, content)
	out, over := bytes.Clone(content), at(r, content)
	copy(out[over:], content[from:to])
	return out, fmt.Sprintf("%d of %d written over %d", to-from, from, over)
}

// longer puts much of one byte in.
func longer(r *rand.Rand, content []byte) ([]byte, string) {
	n, b := 1<<(8+r.IntN(14)), []byte{0, ' ', '"', ',', '\r', '\n', 'a', 0xff}[r.IntN(8)]
	return insert(content, at(r, content), bytes.Repeat([]byte{b}, n)), fmt.Sprintf("%d times %#x put in", n, b)
}

// grown appends what does not belong there.
func grown(r *rand.Rand, content []byte) ([]byte, string) {
	n := 1 + r.IntN(4096)
	tail := make([]byte, n)
	for i := range tail {
		tail[i] = byte(r.Uint32())
	}
	return append(bytes.Clone(content), tail...), fmt.Sprintf("%d appended", n)
}

func insert(content []byte, at int, piece []byte) []byte {
	out := make([]byte, 0, len(content)+len(piece))
	return append(append(append(out, content[:at]...), piece...), content[at:]...)
}

// extremes are numbers at the edges of what lengths and offsets can be.
var extremes = []uint64{0, 1, 2, 7, 8, 127, 128, 255, 256, 1<<15 - 1, 1 << 15, 1<<16 - 1, 1<<24 - 1, 1<<31 - 1, 1 << 31, 1<<32 - 1, 1 << 40, 1<<63 - 1, 1 << 63, 1<<64 - 1}

// number puts an extreme number, or one near what is there, over the little-endian
// bytes at a place.
func number(r *rand.Rand, content []byte, place, size int) ([]byte, string) {
	if place < 0 || place+size > len(content) {
		return nil, ""
	}
	out := bytes.Clone(content)
	var now [8]byte
	copy(now[:], out[place:place+size])
	v := extremes[r.IntN(len(extremes))]
	if r.IntN(2) == 0 {
		v = binary.LittleEndian.Uint64(now[:]) + uint64(r.IntN(5)) - 2
	}
	binary.LittleEndian.PutUint64(now[:], v)
	copy(out[place:place+size], now[:size])
	return out, fmt.Sprintf("%d put over %d bytes at %d", v, size, place)
}
