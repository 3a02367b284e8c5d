package inflate

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// texts are of every kind of block: rows as extracts have them, noise, runs, near and far
// matches, and nothing.
func texts() map[string][]byte {
	r := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 200_000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	hex := make([]byte, 300_000)
	for i := range hex {
		hex[i] = "0123456789ABCDEF"[r.IntN(16)]
	}
	var rows strings.Builder
	for i := range 20_000 {
		rows.WriteString("{1B237511-95CB-3AF8-2429-")
		rows.Write(hex[i : i+12])
		rows.WriteString("},2016-03-05,YMD,false,,,\n")
	}
	far := bytes.Clone(noise[:window])
	far = append(far, far...)
	var skewed bytes.Buffer // codes of all lengths, up to fifteen bits
	for i := range 40 {
		skewed.Write(bytes.Repeat([]byte{byte(i)}, 1<<min(max(0, 17-i), 17)))
	}
	shuffled := skewed.Bytes()
	r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	return map[string][]byte{
		"nothing": {}, "a byte": {7}, "rows": []byte(rows.String()), "noise": noise, "hex": hex, "far": far,
		"skewed": shuffled, "zeros": make([]byte, 1<<20), "short runs": bytes.Repeat([]byte("abcabcd"), 50_000),
	}
}

// packings are the ways in which Go packs: stored, fast, thorough, without matches.
var packings = []int{flate.NoCompression, flate.BestSpeed, flate.DefaultCompression, flate.BestCompression, flate.HuffmanOnly}

func pack(t testing.TB, text []byte, level int) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, level)
	require.NoError(t, err)
	for len(text) > 0 { // in pieces, so that there are blocks of every kind
		n := min(len(text), 70_000)
		_, err = w.Write(text[:n])
		require.NoError(t, err)
		require.NoError(t, w.Flush())
		text = text[n:]
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

func TestUnpacksWhatGoPacks(t *testing.T) {
	for name, text := range texts() {
		for _, level := range packings {
			packed := pack(t, text, level)
			for how, r := range map[string]io.Reader{
				"whole": bytes.NewReader(packed), "by byte": iotest.OneByteReader(bytes.NewReader(packed)),
				"with its end": iotest.DataErrReader(bytes.NewReader(packed)),
			} {
				got, err := io.ReadAll(NewReader(r))
				require.NoError(t, err, "%s, level %d, %s", name, level, how)
				require.True(t, bytes.Equal(text, got), "%s, level %d, %s", name, level, how)
			}
		}
	}
}

// A stream that is cut anywhere ends too early, and is not taken for whole or damaged.
func TestSaysThatAStreamWasCut(t *testing.T) {
	z := NewReader(nil)
	for name, text := range texts() {
		text = text[:min(len(text), 700)]
		for _, level := range packings {
			packed := pack(t, text, level)
			for n := range packed {
				z.Reset(bytes.NewReader(packed[:n]))
				got, err := io.ReadAll(z)
				require.ErrorIs(t, err, io.ErrUnexpectedEOF, "%s, level %d, %d bytes of %d", name, level, n, len(packed))
				require.True(t, bytes.HasPrefix(text, got))
			}
		}
	}
}

func TestHandsOnTheErrorOfItsInput(t *testing.T) {
	broken := errors.New("the disk is gone")
	packed := pack(t, texts()["hex"], flate.DefaultCompression)
	_, err := io.ReadAll(NewReader(io.MultiReader(bytes.NewReader(packed[:len(packed)/2]), iotest.ErrReader(broken))))
	assert.ErrorIs(t, err, broken)
}

func TestAllocatesNothingWhileItReads(t *testing.T) {
	packed := pack(t, texts()["rows"], flate.DefaultCompression)
	z, in := NewReader(nil), bytes.NewReader(nil)
	buffer := make([]byte, 32<<10)
	assert.Zero(t, testing.AllocsPerRun(5, func() {
		in.Reset(packed)
		z.Reset(in)
		for {
			if _, err := z.Read(buffer); err != nil {
				return
			}
		}
	}))
}

// FuzzInflate holds the reader against Go's: the same bytes, and errors of the same streams.
func FuzzInflate(f *testing.F) {
	for _, text := range texts() {
		for _, level := range packings {
			f.Add(pack(f, text[:min(len(text), 2000)], level))
		}
	}
	f.Fuzz(func(t *testing.T, packed []byte) { sameAsGo(t, NewReader(nil), packed) })
}

func sameAsGo(t *testing.T, z *Reader, packed []byte) {
	const most = 4 << 20
	want, wantErr := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), most))
	z.Reset(bytes.NewReader(packed))
	got, err := io.ReadAll(io.LimitReader(z, most))
	require.Equal(t, wantErr == nil, err == nil, "Go: %v, here: %v", wantErr, err)
	if err == nil {
		require.True(t, bytes.Equal(want, got))
	}
}

