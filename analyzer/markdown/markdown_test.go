package markdown

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTextIsTakenForNothingElse(t *testing.T) {
	for text, want := range map[string]string{
		"plain words, 5.5%": "plain words, 5.5%", "a|b": `a\|b`, "*b*": `\*b\*`, "<b>&": "&lt;b\\>&amp;", "@all": "&#64;all", "http://x": "http&#58;//x",
		"www.x": "www&#46;x", "- a": `\- a`, "# a": `\# a`, "a_b": `a\_b`, "[a](b)": `\[a\](b)`, "~~a~~": `\~\~a\~\~`, "`a`": "\\`a\\`", "a - b": "a - b", "$x$": `\$x\$`,
	} {
		require.Equal(t, want, Literal(text))
	}
}

func TestATableHasOneCellForEachText(t *testing.T) {
	require.Equal(t, "| a | b |\n| --- | --- |\n| 1 | x \\| y |\n", Heading("a", "b")+Row("1", "x | y"))
	require.Equal(t, 4, strings.Count(strings.ReplaceAll(Row("|", "||", "\\|"), `\|`, ""), "|"))
}
