package source

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/crash"
)

// streamOf is a stream of content that closed counts the closing of.
func streamOf(r io.Reader, closed *int) *stream {
	c := &counter{r: r}
	return &stream{Reader: c, taken: func() int64 { return c.n }, close: func() { *closed++ }}
}

func TestWhatIsReadAheadIsWhatIsThere(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{0, 1, aheadBufferBytes, aheadBufferBytes + 1, 5*aheadBufferBytes - 1} {
		content, closed := make([]byte, size), 0
		for i := range content {
			content[i] = byte(r.Uint32())
		}
		s := streamOf(iotest.HalfReader(bytes.NewReader(content)), &closed).ahead(worthAhead)
		var got []byte
		for {
			p := make([]byte, 1+r.IntN(aheadBufferBytes*3/2))
			n, err := s.Read(p)
			got = append(got, p[:n]...)
			require.GreaterOrEqual(t, s.taken(), int64(len(got)), "what was handed out was taken")
			if err != nil {
				require.ErrorIs(t, err, io.EOF)
				break
			}
		}
		require.Equal(t, content, append([]byte{}, got...))
		s.close()
		require.Equal(t, 1, closed)
	}
}

func TestErrorsComeAfterWhatWasReadAhead(t *testing.T) {
	want, closed := errors.New("damaged"), 0
	content := make([]byte, aheadBufferBytes*2+7)
	s := streamOf(io.MultiReader(bytes.NewReader(content), iotest.ErrReader(want)), &closed).ahead(worthAhead)
	got, err := io.ReadAll(s)
	require.ErrorIs(t, err, want)
	require.Len(t, got, len(content))
	_, err = s.Read(make([]byte, 1))
	require.ErrorIs(t, err, want, "again")
	s.close()
}

// panics is a reader that is at fault itself.
type panics struct{}

func (panics) Read([]byte) (int, error) { panic("ours") }

func TestReadingAheadEnds(t *testing.T) {
	closed := 0
	s := streamOf(panics{}, &closed).ahead(worthAhead)
	_, err := s.Read(make([]byte, 1))
	require.ErrorAs(t, err, new(*crash.Error))
	s.close()
	for _, reads := range []int{0, 1} { // left before its end
		s := streamOf(iotest.OneByteReader(rand.NewChaCha8([32]byte{})), &closed).ahead(worthAhead)
		for range reads {
			_, err := s.Read(make([]byte, 10))
			require.NoError(t, err)
		}
		s.close()
	}
	require.Equal(t, 3, closed)
	require.Same(t, s, s.ahead(worthAhead-1), "too short to be worth it")
}