// Streams with a byte or a bit changed, and made of bits at random behind the head of a
// block, are refused where Go refuses them.
func TestRefusesWhatGoRefuses(t *testing.T) {
	r, z := rand.New(rand.NewPCG(3, 4)), NewReader(nil)
	for _, text := range texts() {
		for _, level := range packings {
			packed := pack(t, text[:min(len(text), 2000)], level)
			for range 100 {
				changed := bytes.Clone(packed)
				for range 1 + r.IntN(3) {
					changed[r.IntN(len(changed))] ^= 1 << r.IntN(8)
				}
				sameAsGo(t, z, changed)
			}
		}
	}
	for range 5_000 {
		random := make([]byte, 1+r.IntN(200))
		for i := range random {
			random[i] = byte(r.Uint32())
		}
		random[0] = random[0]&^7 | 5 // a last block with codes of its own
		sameAsGo(t, z, random)
	}
}

func gzipped(t testing.TB, text []byte, head gzip.Header) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Header = head
	_, err := w.Write(text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func TestReadsGzip(t *testing.T) {
	full := gzip.Header{Name: "a name", Comment: "a comment", Extra: []byte("more")}
	for name, text := range texts() {
		for _, head := range []gzip.Header{{}, full} {
			packed := gzipped(t, text, head)
			got, err := io.ReadAll(NewGzipReader(bytes.NewReader(packed)))
			require.NoError(t, err, name)
			require.True(t, bytes.Equal(text, got), name)

			twice, err := io.ReadAll(NewGzipReader(iotest.OneByteReader(bytes.NewReader(append(bytes.Clone(packed), packed...)))))
			require.NoError(t, err, name)
			require.True(t, bytes.Equal(append(bytes.Clone(text), text...), twice), name)
		}
	}
}

func TestRefusesGzipThatIsCutOrChanged(t *testing.T) {
	packed := gzipped(t, []byte("a text, and a text again"), gzip.Header{Name: "n", Comment: "c", Extra: []byte("e")})
	for n := range packed {
		_, err := io.ReadAll(NewGzipReader(bytes.NewReader(packed[:n])))
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, "%d of %d", n, len(packed))
	}
	for i := len(packed) - 8; i < len(packed); i++ { // checksum and length
		changed := bytes.Clone(packed)
		changed[i] ^= 1
		_, err := io.ReadAll(NewGzipReader(bytes.NewReader(changed)))
		require.ErrorIs(t, err, ErrDamaged)
	}
	_, err := io.ReadAll(NewGzipReader(bytes.NewReader(append(packed, "more"...))))
	require.Error(t, err, "what follows is no member")
}

func FuzzGzip(f *testing.F) {
	f.Add(gzipped(f, []byte("abcabcabc"), gzip.Header{Name: "n", Comment: "c", Extra: []byte("e")}))
	f.Fuzz(func(t *testing.T, packed []byte) {
		const most = 1 << 20
		var want []byte
		z, wantErr := gzip.NewReader(bytes.NewReader(packed))
		if wantErr == nil {
			want, wantErr = io.ReadAll(io.LimitReader(z, most))
		}
		got, err := io.ReadAll(io.LimitReader(NewGzipReader(bytes.NewReader(packed)), most))
		require.Equal(t, wantErr == nil, err == nil, "Go: %v, here: %v", wantErr, err)
		if err == nil {
			require.True(t, bytes.Equal(want, got))
		}
	})
}

// The input is cut where the buffer that it is read into ends, at each place of what a
// block begins with.
func TestSaysThatAStreamWasCutAtTheEndOfItsBuffer(t *testing.T) {
	z, text := NewReader(nil), texts()["rows"][:9000]
	for _, level := range packings {
		packed := pack(t, text, level)
		for j := range 200 {
			n := inRoom - j - 5
			stream := append([]byte{0, byte(n), byte(n >> 8), ^byte(n), ^byte(n >> 8)}, make([]byte, n)...)
			z.Reset(bytes.NewReader(append(stream, packed[:j]...)))
			got, err := io.ReadAll(z)
			require.ErrorIs(t, err, io.ErrUnexpectedEOF, "level %d, %d bytes", level, j)
			require.GreaterOrEqual(t, len(got), n)
		}
	}
}
