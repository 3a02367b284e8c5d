package visible

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// No text is left as it was, and nothing of the copy is shared.
func TestCopiedReachesEveryText(t *testing.T) {
	type inner struct{ Says string }
	type outer struct {
		Name  string
		All   []inner
		One   *inner
		None  *inner
		Empty []string
		Count int64
	}
	from := &outer{Name: "a\u202eb", All: []inner{{"\x1b"}}, One: &inner{"\x00"}, Count: 7}
	to := Copied(from, Line)
	require.Equal(t, &outer{Name: `a\u202Eb`, All: []inner{{`\x1b`}}, One: &inner{`\x00`}, Count: 7}, to)
	to.All[0].Says, to.One.Says = "changed", "changed"
	require.Equal(t, "\x1b", from.All[0].Says)
	require.Equal(t, "\x00", from.One.Says)

	as := Copied(from, nil)
	require.Equal(t, from, as, "texts as they are")
	as.All[0].Says, as.One.Says = "changed", "changed"
	require.Equal(t, "\x1b", from.All[0].Says)
	require.Equal(t, "\x00", from.One.Says)
}
