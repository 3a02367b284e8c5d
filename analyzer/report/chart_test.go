package report

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What practices of an area have in common, often the first words of their
// names, does not tell them apart.
func TestLabelsKeepWhatDiffers(t *testing.T) {
	for _, c := range []struct {
		names, want []string
	}{
		{[]string{"Willow Street Surgery", "Mill Lane"}, []string{"Willow Street Surgery", "Mill Lane"}},
		{[]string{"The Riverside Group Practice at Northgate", "The Riverside Group Practice at Southgate"}, []string{"…Northgate", "…Southgate"}},
		{[]string{"Dr Featherstonehaugh and Partners A", "Dr Featherstonehaugh and Partners B"},
			[]string{"…A", "…B"}},
		{[]string{"Featherstonehaugh-Cholmondeley-Marjoribanks", "Featherstonehaugh-Cholmondeley-Majoribanks"},
			[]string{"Featherstonehaugh-Cholmo… (A1)", "Featherstonehaugh-Cholmo… (A2)"}},
		{[]string{"The Health Centre at the Far End of a Very Long Road"}, []string{"The Health Centre at the Far…"}},
	} {
		practices := make([]htmlPractice, len(c.names))
		for i, n := range c.names {
			practices[i].Name, practices[i].Code = n, []string{"A1", "A2"}[i]
		}
		got := labels(practices, labelLetters)
		require.Len(t, got, len(c.want))
		for i := range got {
			require.LessOrEqual(t, columns(got[i]), labelLetters)
			require.Equal(t, c.want[i], got[i])
		}
	}
}
