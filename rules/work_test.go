package rules

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whoever can put a rule right, the work takes some time: once or by the record.
func TestEveryRuleTakesTime(t *testing.T) {
	c, err := Embedded()
	require.NoError(t, err)
	for _, r := range c.Rules {
		once, each := r.Minutes()
		require.True(t, once > 0 != (each > 0), r.ID)
	}
}

func TestAPageSaysHowLongARecordTakes(t *testing.T) {
	for says, want := range map[string]string{
		"minutes: 7":                             "",
		"minutes: 0":                             "want a whole number from 1 to 240",
		"minutes: 7\ninfo: true":                 "minutes are of a record to put right, and the rule judges none",
		"value_of: [row, rows]":                  "the rule has no value",
		"value: 1\nvalue_of: [row]":              "want two texts: what one is, and what several are",
		"value: 1\nvalue_of: [row is, rows are]": "",
	} {
		page := strings.Replace(goodPage, "owner: clinician", "owner: clinician\n"+says, 1)
		if strings.Contains(says, "info") {
			page = strings.Replace(page, "threshold: 98%\nthreshold_from: Our own default\n", "", 1)
		}
		var noted faults
		r := parseRule("medication/dose-recorded.md", newTextFile("f.md", []byte(page), nil), &noted)
		if want == "" {
			require.Empty(t, noted.list, says)
			require.Equal(t, strings.HasPrefix(says, "minutes"), r.MinutesEach == 7)
			continue
		}
		require.Len(t, noted.list, 1, says)
		require.Contains(t, noted.list[0].Error(), want)
	}
}

// A report names the figure of a check that looks at no single record.
func TestEveryJudgedFigureHasAName(t *testing.T) {
	for _, r := range embedded(t).Rules {
		if r.Source.Value != "" && !r.Info {
			require.NotEmpty(t, r.ValueOf, r.ID)
		}
	}
}
