package source

import (
	"encoding/binary"
)

// deltaInts reads count integers of the encoding delta binary packed and
// returns what follows them.
func deltaInts(dst []int64, src []byte, count int) ([]int64, []byte, error) {
	short := fault("a page of delta-coded values ends too early")
	var head [4]uint64 // values a block, miniblocks a block, values, first value
	for i := range head {
		v, n := binary.Uvarint(src)
		if n <= 0 {
			return nil, nil, short
		}
		head[i], src = v, src[n:]
	}
	block, minis, total := head[0], head[1], head[2]
	if total != uint64(count) || block == 0 || block > 1<<20 || minis == 0 || minis > block || block%minis != 0 || block/minis%8 != 0 {
		return nil, nil, fault("a page of delta-coded values contradicts itself")
	}
	if count == 0 {
		return dst, src, nil
	}
	value := int64(head[3]>>1) ^ -int64(head[3]&1)
	dst = append(dst, value)
	left := count - 1
	for left > 0 {
		v, n := binary.Uvarint(src)
		if n <= 0 || uint64(len(src)-n) < minis {
			return nil, nil, short
		}
		least := int64(v>>1) ^ -int64(v&1)
		widths := src[n : n+int(minis)]
		src = src[n+int(minis):]
		for _, width := range widths {
			if left == 0 {
				break // the widths of unused miniblocks mean nothing
			}
			size := int(block/minis) / 8 * int(width)
			if width > 64 || size > len(src) {
				return nil, nil, short
			}
			take := min(int(block/minis), left)
			for i := range take {
				value += least + int64(bitField(src, i*int(width), int(width)))
				dst = append(dst, value)
			}
			src, left = src[size:], left-take
		}
	}
	return dst, src, nil
}

// bitField reads width bits, at most 64, of src from bit on.
func bitField(src []byte, bit, width int) uint64 {
	if from := bit >> 3; width <= 57 && from+8 <= len(src) {
		return binary.LittleEndian.Uint64(src[from:]) >> (bit & 7) & (1<<width - 1)
	}
	var v uint64
	for got := 0; got < width; {
		shift := (bit + got) & 7
		take := min(8-shift, width-got)
		v |= uint64(src[(bit+got)>>3]>>shift&(1<<take-1)) << got
		got += take
	}
	return v
}

// deltaLengths reads count delta-coded lengths onto dst, each within the
// limit of a value, and returns their sum.
func deltaLengths(dst []int64, src []byte, count int) (out []int64, rest []byte, sum int64, err error) {
	if out, rest, err = deltaInts(dst, src, count); err != nil {
		return dst, nil, 0, err
	}
	for _, n := range out {
		if n < 0 {
			return out, nil, 0, fault("a page of delta-coded text has a negative length")
		}
		if n > maxFieldBytes {
			return out, nil, 0, limit("a value longer than %d MiB", maxFieldBytes>>20)
		}
		sum += n
	}
	return out, rest, sum, nil
}

// deltaText turns delta-coded text with shared prefixes into plain text with
// a length prefix (or none, for values of a fixed length).
func deltaText(dst, src []byte, count int, fixed bool) ([]byte, error) {
	shared, src, _, err := deltaLengths(nil, src, count)
	if err != nil {
		return nil, err
	}
	own, src, sum, err := deltaLengths(nil, src, count)
	if err != nil {
		return nil, err
	}
	if sum > int64(len(src)) {
		return nil, fault("a page of delta-coded text ends too early")
	}
	from, to := 0, 0 // the value before, in dst
	for i, n := range own {
		keep := int(shared[i])
		switch {
		case keep > to-from:
			return nil, fault("a page of delta-coded text repeats more than there was")
		case keep+int(n) > maxFieldBytes:
			return nil, limit("a value longer than %d MiB", maxFieldBytes>>20)
		case len(dst)+keep+int(n)+4 > maxPageBytes:
			return nil, limit("a page of over %d MiB", maxPageBytes>>20)
		}
		if !fixed {
			dst = binary.LittleEndian.AppendUint32(dst, uint32(keep+int(n)))
		}
		start := len(dst)
		dst = append(dst, dst[from:from+keep]...)
		dst = append(dst, src[:n]...)
		src = src[n:]
		from, to = start, len(dst)
	}
	return dst, nil
}

// deltaPlain turns delta-coded integers into plain ones of width bytes.
func deltaPlain(dst, src []byte, count, width int) ([]byte, error) {
	values, _, err := deltaInts(nil, src, count)
	if err != nil {
		return nil, err
	}
	for _, v := range values {
		if width == 4 {
			dst = binary.LittleEndian.AppendUint32(dst, uint32(v))
		} else {
			dst = binary.LittleEndian.AppendUint64(dst, uint64(v))
		}
	}
	return dst, nil
}

// splitStreams brings together values whose bytes are stored stream by
// stream.
func splitStreams(dst, src []byte, count, width int) ([]byte, error) {
	if width == 0 || len(src)/width < count {
		return nil, fault("a page holds fewer values than it says")
	}
	start := len(dst)
	dst = append(dst, make([]byte, count*width)...)
	for w := range width {
		for i, b := range src[w*count : (w+1)*count] {
			dst[start+i*width+w] = b
		}
	}
	return dst, nil
}
