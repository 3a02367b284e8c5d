package eval

import (
	"github.com/zeebo/xxh3"

	"paperlight/analyzer/internal/vector"
)

// A dictionaryCache gives dense numbers to the texts of a column across its
// dictionaries. Each row group of a file has a dictionary of its own, and most of
// them have the same few thousand texts: a condition is evaluated once a text, and
// not once for each of its entries. Texts are compared by 128 bits of hash.
type dictionaryCache struct {
	slots []cacheSlot // a power of two, at most half full
	n     int
	to    []int32 // the texts of the entries numbered last
	fresh []int32 // the entries, of these, that brought a new text
	// seen and added count the entries numbered, and those that were new, without
	// the first dictionary, which is all new.
	seen, added int
	touched     int32 // stores what the loads of slots gave, so that they are not optimised away
}

type cacheSlot struct {
	hash xxh3.Uint128
	text int32 // 0 free; else text+1
}

// maxCachedTexts bounds a cache. One that would exceed it starts again, empty, with
// the next dictionary.
const maxCachedTexts = 1 << 16

// cacheTrial is how many entries are numbered before the cache may be given up.
const cacheTrial = 1 << 14

// pays says that at least half of the entries were in the cache already.
func (c *dictionaryCache) pays() bool { return c.seen < cacheTrial || c.added < c.seen/2 }

// full says that n more entries might not fit.
func (c *dictionaryCache) full(n int) bool { return c.n+n > maxCachedTexts }

func (c *dictionaryCache) reset() {
	clear(c.slots)
	c.n = 0
}

// number fills c.to with the numbers of the texts of entries first to last-1 of v,
// and adds the texts that are new.
func (c *dictionaryCache) number(v *vector.Vec, first, last int) {
	for 2*(c.n+last-first) > len(c.slots) {
		c.grow()
	}
	before := c.n
	c.to, c.fresh = c.to[:0], c.fresh[:0]
	for i := first; i < last; i += cacheGroup {
		c.numberGroup(v, i, min(i+cacheGroup, last))
	}
	if before > 0 {
		c.seen += last - first
		c.added += c.n - before
	}
}

// cacheGroup is how many texts are probed together: their slots are loaded before
// any is compared, so that the cache misses overlap.
const cacheGroup = 32

func (c *dictionaryCache) numberGroup(v *vector.Vec, first, last int) {
	var hashes [cacheGroup]xxh3.Uint128
	mask, touched := uint64(len(c.slots)-1), int32(0)
	for i := first; i < last; i++ {
		h := xxh3.Hash128(v.Bytes[v.Offsets[i]:v.Offsets[i+1]])
		hashes[i-first], touched = h, touched|c.slots[h.Lo&mask].text
	}
	for i := first; i < last; i++ {
		h := hashes[i-first]
		at := h.Lo & mask
		for c.slots[at].text != 0 && c.slots[at].hash != h {
			at = (at + 1) & mask
		}
		s := &c.slots[at]
		if s.text == 0 {
			c.n++
			*s = cacheSlot{h, int32(c.n)}
			c.fresh = append(c.fresh, int32(i))
		}
		c.to = append(c.to, s.text-1)
	}
	c.touched = touched
}

func (c *dictionaryCache) grow() {
	old := c.slots
	c.slots = make([]cacheSlot, max(1024, 2*len(old)))
	clear(c.slots) // memory that is read before it is written costs twice
	mask := uint64(len(c.slots) - 1)
	for _, s := range old {
		if s.text == 0 {
			continue
		}
		at := s.hash.Lo & mask
		for c.slots[at].text != 0 {
			at = (at + 1) & mask
		}
		c.slots[at] = s
	}
}
