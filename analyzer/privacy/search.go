package privacy

import (
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"sync"
	"sync/atomic"

	"paperlight/analyzer/crash"
)

// Only the first nine digits of an NHS number carry information, and the numbers of
// 400 to 499 and of 600 to 799 million were issued: 272,727,273 pass the check. So
// whoever has a plain hash of one can try them all, and so does Search: with MD5,
// SHA-1 and SHA-256, of the ten digits as they are, as 943 476 5919, and with the line
// end that a shell adds. The hex may be in capitals or not.

// numbers are the nine digits that are tried, in blocks. The blocks are taken in
// steps, so that a column of hashes shows itself in the first of them.
type numbers struct{ blocks, step int }

const blockSize = 1000

func issued() *numbers { return &numbers{blocks: 300_000, step: 70_001} }

// block returns the first number of the i-th block.
func (n *numbers) block(i int) uint32 {
	at := uint32(i*n.step%n.blocks) * blockSize
	if at >= 100_000_000 {
		return 500_000_000 + at
	}
	return 400_000_000 + at
}

// A target is a digest of a column that is looked for.
type target struct {
	digest []byte
	column int
}

// targets are the digests of one length, by their first eight bytes.
type targets struct {
	size   int
	bits   []uint64 // of the first bytes: most digests end here
	digest map[uint64][]target
	open   atomic.Int32 // columns not proven
	proven []atomic.Int64
}

const filterBits = 1 << 19

func newTargets(size, columns int) *targets {
	return &targets{size: size, bits: make([]uint64, filterBits/64), digest: map[uint64][]target{}, proven: make([]atomic.Int64, columns)}
}

func (t *targets) add(digest []byte, column int) {
	key := binary.LittleEndian.Uint64(digest)
	t.bits[key%filterBits/64] |= 1 << (key % 64)
	t.digest[key] = append(t.digest[key], target{slices.Clone(digest), column})
}

// try notes the columns that have a digest.
func (t *targets) try(digest []byte, form int64) {
	key := binary.LittleEndian.Uint64(digest)
	if t.bits[key%filterBits/64]&(1<<(key%64)) == 0 {
		return
	}
	for _, one := range t.digest[key] {
		if slices.Equal(one.digest, digest) && t.proven[one.column].CompareAndSwap(0, form) {
			t.open.Add(-1)
		}
	}
}

// algorithm names the hashes of a length.
func algorithm(size int) string {
	switch size {
	case md5.Size:
		return "MD5"
	case sha1.Size:
		return "SHA-1"
	}
	return "SHA-256"
}

// formWords say what was hashed, by form, counted from 1.
var formWords = [...]string{1: "the ten digits", 2: "the digits in three groups", 3: "the ten digits and a line end"}

// hashed is a finding of hashes that are looked for.
type hashed struct {
	finding *Finding
	tally   *tally
}

// search tries the columns of hex digits that were found, and says which of them can
// be turned back.
func search(ctx context.Context, found *Findings, tallies [][]tally, o *Options) error {
	var all []hashed
	for i := range found.Found {
		f := &found.Found[i]
		if f.Kind == UnkeyedHash && !f.Other {
			all = append(all, hashed{f, &tallies[f.file][f.column]})
		}
	}
	for _, size := range []int{md5.Size, sha1.Size, sha256.Size} {
		t := newTargets(size, len(all))
		for i, h := range all {
			before := len(t.digest)
			for _, digest := range h.tally.digests {
				if len(digest) == size {
					t.add(digest, i)
				}
			}
			if len(t.digest) > before {
				t.open.Add(1)
			}
		}
		if err := t.search(ctx, o); err != nil {
			return err
		}
		for i, h := range all {
			h.prove(t.proven[i].Load(), size)
		}
	}
	found.Found = slices.DeleteFunc(found.Found, func(f Finding) bool { return f.Kind == UnkeyedHash && f.Weight == Warns && !f.Other })
	return nil
}

func (h *hashed) prove(form int64, size int) {
	if form == 0 {
		return
	}
	h.finding.Weight, h.finding.Says = Stops, kindTexts[UnkeyedHash].says
	h.finding.Why = "they can be turned back: they are plain " + algorithm(size) + " of " + formWords[form]
}

// search tries all numbers until each column is proven.
func (t *targets) search(ctx context.Context, o *Options) error {
	if t.open.Load() == 0 {
		return nil
	}
	n := o.numbers
	if n == nil {
		n = issued()
	}
	var next atomic.Int64
	var group crash.Group
	var mu sync.Mutex
	for range o.Jobs {
		group.Go(func() {
			for t.open.Load() > 0 && ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n.blocks {
					return
				}
				t.block(n.block(i))
				if o.Progress != nil && i%64 == 0 {
					mu.Lock()
					o.Progress("trying whether "+algorithm(t.size)+" hashes can be turned back", int64(i)*100/int64(n.blocks), 100)
					mu.Unlock()
				}
			}
		})
	}
	group.Wait()
	return ctx.Err()
}

// block tries the numbers of a block in every form.
func (t *targets) block(first uint32) {
	plain := [11]byte{10: '\n'}
	spaced := [12]byte{3: ' ', 7: ' '}
	for n := first; n < first+blockSize; n++ {
		if !digits(n, plain[:10]) {
			continue
		}
		copy(spaced[:3], plain[:3])
		copy(spaced[4:7], plain[3:6])
		copy(spaced[8:], plain[6:10])
		switch t.size {
		case md5.Size:
			a, b, c := md5.Sum(plain[:10]), md5.Sum(spaced[:]), md5.Sum(plain[:])
			t.try(a[:], 1)
			t.try(b[:], 2)
			t.try(c[:], 3)
		case sha1.Size:
			a, b, c := sha1.Sum(plain[:10]), sha1.Sum(spaced[:]), sha1.Sum(plain[:])
			t.try(a[:], 1)
			t.try(b[:], 2)
			t.try(c[:], 3)
		default:
			a, b, c := sha256.Sum256(plain[:10]), sha256.Sum256(spaced[:]), sha256.Sum256(plain[:])
			t.try(a[:], 1)
			t.try(b[:], 2)
			t.try(c[:], 3)
		}
	}
}

// digits writes the ten digits of the number that begins with nine; false where no
// check digit goes with them.
func digits(nine uint32, to []byte) bool {
	sum := uint32(0)
	for i := 8; i >= 0; i-- {
		d := nine % 10
		nine /= 10
		to[i] = byte('0' + d)
		sum += d * uint32(10-i)
	}
	check := (11 - sum%11) % 11
	to[9] = byte('0' + check)
	return check != 10
}
