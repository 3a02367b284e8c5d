package rules

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

const goodScheme = `id: base
version: "1.0"
title: A scheme
statement: Nobody accredits by it.
accreditations:
  - id: data-quality
    title: Data quality
    criteria:
      - {rule: medication/dose-recorded, requirement: E1, severity: blocker, weight: 10}
      - {rule: summary/current, severity: major, weight: 9, tier: 70%}
  - id: scr
    title: Summary Care Record
    needs: [data-quality]
    criteria:
      - rule: allergy/shown
        severity: info
`

// schemeCatalogue has a judged rule, one with tiers and an info rule.
func schemeCatalogue(t *testing.T) *Catalogue {
	t.Helper()
	change := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(goodPage) }
	c, err := Load(folder(goodPage,
		"summary/current.md", change("medication/dose-recorded", "summary/current", "MED-005", "SUM-001", "98%", "\n  tiers: [60%, 70%, 80%]"),
		"allergy/shown.md", change("medication/dose-recorded", "allergy/shown", "MED-005", "ALG-009", "threshold: 98%\nthreshold_from: Our own default\n", "info: true\n"),
	))
	require.NoError(t, err)
	return c
}

// schemeOf loads a scheme with further published ones as id, text.
func schemeOf(c *Catalogue, text string, published ...string) (*Scheme, error) {
	m := fstest.MapFS{}
	for i := 0; i < len(published); i += 2 {
		m["schemes/"+published[i]+".yaml"] = &fstest.MapFile{Data: []byte(published[i+1])}
	}
	l := &schemeLoader{catalogue: c, published: Folder{FS: m, Name: "rules"}}
	return l.load(newTextFile("local.yaml", []byte(text), nil))
}

func TestLoadScheme(t *testing.T) {
	c := schemeCatalogue(t)
	s, err := LoadScheme("local.yaml", []byte(goodScheme), c)
	require.NoError(t, err)
	require.Equal(t, "1.0", s.Version)
	require.Len(t, s.SHA256, 64)
	require.Len(t, s.Accreditations, 2)
	require.Equal(t, []Criterion{
		{Rule: c.Rule("MED-005"), Requirement: "E1", Severity: Blocker, Weight: 10, Threshold: Threshold{Percent: 9800, Set: true}, ThresholdFrom: "Our own default"},
		{Rule: c.Rule("SUM-001"), Requirement: "local", Severity: Major, Weight: 9,
			Threshold: Threshold{Percent: 7000, Tiers: []int64{6000, 7000, 8000}, Set: true}, ThresholdFrom: "Our own default"},
	}, s.Accreditations[0].Criteria)
	require.Equal(t, []string{"data-quality"}, s.Accreditations[1].Needs)
	require.Equal(t, Criterion{Rule: c.Rule("ALG-009"), Requirement: "local", Severity: Info}, s.Accreditations[1].Criteria[0])
}

func TestSchemesExtend(t *testing.T) {
	c := schemeCatalogue(t)
	s, err := schemeOf(c, `id: ours
version: 2
title: Ours
extends: base
drop: [allergy/shown]
accreditations:
  - id: data-quality
    criteria:
      - {rule: medication/dose-recorded, severity: major}
      - {rule: summary/current, threshold: "> 50%", threshold_from: our board}
  - id: sharing
    title: Sharing
    criteria:
      - {rule: medication/dose-recorded, severity: minor, weight: 1}
`, "base", goodScheme)
	require.NoError(t, err)
	require.Equal(t, "Nobody accredits by it.", s.Statement)
	require.Equal(t, []string{"data-quality", "scr", "sharing"}, []string{s.Accreditations[0].ID, s.Accreditations[1].ID, s.Accreditations[2].ID})
	dose, current := s.Accreditations[0].Criteria[0], s.Accreditations[0].Criteria[1]
	require.Equal(t, Major, dose.Severity)
	require.Equal(t, 10, dose.Weight, "what the local scheme does not say stays")
	require.Equal(t, "E1", dose.Requirement)
	require.Equal(t, "> 50%", current.Threshold.String())
	require.Equal(t, "our board", current.ThresholdFrom)
	require.Empty(t, s.Accreditations[1].Criteria)

	base, err := schemeOf(c, goodScheme)
	require.NoError(t, err)
	require.Equal(t, Blocker, base.Accreditations[0].Criteria[0].Severity, "the scheme extended is not changed")
	require.NotEqual(t, base.SHA256, s.SHA256)
}

