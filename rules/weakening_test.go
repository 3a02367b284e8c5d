package rules

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A scheme that asks less of a blocker than the one it extends says so, and so
// does one that extends it in turn.
func TestWeakenedBlockersAreNamed(t *testing.T) {
	c := schemeCatalogue(t)
	head := "id: local\nversion: \"1\"\ntitle: Local\nextends: base\n"
	criterion := func(keys string) string {
		return "accreditations:\n  - id: data-quality\n    criteria:\n      - {rule: medication/dose-recorded" + keys + "}\n"
	}
	for how, text := range map[string]string{
		"":                                "",
		"left out":                        "drop: [medication/dose-recorded]\n",
		"only major":                      criterion(", severity: major"),
		"given the pass mark 50%":         criterion(", threshold: 50%, threshold_from: ours"),
		"asked only of outgoing extracts": criterion(", only: outgoing"),
	} {
		s, err := schemeOf(c, head+text, "base", goodScheme)
		require.NoError(t, err, how)
		if how == "" {
			require.Empty(t, s.Weakened)
			continue
		}
		require.Equal(t, []Weakening{{Accreditation: "data-quality", Rule: "medication/dose-recorded", How: how}}, s.Weakened)
	}
	s, err := schemeOf(c, head+criterion(", threshold: 99%, threshold_from: ours"), "base", goodScheme)
	require.NoError(t, err)
	require.Empty(t, s.Weakened, "a higher mark asks more")
	s, err = schemeOf(c, head+"drop: [summary/current]\n", "base", goodScheme)
	require.NoError(t, err)
	require.Empty(t, s.Weakened, "a major criterion never blocked")

	again := "id: again\nversion: \"1\"\ntitle: Again\nextends: local\n"
	s, err = schemeOf(c, again, "base", goodScheme, "local", head+"drop: [medication/dose-recorded]\n")
	require.NoError(t, err)
	require.Len(t, s.Weakened, 1, "what the scheme between dropped is still dropped")
}

func TestEasierThresholds(t *testing.T) {
	for _, one := range []struct {
		before, now string
		easier      bool
	}{
		{"80%", "79.99%", true}, {"80%", "80%", false}, {"80%", "81%", false}, {"> 80%", "80%", true}, {"80%", "> 80%", false},
		{"<= 5%", "<= 6%", true}, {"<= 5%", "<= 4%", false}, {"< 5%", "<= 5%", true}, {"<= 5%", "< 5%", false}, {"80%", "<= 5%", true},
	} {
		before, err := ParseThreshold(one.before)
		require.NoError(t, err)
		now, err := ParseThreshold(one.now)
		require.NoError(t, err)
		require.Equal(t, one.easier, now.easier(before), "%s to %s", one.before, one.now)
	}
}
