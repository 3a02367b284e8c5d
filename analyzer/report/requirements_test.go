package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRequirementTally(t *testing.T) {
	made := func(kind, outcomes string) []Requirement {
		var out []Requirement
		for _, o := range strings.Fields(outcomes) {
			out = append(out, Requirement{Kind: kind, Status: map[string]RequirementStatus{"y": Met, "n": NotMet, "?": CannotTell}[o]})
		}
		return out
	}
	for _, test := range []struct{ essentials, desirables, want string }{
		{"", "", ""},
		{"y y y y y", "y y n", "5 of 5 essentials are met; 2 of 3 desirables are met"},
		{"y y ? y y", "y n y", "4 of 5 essentials are met and 1 could not be checked; 2 of 3 desirables are met"},
		{"n y ? ? y", "? ?", "2 of 5 essentials are met, 1 is not met and 2 could not be checked; 0 of 2 desirables are met and 2 could not be checked"},
		{"n n", "", "0 of 2 essentials are met"},
		{"y", "", "1 of 1 essential is met"},
		{"", "y n", "1 of 2 desirables is met"},
	} {
		all := append(made("desirable", test.desirables), made("essential", test.essentials)...)
		require.Equal(t, test.want, requirementTally(all), "%s / %s", test.essentials, test.desirables)
	}
}

func TestRequirementsComeEssentialsFirst(t *testing.T) {
	p := pages(notReadySample(), Options{})[0]
	require.Equal(t, "1 of 4 essentials is met, 1 is not met and 2 could not be checked; 1 of 2 desirables is met", p.Tally)
	require.Equal(t, []requirement{
		{"Essential", "Every prescription is recorded on the computer", Met, "met", "Its one check is met."},
		{"Essential", "Allergies, and adverse reactions, are coded", NotMet, "not met",
			"Not met: “NHS numbers pass their check digit”, “Every patient has a number of their own”, “Repeat medicines have an indication” and 2 more."},
		{"Essential", "Clinical summaries are held on the computer", CannotTell, "not checked", "Could not be checked: “NHS numbers are verified”."},
		{"Essential", "Disease registers are held on the computer", CannotTell, "not checked", "No check that applies here looks at this."},
		{"Desirable", "Repeat medicines are reviewed", NotMet, "not met", "Not met: “Patients on four or more repeats have had a medication review”."},
		{"Desirable", "New patients are summarised", Met, "met", "Met as far as could be checked: 2 of 3 checks."},
	}, p.Requirements)

	require.Empty(t, pages(damagedSample(), Options{})[0].Requirements, "of a damaged file nothing is told")
	require.Empty(t, pages(damagedSample(), Options{})[0].Tally)
}

func TestManyChecksAreCountedNotNamed(t *testing.T) {
	require.Equal(t, "a.", some([]string{"a"}))
	require.Equal(t, "a, b, c and d.", some([]string{"a", "b", "c", "d"}), "one more is as short named as counted")
	require.Equal(t, "a, b, c and 2 more.", some([]string{"a", "b", "c", "d", "e"}))
}

// The requirements are the first table after the verdict, and no form names
// their ids above the table of checks.
func TestRequirementsFollowTheVerdict(t *testing.T) {
	for _, form := range []writer{WriteText, WriteMarkdown, WriteHTML} {
		var out bytes.Buffer
		require.NoError(t, form(&out, Release(notReadySample()), Options{}))
		_, after, found := strings.Cut(out.String(), "Not ready: 2 things stop you.")
		require.True(t, found)
		required, standing := strings.Index(after, requiredHeading), strings.Index(after, "Data quality")
		require.Positive(t, required)
		require.Less(t, required, standing)
		require.NotContains(t, after[required:standing], "E2")

		out.Reset()
		bare := notReadySample()
		bare.Practices[0].Requirements = []Requirement{}
		require.NoError(t, form(&out, Release(bare), Options{}))
		require.NotContains(t, out.String(), requiredHeading, "a scheme that lists none")
	}
}
