package mapping

import "github.com/zeebo/xxh3"

// A keySet gives keys dense numbers, in the order they are added. Keys are kept as hashes
// of 128 bits, seeded by each run: those of two GUIDs take 77 bytes. It takes 16 bytes a
// key, and 8 for a slot at a load of at most three quarters.
type keySet struct {
	seed   uint64
	hashes []xxh3.Uint128
	slots  []hashSlot // a power of two
}

// A hashSlot has some bits of its hash beside the number, so that a key which is not in
// the set is told from most others without a look at theirs.
type hashSlot struct {
	number int32 // 0 is free, else the number + 1
	high   uint32
}

func (s *keySet) len() int { return len(s.hashes) }

func (s *keySet) hash(key []byte) xxh3.Uint128 { return xxh3.Hash128Seed(key, s.seed) }

// find returns the number of a key, or -1.
func (s *keySet) find(key []byte) int32 {
	if len(s.slots) == 0 {
		return -1
	}
	return s.findHash(s.hash(key))
}

// findHash is find of a key by its hash.
func (s *keySet) findHash(hash xxh3.Uint128) int32 {
	if len(s.slots) == 0 {
		return -1
	}
	return s.slots[s.place(hash)].number - 1
}

// add returns the number of a key by its hash, and whether it is new.
func (s *keySet) add(hash xxh3.Uint128) (number int32, added bool) {
	if 4*(len(s.hashes)+1) > 3*len(s.slots) {
		s.grow()
	}
	slot := &s.slots[s.place(hash)]
	if slot.number == 0 {
		s.hashes = append(s.hashes, hash)
		*slot, added = hashSlot{int32(len(s.hashes)), uint32(hash.Hi)}, true
	}
	return slot.number - 1, added
}

// place is the slot of a key, or the free one where it would be.
func (s *keySet) place(hash xxh3.Uint128) uint64 {
	mask := uint64(len(s.slots) - 1)
	at := hash.Lo & mask
	for {
		slot := s.slots[at]
		if slot.number == 0 || slot.high == uint32(hash.Hi) && s.hashes[slot.number-1] == hash {
			return at
		}
		at = (at + 1) & mask
	}
}

func (s *keySet) grow() {
	s.slots = make([]hashSlot, max(64, 2*len(s.slots)))
	for number, hash := range s.hashes {
		s.slots[s.place(hash)] = hashSlot{int32(number) + 1, uint32(hash.Hi)}
	}
}
