package packed

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatWasPackedIsReadAgain(t *testing.T) {
	ints := []int64{0, 1, -1, 63, 64, -64, -65, 1 << 40, math.MaxInt64, math.MinInt64}
	texts := []string{"", "a", "two\nlines", strings.Repeat("long", 100)}
	reals := []float64{0, -1.5, math.MaxFloat64}
	var b []byte
	for _, v := range ints {
		b = AppendInt(b, v)
	}
	for _, s := range texts {
		b = AppendText(b, s)
	}
	for _, v := range reals {
		b = AppendReal(b, v)
	}
	r := NewReader(string(b))
	for _, v := range ints {
		require.Equal(t, v, r.Int())
	}
	for _, s := range texts {
		require.Equal(t, s, r.Text())
	}
	for _, v := range reals {
		require.Equal(t, v, r.Real())
	}
	require.True(t, r.Done())
}

func TestWhatIsNotThereFails(t *testing.T) {
	number := func(r *Reader) { r.Int() }
	decimal := func(r *Reader) { r.Real() }
	text := func(r *Reader) { r.Text() }
	things := func(r *Reader) { r.Count() }
	for _, c := range []struct {
		name, from string
		read       func(*Reader)
	}{
		{"nothing", "", number}, {"nothing", "", decimal}, {"nothing", "", text}, {"nothing", "", things},
		{"a number cut short", "\x80\x80", number},
		{"a number without an end", strings.Repeat("\xff", 20), number},
		{"half a decimal number", "1234567", decimal},
		{"a text longer than the rest", "\x08123", text},
		{"a text of less than nothing", "\x01123", text},
		{"more things than bytes", "\x08123", things},
		{"fewer things than none", "\x01123", things},
	} {
		r := NewReader(c.from)
		c.read(r)
		require.True(t, r.Failed(), c.name)
		require.False(t, r.Done(), c.name)
		require.Zero(t, r.Int(), c.name)
	}
}
