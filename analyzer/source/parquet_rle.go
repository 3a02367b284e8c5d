package source

import (
	"encoding/binary"
	"math/bits"

	"github.com/parquet-go/bitpack"

	"paperlight/analyzer/bitmap"
)

// A hybrid reads the RLE/bit-packing hybrid encoding of Parquet, a piece at a time,
// so that memory does not grow with the runs it declares.
type hybrid struct {
	src    []byte
	width  int
	run    int    // values left in the current run
	packed bool   // else the run repeats value
	value  uint32 // of a repeating run
	bit    int    // the next bit of src in a packed run
	end    int    // where in src a packed run ends
}

func newHybrid(src []byte, width int) hybrid { return hybrid{src: src, width: width} }

// next moves on to a run that is not empty.
func (h *hybrid) next() error {
	for h.run == 0 {
		if h.packed {
			h.src, h.packed = h.src[h.end:], false
		}
		v, n := binary.Uvarint(h.src)
		if n <= 0 || v>>1 > 1<<31 {
			return fault("a page holds fewer values than it says")
		}
		h.src = h.src[n:]
		h.run = int(v >> 1)
		if v&1 == 1 {
			h.packed, h.bit = true, 0
			h.end = h.run * h.width
			h.run *= 8
			// The last group may be cut short: only whole values count.
			if h.end > len(h.src) {
				h.end = len(h.src)
				if h.width > 0 {
					h.run = min(h.run, h.end*8/h.width)
				}
				if h.run == 0 {
					return fault("a page holds fewer values than it says")
				}
			}
			continue
		}
		size := (h.width + 7) / 8
		if size > len(h.src) {
			return fault("a page ends inside a run")
		}
		h.value = 0
		for i := range size {
			h.value |= uint32(h.src[i]) << (8 * i)
		}
		h.src = h.src[size:]
	}
	return nil
}

// read fills dst; every value must be below bound.
func (h *hybrid) read(dst []int32, bound int) error {
	top := uint32(0)
	for len(dst) > 0 {
		if err := h.next(); err != nil {
			return err
		}
		n := min(h.run, len(dst))
		if h.packed {
			top = max(top, h.unpack(dst[:n]))
		} else {
			repeat(dst[:n], int32(h.value))
			top = max(top, h.value)
		}
		h.run -= n
		dst = dst[n:]
		if uint64(top) >= uint64(bound) {
			return fault("a page points outside its dictionary")
		}
	}
	return nil
}

// unpack reads len(dst) values of the packed run and returns the greatest.
func (h *hybrid) unpack(dst []int32) (top uint32) {
	i := 0
	if h.width > 0 {
		for ; i < len(dst) && h.bit&7 != 0; i++ {
			dst[i] = h.unpackOne()
		}
		// What is read beyond the values must be there too.
		whole := (len(dst) - i) &^ 7
		from := h.bit >> 3
		if fits := (len(h.src) - from - bitpack.PaddingInt32) / h.width * 8; whole > fits {
			whole = max(fits, 0)
		}
		if whole > 0 {
			bitpack.Unpack(dst[i:i+whole], h.src[from:], uint(h.width))
			h.bit += whole * h.width
			i += whole
		}
	}
	for ; i < len(dst); i++ {
		dst[i] = h.unpackOne()
	}
	return most(dst)
}

// repeat fills dst with v, twice as much in each step.
func repeat(dst []int32, v int32) {
	if len(dst) == 0 {
		return
	}
	dst[0] = v
	for n := 1; n < len(dst); n *= 2 {
		copy(dst[n:], dst[:n])
	}
}

// most returns the greatest of the values, taken as without sign.
func most(values []int32) uint32 {
	var a, b, c, d uint32
	i := 0
	for ; i+4 <= len(values); i += 4 {
		a, b = max(a, uint32(values[i])), max(b, uint32(values[i+1]))
		c, d = max(c, uint32(values[i+2])), max(d, uint32(values[i+3]))
	}
	for ; i < len(values); i++ {
		a = max(a, uint32(values[i]))
	}
	return max(a, b, c, d)
}

// unpackOne reads one value: eight bytes hold any of up to 32 bits, wherever
// in a byte it starts.
func (h *hybrid) unpackOne() int32 {
	var v uint64
	if from := h.bit >> 3; from+8 <= len(h.src) {
		v = binary.LittleEndian.Uint64(h.src[from:])
	} else {
		var last [8]byte
		copy(last[:], h.src[min(from, len(h.src)):])
		v = binary.LittleEndian.Uint64(last[:])
	}
	v = v >> (h.bit & 7) & (1<<h.width - 1)
	h.bit += h.width
	return int32(uint32(v))
}

// bits puts the next n values, of one bit each, into words from bit first on,
// where the words are zero, and returns how many are set.
func (h *hybrid) bits(words []uint64, first, n int) (set int, err error) {
	for n > 0 {
		if err := h.next(); err != nil {
			return set, err
		}
		take := min(h.run, n)
		if h.packed {
			set += h.copyBits(words, first, take)
		} else if h.value&1 == 1 {
			bitmap.SetRange(words, first, take)
			set += take
		}
		h.run -= take
		first += take
		n -= take
	}
	return set, nil
}

func (h *hybrid) copyBits(words []uint64, first, n int) (set int) {
	set = putBits(words, first, h.src, h.bit, n)
	h.bit += n
	return set
}

// putBits copies n bits of src from bit on into words from bit first on,
// where the words are zero, and returns how many are set.
func putBits(words []uint64, first int, src []byte, bit, n int) (set int) {
	for n > 0 {
		take := min(n, 56)
		var v uint64
		if from := bit >> 3; from+8 <= len(src) {
			v = binary.LittleEndian.Uint64(src[from:])
		} else {
			var last [8]byte
			copy(last[:], src[min(from, len(src)):])
			v = binary.LittleEndian.Uint64(last[:])
		}
		v = v >> (bit & 7) & (1<<take - 1)
		set += bits.OnesCount64(v)
		words[first>>6] |= v << (first & 63)
		if over := first&63 + take - 64; over > 0 {
			words[first>>6+1] |= v >> (take - over)
		}
		first, bit, n = first+take, bit+take, n-take
	}
	return set
}
