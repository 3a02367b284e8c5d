package rules

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSelect(t *testing.T) {
	c := schemeCatalogue(t)
	for _, k := range []struct {
		name           string
		choose, ignore []string
		want           []string
		err            string
	}{
		{"all", nil, nil, []string{"allergy/shown", "medication/dose-recorded", "summary/current"}, ""},
		{"by id", []string{"summary/current"}, nil, []string{"summary/current"}, ""},
		{"by code", []string{"MED-005"}, nil, []string{"medication/dose-recorded"}, ""},
		{"by set", []string{"allergy"}, nil, []string{"allergy/shown"}, ""},
		{"by glob", []string{"*/*ed"}, nil, []string{"medication/dose-recorded"}, ""},
		{"all but", nil, []string{"medication/*", "SUM-001"}, []string{"allergy/shown"}, ""},
		{"chosen and ignored", []string{"allergy/*"}, []string{"allergy/shown"}, nil, ""},
		{"misspelt", []string{"medicaton/*", "x"}, nil, nil, "no rule is called \"medicaton/*\"; did you mean medication?"},
		{"unknown to ignore", nil, []string{"zzz"}, nil, "no rule is called \"zzz\"; see: paperlight rules list"},
		{"empty", []string{""}, nil, nil, "no rule is called \"\"; see: paperlight rules list"},
		{"not a glob", []string{"[a"}, nil, nil, "rule pattern \"[a\" is not well formed"},
	} {
		t.Run(k.name, func(t *testing.T) {
			got, err := c.Select(k.choose, k.ignore)
			if k.err != "" {
				require.EqualError(t, err, k.err)
				return
			}
			require.NoError(t, err)
			var ids []string
			for _, r := range got {
				ids = append(ids, r.ID)
			}
			require.Equal(t, k.want, ids)
		})
	}
}

func TestListing(t *testing.T) {
	c := schemeCatalogue(t)
	var have []string
	for _, l := range List(c.Rules) {
		have = append(have, l.ID+" "+l.Code+": "+l.Threshold)
	}
	require.Equal(t, []string{"allergy/shown ALG-009: not judged", "medication/dose-recorded MED-005: 98%", "summary/current SUM-001: 60%, 70%, 80%"}, have)
	empty, err := json.Marshal(List(nil))
	require.NoError(t, err)
	require.Equal(t, "[]", string(empty))
}

func TestMarkdownOfARule(t *testing.T) {
	got := schemeCatalogue(t).Rule("MED-005").Markdown()
	require.Contains(t, got, "# Every course has a dose\n\n- **Rule**: `medication/dose-recorded` (MED-005)\n")
	require.Contains(t, got, "- **Passes at**: 98%\n")
	require.Contains(t, got, "```cel\nwhere: patient.registered\nexclude: is_appliance\nexpect: dosage_state == \"stated\"\n```\n")
	require.Contains(t, got, "\n## Why it matters\n\nDoses matter.\n")
}
