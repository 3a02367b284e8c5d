package rules

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTitlesBecomeQuestions(t *testing.T) {
	for title, want := range map[string]string{
		"Every refusal that was received is coded":     "Is it true that every refusal that was received is coded?",
		"It is known how many patients have opted out": "Is it known how many patients have opted out?",
		"There is a written policy":                    "Is there a written policy?",
		"NHS numbers are verified":                     "Is it true that NHS numbers are verified?",
		"HbA1c values can be true":                     "Is it true that HbA1c values can be true?",
		"GP Connect is switched on":                    "Is it true that GP Connect is switched on?",
		"Read codes are current":                       "Is it true that Read codes are current?",
		"A lead is named":                              "Is it true that a lead is named?",
		"Ärzte schreiben":                              "Is it true that ärzte schreiben?",
		`"No known allergies" is not left`:             `Is it true that "No known allergies" is not left?`,
		"":                                             "",
	} {
		require.Equal(t, want, (&Rule{Title: title}).Question())
	}
}

// What nobody knows yet is never said as if it were so.
func TestEveryTitleOfTheCatalogueAsks(t *testing.T) {
	c, err := Embedded()
	require.NoError(t, err)
	for _, r := range c.Rules {
		require.Regexp(t, regexp.MustCompile(`^Is (it|there) .*[^.?]\?$`), r.Question(), r.ID)
	}
}
