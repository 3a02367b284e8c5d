package rules_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"paperlight/rules"
)

func TestPublishedPrevalenceSaysWhereItComesFrom(t *testing.T) {
	c, err := rules.Embedded()
	require.NoError(t, err)
	require.NotEmpty(t, c.Prevalence.Dated)
	require.GreaterOrEqual(t, len(c.Prevalence.Registers), 16)
	for _, r := range c.Prevalence.Registers {
		require.NotNil(t, c.Lists[r.Name], "a register is counted by the code list of its name: %s", r.Name)
		require.Greater(t, r.Share, 0.0, r.Name)
		require.Less(t, r.Share, 0.5, r.Name)
		require.True(t, r.SecondHand, "take the mark off only with an official table: %s", r.Name)
	}
	require.InDelta(t, 0.057114, c.Prevalence.Shares()["diabetes"], 1e-12)
}

const figures = `title: Our town
dated: "2026-04"
registers:
  - {register: diabetes, percent: 7.25, year: 2025/26, source: our own count}
`

func TestPrevalenceIsReplacedByName(t *testing.T) {
	c, err := rules.Embedded()
	require.NoError(t, err)
	local, err := c.WithPrevalence("town.yaml", []byte(figures))
	require.NoError(t, err)
	require.InDelta(t, 0.0725, local.Prevalence.Shares()["diabetes"], 1e-12)
	require.Equal(t, c.Prevalence.Shares()["asthma"], local.Prevalence.Shares()["asthma"])
	require.InDelta(t, 0.057114, c.Prevalence.Shares()["diabetes"], 1e-12, "the catalogue itself is as before")
	require.NotEqual(t, c.SHA256, local.SHA256, "other figures are another rule set")
	require.Len(t, local.Prevalence.Registers, len(c.Prevalence.Registers))
}

func TestFaultyPrevalenceIsRefused(t *testing.T) {
	c, err := rules.Embedded()
	require.NoError(t, err)
	for _, fault := range []struct{ from, to, says string }{
		{"7.25", "107", "want a percentage from 0 to 100"},
		{"7.25", "about 7", "want a percentage from 0 to 100"},
		{"7.25", "1e1", "want a percentage from 0 to 100"},
		{"percent: 7.25, ", "", `needs the key "percent"`},
		{", source: our own count", "", `needs the key "source"`},
		{"register: diabetes", "register: diabetis", "no rule asks for the register"},
		{"register: diabetes", "register: Diabetes", "small letters"},
		{"dated", "date", `has no key "date"`},
		{"registers:\n", "registers:\n  - {register: diabetes, percent: 1, year: now, source: us}\n", "appears twice"},
		{figures, "registers: 3\n", "want a list of registers"},
	} {
		_, err := c.WithPrevalence("town.yaml", []byte(strings.Replace(figures, fault.from, fault.to, 1)))
		require.ErrorContains(t, err, fault.says)
		require.ErrorContains(t, err, "town.yaml:")
	}
}

func TestAFolderBringsItsOwnPrevalence(t *testing.T) {
	c, err := rules.Embedded(rules.Folder{Name: "local", FS: fstest.MapFS{
		"prevalence.yaml": {Data: []byte(strings.ReplaceAll(figures, "diabetes", "gout"))},
		"prevalence/gout.md": {Data: []byte("---\nid: prevalence/gout\ntitle: Gout is as common as expected\ndimension: plausibility\ntable: practice\n" +
			"where: prevalence(\"gout\") > 0.0\ninfo: true\nowner: practice\nfix: Look.\n---\n## What it measures\n\nGout.\n")},
	}})
	require.NoError(t, err)
	require.InDelta(t, 0.0725, c.Prevalence.Shares()["gout"], 1e-12)
	require.Contains(t, c.Prevalence.Shares(), "asthma")
}