func TestBadSchemes(t *testing.T) {
	c := schemeCatalogue(t)
	for _, k := range []struct{ name, old, new, want string }{
		{"unknown key", "title: A scheme", "title: A scheme\nlevel: 1", ":4:1: a scheme has no key \"level\""},
		{"no statement", "statement: Nobody accredits by it.\n", "", ":1:1: a scheme needs the key \"statement\""},
		{"unknown rule", "medication/dose-recorded", "medication/dose-record", ":9:16: there is no rule \"medication/dose-record\"\n    hint: did you mean medication/dose-recorded?"},
		{"rule twice", "summary/current", "medication/dose-recorded", ":10:16: medication/dose-recorded appears twice"},
		{"severity", "blocker", "bloker", ":9:69: want one of blocker, major, minor, info\n    hint: did you mean blocker?"},
		{"no severity", "severity: blocker, ", "", ":9:10: a criterion needs the key \"severity\""},
		{"no weight", ", weight: 10", "", ":9:10: a criterion that is judged needs a weight from 1 to 100"},
		{"tier", "70%", "75%", ":10:67: want one of the tiers of summary/current: 60%, 70%, 80%"},
		{"tier of a rule without", "weight: 10", "weight: 10, tier: 60%", ":9:96: medication/dose-recorded has no tiers"},
		{"threshold without origin", "weight: 10", "weight: 10, threshold: 97%", ":9:101: another threshold than the rule's needs the key \"threshold_from\"\n    hint: say who set it"},
		{"info rule judged", "severity: info", "severity: major\n        weight: 1", ":16:19: allergy/shown is an info rule, which is not judged\n    hint: severity: info"},
		{"needs nobody", "[data-quality]", "[data-qualiti]", ":6:3: scr needs \"data-qualiti\", which the scheme does not have\n    hint: did you mean data-quality?"},
		{"needs itself", "[data-quality]", "[scr]", ":6:3: scr needs itself"},
		{"accreditation twice", "id: scr", "id: data-quality", ":11:9: the accreditation \"data-quality\" appears twice"},
		{"no criteria", "    criteria:\n      - rule: allergy/shown\n        severity: info\n", "", ":11:5: an accreditation needs the key \"criteria\""},
	} {
		t.Run(k.name, func(t *testing.T) {
			text := strings.Replace(goodScheme, k.old, k.new, 1)
			require.NotEqual(t, goodScheme, text)
			_, err := schemeOf(c, text)
			require.EqualError(t, err, "local.yaml"+k.want)
		})
	}
}

func TestSchemesCannotExtendThemselves(t *testing.T) {
	c := schemeCatalogue(t)
	const a = "id: a\nversion: 1\ntitle: A\nextends: b\n"
	const b = "id: b\nversion: 1\ntitle: B\nextends: a\n"
	_, err := schemeOf(c, a, "a", a, "b", b)
	require.ErrorContains(t, err, "rules/schemes/b.yaml:4:10: a cannot be extended")
	require.ErrorContains(t, err, "the scheme extends itself")

	_, err = schemeOf(c, "id: a\nversion: 1\ntitle: A\nextends: ../base\n", "base", goodScheme)
	require.ErrorContains(t, err, "there is no such scheme")

	_, err = schemeOf(c, "id: a\nversion: 1\ntitle: A\nextends: base\ndrop: [medication/dose-recorded, medication/dose-recorded]\n", "base", goodScheme)
	require.EqualError(t, err, "local.yaml:5:34: medication/dose-recorded is not among the criteria of the scheme extended")
}

// TestABlockerIsNeverNotApplicable holds that no answer lifts a blocker, in
// published schemes and in those of a file, extended or not.
func TestABlockerIsNeverNotApplicable(t *testing.T) {
	page := strings.Replace(goodPage, "evidence: data", "evidence: data_or_declared\ndeclares: dose\nanswers: [yes, no, not_applicable]", 1)
	c, err := Load(folder(page))
	require.NoError(t, err)
	const text = "id: base\nversion: 1\ntitle: A\nstatement: B\naccreditations:\n  - id: a\n    title: A\n    criteria:\n      - {rule: medication/dose-recorded, severity: major, weight: 10}\n"
	_, err = schemeOf(c, text)
	require.NoError(t, err)
	const refused = "medication/dose-recorded takes the answer not_applicable, which would lift a blocker\n    hint: judge it as major"
	_, err = schemeOf(c, strings.Replace(text, "major", "blocker", 1))
	require.EqualError(t, err, "local.yaml:9:52: "+refused)
	_, err = schemeOf(c, "id: ours\nversion: 1\ntitle: Ours\nextends: base\naccreditations:\n  - id: a\n    criteria:\n      - {rule: medication/dose-recorded, severity: blocker}\n", "base", text)
	require.EqualError(t, err, "local.yaml:8:52: "+refused)

	_, err = LoadScheme("local.yaml", []byte("id: ours\nversion: 1\ntitle: Ours\nextends: england-2026\naccreditations:\n  - id: scr\n    criteria:\n      - {rule: scr/upload-current, severity: blocker}\n"), embedded(t))
	require.EqualError(t, err, "local.yaml:8:46: scr/upload-current takes the answer not_applicable, which would lift a blocker\n    hint: judge it as major")
}
