package rules

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// filled is the text over and over, in all as large as a file may be.
func filled(unit string) string { return strings.Repeat(unit, maxPage/len(unit)) }

func manyKeys(before, each, after string) string {
	var b strings.Builder
	b.WriteString(before)
	for i := 0; b.Len() < maxPage-32; i++ {
		fmt.Fprintf(&b, each, i)
	}
	return b.String() + after
}

func stairs(each string) string {
	var b strings.Builder
	for i := 0; b.Len() < maxPage-2048; i++ {
		b.WriteString(strings.Repeat(" ", i) + each + "\n")
	}
	return b.String()
}

// Whatever a file holds, reading it takes memory by its length. Each of these once
// took it by the square, or is a neighbour of one that did.
func TestNoShapeOfYAMLCostsMoreThanItsLength(t *testing.T) {
	const perByte = 1 << 10
	for name, text := range map[string]string{
		"brackets": filled("["), "braces": filled("{"), "entries": filled("- "), "questions": filled("? "), "tags": filled("!a "),
		"anchors": filled("&a "), "aliases": filled("*a "), "keys in a line": filled("a: "), "closers": filled("]"), "quotes": filled("'"),
		"a long list": "[" + filled("a,") + "]", "short lists": "[" + filled("[],") + "]", "a list of lists": filled("- - a\n"),
		"a list of mappings": filled("- a: b\n"), "mappings in brackets": filled("- {a: b}\n"), "comments": filled("- #\n"),
		"blocks": filled("- >\n"), "documents": filled("---\n"), "directives": filled("%a\n"), "merge keys": filled("<<: a\n"),
		"keys": manyKeys("", "a%d: b\n", ""), "keys in braces": manyKeys("{", "a%d: b, ", "}"), "empty keys": manyKeys("", "a%d:\n", ""),
		"stairs of keys": stairs("a:"), "stairs of entries": stairs("-"), "brackets in brackets": filled("[a, [b], "),
		"entries in brackets": filled("[- "), "braces of brackets": filled("{a: ["),
	} {
		require.LessOrEqual(t, len(text), maxPage+2, name)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		v, err := parseYAML("a.yaml", []byte(text))
		runtime.ReadMemStats(&after)
		require.True(t, v != nil || err != nil, name)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(perByte*maxPage), name)
	}
}

func TestHowDeepYAMLMayNest(t *testing.T) {
	for name, c := range map[string]struct{ fits, refused, at string }{
		"brackets":          {strings.Repeat("[", 12) + "a" + strings.Repeat("]", 12), strings.Repeat("[", 13) + "a" + strings.Repeat("]", 13), "1:13"},
		"entries":           {strings.Repeat("- ", 12) + "a", strings.Repeat("- ", 13) + "a", "1:25"},
		"keys":              {stairsOf(12, "a:"), stairsOf(13, "a:"), "13:14"},
		"lists of mappings": {stairsOf(6, "- a:", 4), stairsOf(7, "- a:", 4), "7:25"},
		"both":              {"a:\n  b: " + strings.Repeat("[", 10) + "c" + strings.Repeat("]", 10), "a:\n  b: " + strings.Repeat("[", 11) + "c" + strings.Repeat("]", 11), "2:16"},
	} {
		_, err := parseYAML("a.yaml", []byte(c.fits))
		require.NoError(t, err, name)
		_, err = parseYAML("a.yaml", []byte(c.refused))
		require.EqualError(t, err, "a.yaml:"+c.at+": nested more than 12 deep", name)
	}
	side := strings.Repeat("- [a, {b: c}]\n- d:\n    - e\n", 200)
	_, err := parseYAML("a.yaml", []byte(side))
	require.NoError(t, err, "what is side by side is not deep")
	_, err = parseYAML("a.yaml", []byte(manyKeys("", "a%d: b\n", "")))
	require.ErrorContains(t, err, "a.yaml:1001:6: more than 1000 keys in one place")
}

// stairsOf are keys or entries each within the one before; step is how far each is
// indented.
func stairsOf(n int, each string, step ...int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i*append(step, 1)[0]) + each + "\n")
	}
	return b.String()
}
