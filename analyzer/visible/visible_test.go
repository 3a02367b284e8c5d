package visible_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/visible"
)

func TestWhatCannotBeSeenIsShown(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain text", "Ærø Surgery, 北京 £5", "Ærø Surgery, 北京 £5"},
		{"the colour of a terminal", "a\x1b[31mb", `a\x1b[31mb`},
		{"a bell and DEL", "a\x07b\x7f", `a\x07b\x7f`},
		{"a control character above ASCII", "a\u009bb", `a\x9bb`},
		{"a line end", "a\nb\r", `a\x0ab\x0d`},
		{"a tab", "a\tb", `a\x09b`},
		{"a right-to-left override", "a\u202eb\u202c", `a\u202Eb\u202C`},
		{"an isolate", "a\u2066b\u2069", `a\u2066b\u2069`},
		{"a mark of direction", "a\u200fb\u061c", `a\u200Fb\u061C`},
		{"separators of lines and paragraphs", "a\u2028b\u2029c", `a\u2028b\u2029c`},
		{"a byte order mark", "\ufeffa", `\uFEFFa`},
		{"zero width", "a\u200bb\u200dc\u2060d", `a\u200Bb\u200Dc\u2060d`},
		{"a soft hyphen", "a\u00adb", `a\u00ADb`},
		{"fillers", "a\u3164b\u115fc\u1160d\uffa0e", `a\u3164b\u115Fc\u1160d\uFFA0e`},
		{"an empty Braille cell", "a\u2800b", `a\u2800b`},
		{"a grapheme joiner", "a\u034fb", `a\u034Fb`},
		{"a variation selector", "a\ufe0fb\U000e0101", `a\uFE0Fb\uE0101`},
		{"a tag", "a\U000e0041b", `a\uE0041b`},
		{"a character of nobody", "a\ue000b", `a\uE000b`},
		{"bytes that are no text", "a\xffb\xc3", `a\xffb\xc3`},
		{"the sign that stands for them", "a\ufffdb", "a\ufffdb"},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, visible.Line(c.in))
			require.Equal(t, c.want, visible.Name(c.in))
			require.Equal(t, c.want, visible.Line(c.want), "once is enough")
			lines := strings.NewReplacer(`\x0a`, "\n", `\x09`, "\t")
			require.Equal(t, lines.Replace(c.want), visible.Text(c.in), "line ends and tabs of ours stay")
		})
	}
}

func TestHiddenCharactersOfASCII(t *testing.T) {
	for r := rune(0); r < utf8.RuneSelf; r++ {
		require.Equal(t, unicode.IsControl(r), visible.Hidden(r), "%q", r)
	}
}

func TestNamesAreCut(t *testing.T) {
	long := strings.Repeat("é", 80)
	require.Equal(t, long, visible.Name(long))
	require.Equal(t, long+"…", visible.Name(long+"é"))
	require.Equal(t, strings.Repeat(`\x07`, 80)+"…", visible.Name(strings.Repeat("\a", 81)))
	require.Equal(t, long+long, visible.Line(long+long))
}

func FuzzVisible(f *testing.F) {
	f.Add("a\u202eb\xff\x00")
	f.Fuzz(func(t *testing.T, s string) {
		out := visible.Line(s)
		require.False(t, strings.ContainsFunc(out, visible.Hidden))
		require.True(t, utf8.ValidString(out))
		require.Equal(t, out, visible.Line(out))
	})
}
