package rules

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

func embedded(t *testing.T) *Catalogue {
	t.Helper()
	c, err := Embedded()
	require.NoError(t, err)
	return c
}

func TestPublishedCodesAreCodesOfTheirSystem(t *testing.T) {
	for _, list := range embedded(t).Codelists {
		for _, e := range list.Entries {
			require.Empty(t, e.want(), "%s:%d", list.File, e.Line)
		}
	}
}

func TestPublishedListsAreExplained(t *testing.T) {
	for _, list := range embedded(t).Codelists {
		require.NotEmpty(t, list.Source, list.File)
		require.NotEmpty(t, list.Licence, list.File)
		if len(list.Entries) == 0 {
			require.NotEmpty(t, list.Notes, "%s is empty and does not say why", list.File)
		}
	}
}

// TestCodesOfRulesAgree holds a code to one set: a code that reports quote
// must not name two different things.
func TestCodesOfRulesAgree(t *testing.T) {
	sets := map[string]string{}
	for _, r := range embedded(t).Rules {
		if r.Code == "" {
			continue
		}
		if set, ok := sets[r.Code]; ok {
			require.Equal(t, set, r.Set(), "%s names rules of two sets", r.Code)
		}
		sets[r.Code] = r.Set()
	}
}

func TestPublishedSchemesLoad(t *testing.T) {
	c := embedded(t)
	ids := SchemeIDs()
	require.NotEmpty(t, ids)
	for _, id := range ids {
		s, err := PublishedScheme(id, c)
		require.NoError(t, err)
		require.Equal(t, id, s.ID)
		for _, a := range s.Accreditations {
			require.NotEmpty(t, a.Criteria, "%s %s", id, a.ID)
		}
	}
}

// TestPublishedWindowsHaveTwoEnds holds the catalogue to what a date may be
// evidence of: nothing after the as-of date, and no deadline without a beginning.
func TestPublishedWindowsHaveTwoEnds(t *testing.T) {
	for _, w := range Lint(embedded(t), nil) {
		require.False(t, w.Fault, "%s", w)
	}
}

// Shares are written as the reports write them: 84%, without a space.
func TestPublishedPagesWriteSharesAlike(t *testing.T) {
	spaced := regexp.MustCompile(`[0-9] %`)
	for _, r := range embedded(t).Rules {
		for _, s := range r.Page.Sections {
			require.False(t, spaced.MatchString(s.Text), "%s, %s: want no space before %%", r.ID, s.Heading)
		}
		require.False(t, spaced.MatchString(r.ThresholdFrom+r.Fix+r.WhereToLook), "%s: want no space before %%", r.ID)
	}
}
