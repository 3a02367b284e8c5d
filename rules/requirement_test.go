package rules

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// listedScheme is the good scheme with the requirements that it serves.
const listedScheme = `id: base
version: "1.0"
title: A scheme
statement: Nobody accredits by it.
requirements:
  - {id: E1, kind: essential, title: "Medicines are whole"}
  - id: D1
    kind: desirable
    title: Summaries are kept
accreditations:
  - id: data-quality
    title: Data quality
    criteria:
      - {rule: medication/dose-recorded, requirement: E1, severity: blocker, weight: 10}
      - {rule: summary/current, requirement: D1, severity: major, weight: 9, tier: 70%}
      - {rule: allergy/shown, severity: info}
`

func TestRequirements(t *testing.T) {
	c := schemeCatalogue(t)
	s, err := schemeOf(c, listedScheme)
	require.NoError(t, err)
	require.Equal(t, []Requirement{{"E1", Essential, "Medicines are whole"}, {"D1", Desirable, "Summaries are kept"}}, s.Requirements)
	require.Equal(t, Local, s.Accreditations[0].Criteria[2].Requirement, "local is always allowed")

	s, err = schemeOf(c, goodScheme)
	require.NoError(t, err, "a scheme that lists none may say what it likes")
	require.Empty(t, s.Requirements)
}

func TestASchemeThatExtendsAnotherHasItsRequirements(t *testing.T) {
	c := schemeCatalogue(t)
	const head = "id: ours\nversion: 2\ntitle: Ours\nextends: base\n"
	const serves = "accreditations:\n  - id: data-quality\n    criteria:\n      - {rule: allergy/shown, requirement: %}\n"
	s, err := schemeOf(c, head+"requirements:\n  - {id: D1, kind: essential, title: Summaries must be kept}\n  - {id: L1, kind: desirable, title: Ours}\n"+
		strings.Replace(serves, "%", "L1", 1), "base", listedScheme)
	require.NoError(t, err)
	require.Equal(t, []Requirement{
		{"E1", Essential, "Medicines are whole"}, {"D1", Essential, "Summaries must be kept"}, {"L1", Desirable, "Ours"},
	}, s.Requirements)

	_, err = schemeOf(c, head+strings.Replace(serves, "%", "L1", 1), "base", listedScheme)
	require.EqualError(t, err, "local.yaml:8:44: allergy/shown serves \"L1\", which the scheme does not list\n    hint: did you mean D1?")

	// The scheme extended lists none and names E1; the requirement stands in its file.
	_, err = schemeOf(c, head+"requirements:\n  - {id: L1, kind: desirable, title: Ours}\n", "base", goodScheme)
	require.EqualError(t, err, "local.yaml:6:3: medication/dose-recorded serves \"E1\", which the scheme does not list\n    hint: did you mean L1?")
}

func TestBadRequirements(t *testing.T) {
	c := schemeCatalogue(t)
	for _, k := range []struct{ name, old, new, want string }{
		{"not listed", "requirement: D1", "requirement: D9", ":15:46: summary/current serves \"D9\", which the scheme does not list\n    hint: did you mean D1?"},
		{"kind", "kind: desirable", "kind: desirabel", ":8:11: want one of essential, desirable\n    hint: did you mean desirable?"},
		{"no kind", "kind: essential, ", "", ":6:6: a requirement needs the key \"kind\""},
		{"no title", ", title: \"Medicines are whole\"", "", ":6:6: a requirement needs the key \"title\""},
		{"unknown key", "    kind: desirable", "    kind: desirable\n    weight: 3", ":9:5: a requirement has no key \"weight\""},
		{"twice", "id: D1", "id: E1", ":7:9: the requirement \"E1\" appears twice"},
		{"local", "id: D1", "id: local", ":7:9: \"local\" is what criteria say that serve no requirement; it cannot be listed"},
		{"id", "id: D1", "id: 1 D", ":7:9: want an id of letters, digits and hyphens, at most 16, that starts with a letter"},
	} {
		t.Run(k.name, func(t *testing.T) {
			text := strings.Replace(listedScheme, k.old, k.new, 1)
			require.NotEqual(t, listedScheme, text)
			_, err := schemeOf(c, text)
			require.ErrorContains(t, err, "local.yaml"+k.want)
		})
	}
	_, err := schemeOf(c, strings.Replace(goodScheme, "accreditations:", "requirements: []\naccreditations:", 1))
	require.ErrorContains(t, err, "local.yaml:5:15: want a list of requirements")
}

// This is what Published calls proven.
func TestPublishedConditionsPassTheirOwnCheckerAndThatOfCEL(t *testing.T) {
	f := Published()
	require.True(t, f.Proven)
	f.Proven, f.compiled = false, nil
	_, err := Load(f)
	require.NoError(t, err)
}

// Every requirement of the published schemes is served by a check that is
// judged, or the report could never say it is met.
func TestPublishedRequirementsAreServed(t *testing.T) {
	c, err := Load(Published())
	require.NoError(t, err)
	for _, id := range SchemeIDs() {
		s, err := PublishedScheme(id, c)
		require.NoError(t, err)
		served := map[string]bool{}
		for _, a := range s.Accreditations {
			for _, k := range a.Criteria {
				served[k.Requirement] = served[k.Requirement] || k.Severity == Blocker || k.Severity == Major
			}
		}
		for _, r := range s.Requirements {
			require.True(t, served[r.ID], "%s: nothing that is judged serves %s", id, r.ID)
		}
	}
	s, err := PublishedScheme("scr-2010", c)
	require.NoError(t, err)
	kinds := map[RequirementKind]int{}
	for _, r := range s.Requirements {
		kinds[r.Kind]++
	}
	require.Equal(t, map[RequirementKind]int{Essential: 5, Desirable: 3}, kinds)
}
