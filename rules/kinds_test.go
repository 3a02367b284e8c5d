package rules

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Every kind has words for the pages, and no words are of a kind that is gone.
func TestKindsHaveWords(t *testing.T) {
	require.Len(t, evidenceWords, len(evidences))
	for _, e := range evidences {
		require.NotEmpty(t, evidenceWords[e], e)
	}
	require.Len(t, ownerWords, len(owners))
	for _, o := range owners {
		require.NotEmpty(t, ownerWords[o], o)
	}
}
