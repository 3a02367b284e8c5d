package source

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// somewhat returns text in which what separates fields is frequent.
func somewhat(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		if b[i] = ",\n\r\"\t;"[r.IntN(6)]; r.IntN(3) > 0 {
			b[i] = byte(r.IntN(256))
		}
	}
	return b
}

func TestFindGroupsSeesEachByte(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 5 {
		text := somewhat(r, n*groupBytes)
		for _, delimiter := range []byte(",\t;|") {
			got, portable := make([]group, n), make([]group, n)
			var seen, seenPortable unusual
			findGroups(got, text, delimiter, &seen)
			findGroupsPortable(portable, text, delimiter, &seenPortable)
			require.Equal(t, portable, got)
			require.Equal(t, seenPortable.high != 0, seen.high != 0)
			require.Equal(t, seenPortable.nul != 0, seen.nul != 0)
			for i, c := range text {
				g, bit := got[i/groupBytes], i%groupBytes
				require.Equal(t, c == delimiter, g.delimiters>>bit&1 == 1, "byte %d", i)
				require.Equal(t, c == '\n', g.newlines>>bit&1 == 1, "byte %d", i)
				require.Equal(t, c == '\r', g.returns>>bit&1 == 1, "byte %d", i)
				require.Equal(t, c == '"', g.quotes>>bit&1 == 1, "byte %d", i)
			}
		}
	}
}

func TestGroupAtMarksWhatIsThere(t *testing.T) {
	var seen unusual
	g, used := groupAt([]byte("a,b\n\"\r"), 2, ',', &seen)
	require.Equal(t, unusual{}, seen)
	require.Equal(t, group{newlines: 2, quotes: 4, returns: 8}, g)
	require.Equal(t, uint64(15), used)
}

// Text without quotes is split alike by both ways, whatever its length.
func TestSplittersAgreeWithoutQuotes(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for n := range 1000 {
		text := bytes.ReplaceAll(somewhat(r, n), []byte{'"'}, []byte{'x'})
		for _, d := range []dialect{{delimiter: ',', quoted: true}, {delimiter: '\t'}, {delimiter: ';', bareCR: true, quoted: true}} {
			a, b := splitter{dialect: d, bad: -1}, splitter{dialect: d, bad: -1, most: n + 1 + groupBytes}
			a.seps, b.seps = []uint32{^uint32(0)}, []uint32{^uint32(0)}
			a.splitPlain(text)
			b.splitQuoted(text)
			require.Equal(t, a.seps, b.seps)
			require.Equal(t, a.ends, b.ends)
			require.Equal(t, -1, b.bad)
		}
	}
}

func TestPlaceBits(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for n := range 70 {
		masks := make([]uint64, n)
		var want []uint32
		for i := range masks {
			for range r.IntN(7) { // few bits, half of them, all
				masks[i] = masks[i]&r.Uint64() | r.Uint64()>>(r.IntN(64))
			}
			if r.IntN(5) == 0 {
				masks[i] = ^uint64(0) << (r.IntN(5) * 8)
			}
			for b := range 64 {
				if masks[i]>>b&1 == 1 {
					want = append(want, uint32(1000+64*i+b))
				}
			}
		}
		for _, place := range append(placesOfMachine(), placeBits, placeBitsPortable) {
			dst := make([]uint32, len(want)+groupBytes)
			place(dst, masks, 1000)
			require.Equal(t, want, append([]uint32(nil), dst[:len(want)]...))
		}
	}
}
