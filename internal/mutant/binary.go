package mutant

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"

	"github.com/parquet-go/parquet-go"
)

var (
	parquetWays = []way{parquetFooter, parquetFooter, parquetLength, parquetPage, parquetPage, parquetSwap}
	arrowWays   = []way{arrowMetadata, arrowMetadata, arrowMetadata, arrowLength, arrowBody}
	zipWays     = []way{zipDirectory, zipDirectory, zipHeader}
)

// footerOf is where the footer of a Parquet file lies.
func footerOf(content []byte) (from, to int) {
	n := len(content)
	if n < 12 || string(content[n-4:]) != "PAR1" {
		return 0, 0
	}
	size := int(binary.LittleEndian.Uint32(content[n-8:]))
	if size > n-12 {
		return 0, 0
	}
	return n - 8 - size, n - 8
}

// parquetFooter changes bytes of the footer: compact Thrift, in which a byte is a
// field, a type, or a part of a number.
func parquetFooter(r *rand.Rand, content []byte) ([]byte, string) {
	from, to := footerOf(content)
	if from == to {
		return nil, ""
	}
	out, n := bytes.Clone(content), 1+r.IntN(3)
	for range n {
		out[from+r.IntN(to-from)] = []byte{0, 1, 2, 0x15, 0x19, 0x1c, 0x7f, 0x80, 0xff, byte(r.Uint32())}[r.IntN(10)]
	}
	return out, fmt.Sprintf("%d bytes of the footer changed", n)
}

func parquetLength(r *rand.Rand, content []byte) ([]byte, string) {
	out, how := number(r, content, len(content)-8, 4)
	return out, "length of the footer: " + how
}

// pagesOf are where the pages of the columns begin.
func pagesOf(content []byte) (offsets []int64) {
	defer func() { _ = recover() }() // damaged by a way before
	f, err := parquet.OpenFile(bytes.NewReader(content), int64(len(content)), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return nil
	}
	for _, group := range f.Metadata().RowGroups {
		for _, c := range group.Columns {
			for _, at := range []int64{c.MetaData.DictionaryPageOffset, c.MetaData.DataPageOffset} {
				if at > 0 && at < int64(len(content)) {
					offsets = append(offsets, at)
				}
			}
		}
	}
	return offsets
}

// parquetPage changes the header of a page, or what follows it: levels and
// indexes into the dictionary.
func parquetPage(r *rand.Rand, content []byte) ([]byte, string) {
	pages := pagesOf(content)
	if len(pages) == 0 {
		return nil, ""
	}
	place := int(pages[r.IntN(len(pages))])
	out, n := bytes.Clone(content), 1+r.IntN(4)
	for range n {
		if i := place + r.IntN(60); i < len(out) {
			out[i] = []byte{0, 1, 0x7f, 0x80, 0xff, byte(r.Uint32())}[r.IntN(6)]
		}
	}
	return out, fmt.Sprintf("%d bytes of the page at %d changed", n, place)
}

// parquetSwap puts the page of one column over that of another.
func parquetSwap(r *rand.Rand, content []byte) ([]byte, string) {
	pages := pagesOf(content)
	if len(pages) < 2 {
		return nil, ""
	}
	from, to := int(pages[r.IntN(len(pages))]), int(pages[r.IntN(len(pages))])
	out := bytes.Clone(content)
	copy(out[to:], content[from:min(len(content), from+200)])
	return out, fmt.Sprintf("the page at %d put over that at %d", from, to)
}

// messagesOf are where the messages of an Arrow file or stream begin: at four bytes
// of ones and the length of the metadata.
func messagesOf(content []byte) (places [][2]int) {
	for i := 0; i+8 <= len(content); i += 8 {
		if binary.LittleEndian.Uint32(content[i:]) != 0xffffffff {
			continue
		}
		if size := int(binary.LittleEndian.Uint32(content[i+4:])); size > 0 && i+8+size <= len(content) {
			places = append(places, [2]int{i + 8, i + 8 + size})
			i += size
		}
	}
	return places
}

func message(r *rand.Rand, content []byte) (from, to int) {
	if all := messagesOf(content); len(all) > 0 {
		one := all[r.IntN(len(all))]
		return one[0], one[1]
	}
	return 0, 0
}

// arrowMetadata changes a number of a message: an offset, a length, a count.
func arrowMetadata(r *rand.Rand, content []byte) ([]byte, string) {
	from, to := message(r, content)
	if to-from < 8 {
		return nil, ""
	}
	size := []int{1, 2, 4, 8}[r.IntN(4)]
	return number(r, content, from+r.IntN((to-from)/size)*size, size)
}

func arrowLength(r *rand.Rand, content []byte) ([]byte, string) {
	from, to := message(r, content)
	if from == to {
		return nil, ""
	}
	return number(r, content, from-4, 4)
}

// arrowBody changes what follows the metadata: offsets, indexes, lengths of
// compressed buffers.
func arrowBody(r *rand.Rand, content []byte) ([]byte, string) {
	_, to := message(r, content)
	if to == 0 || to+64 > len(content) {
		return nil, ""
	}
	return number(r, content, to+4*r.IntN(min(512, (len(content)-to)/4)), 4)
}

// zipDirectory changes a field of the directory or of its end.
func zipDirectory(r *rand.Rand, content []byte) ([]byte, string) {
	return signed(r, content, []string{"PK\x01\x02", "PK\x05\x06"}[r.IntN(2)])
}

func zipHeader(r *rand.Rand, content []byte) ([]byte, string) {
	return signed(r, content, "PK\x03\x04")
}

// signed changes a number within the 46 bytes after a signature.
func signed(r *rand.Rand, content []byte, signature string) ([]byte, string) {
	n := bytes.Count(content, []byte(signature))
	if n == 0 {
		return nil, ""
	}
	place := 0
	for range 1 + r.IntN(n) {
		place += bytes.Index(content[place:], []byte(signature)) + len(signature)
	}
	size := []int{1, 2, 4}[r.IntN(3)]
	return number(r, content, place+r.IntN(42), size)
}
