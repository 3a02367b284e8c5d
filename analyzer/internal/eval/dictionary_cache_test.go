package eval

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/vector"
)

// A dictionary of a file: texts one after the other.
func dictionary(texts []string) *vector.Vec {
	v := &vector.Vec{Offsets: []int32{0}}
	for _, s := range texts {
		v.Bytes = append(v.Bytes, s...)
		v.Offsets = append(v.Offsets, int32(len(v.Bytes)))
	}
	return v
}

func TestEntriesAreJudgedAlikeWithAndWithoutAMemo(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	drawn := func(n, of int) []string {
		out := make([]string, n)
		for i := range out {
			out[i] = fmt.Sprint("text ", random.IntN(of))
		}
		return out
	}
	for name, dictionaries := range map[string][][]string{
		"the same texts":                            {drawn(50, 60), drawn(50, 60), {}, drawn(9, 60)},
		"all new, until given up":                   {drawn(9000, 1<<40), drawn(9000, 1<<40), drawn(9000, 1<<40), drawn(100, 1<<40)},
		"more than fit":                             {drawn(60_000, 40_000), drawn(60_000, 40_000), drawn(60_000, 40_000)},
		"a dictionary that is larger than the memo": {drawn(70_000, 500)},
		"an empty text":                             {{"", "a", ""}, {"a", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			judged := 0
			e := &textEntries{planes: make([][]uint8, 2), ints: []entryInt{{value: func(b []byte) int64 { return int64(len(b)) }}}}
			for j := range 9 {
				e.bools = append(e.bools, entryBool{test: func(b []byte) bool { judged++; return len(b) > 0 && int(b[len(b)-1])%9 == j }})
			}
			e.boolNodes, e.intNodes = make([]*expr.Node, 9), make([]*expr.Node, 1)
			all := 0
			for _, texts := range dictionaries {
				e.known = 0
				// A dictionary grows while it is read.
				for _, n := range []int{len(texts) / 3, len(texts)} {
					e.extend(dictionary(texts[:n]), n, nil)
				}
				all += len(texts)
				for i, s := range texts {
					for j := range 9 {
						want := len(s) > 0 && int(s[len(s)-1])%9 == j
						require.Equal(t, want, e.planes[j/8][i]>>(j%8)&1 == 1)
					}
					require.EqualValues(t, len(s), e.ints[0].table[i])
				}
			}
			require.LessOrEqual(t, judged, 9*all)
			if name == "the same texts" {
				require.LessOrEqual(t, judged, 9*60)
			}
		})
	}
}
