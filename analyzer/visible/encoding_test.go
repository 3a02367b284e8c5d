package visible_test

import (
	"encoding/binary"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/visible"
)

func TestTextAsWindowsSavesIt(t *testing.T) {
	require.Equal(t, "key: a", string(visible.Unmarked([]byte("\ufeffkey: a"))))
	require.Equal(t, "key: \ufeffa", string(visible.Unmarked([]byte("key: \ufeffa"))))
	require.Empty(t, visible.Unmarked(nil))
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		for _, text := range []string{"\ufeff", "\ufeffé", "key: a", "- k"} {
			var b []byte
			for _, unit := range utf16.Encode([]rune(text)) {
				b = order.AppendUint16(b, unit)
			}
			require.True(t, visible.UTF16(b), "%q in %s", text, order)
		}
	}
	for _, text := range []string{"", "k", "key: a", "\ufeffkey: a", "ké: a", "a\x00b", "\x00\x00\x00\x00"} {
		require.False(t, visible.UTF16([]byte(text)), "%q", text)
	}
}
