package rules

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/expr"
	"paperlight/internal/fixture"
)

func TestReasonsAreOfWhatIsExpected(t *testing.T) {
	page := strings.Replace(goodPage, `expect: dosage_state == "stated"`, `expect: has(dosage_state) && (dosage_state == "stated" || is_appliance)
reasons:
  - {condition: has(dosage_state), says: has no dose}`, 1)
	c, err := Load(folder(page))
	require.NoError(t, err)
	require.Equal(t, []string{"has no dose", "not met: dosage state, is appliance"}, c.Rules[0].Shortfalls())

	for with, want := range map[string]string{
		"{condition: has(dose), says: has no dose}":                                            "the condition is not a part of expect",
		"{condition: has(dosage_state), says: has no dose.}":                                   "without a full stop",
		"{condition: has(dosage_state)}":                                                       `needs the key "says"`,
		"{condition: has(dosage_state), says: a}\n  - {condition: has(dosage_state), says: b}": "appears twice",
	} {
		_, err := Load(folder(strings.Replace(page, "{condition: has(dosage_state), says: has no dose}", with, 1)))
		require.ErrorContains(t, err, want)
	}
}

// Every rule has a reason for each part that it expects, and the parts of the text
// are those of the checked condition.
func TestEveryPartOfARuleHasAReason(t *testing.T) {
	c, err := Embedded()
	require.NoError(t, err)
	reader := fixture.NewReader()
	for _, r := range c.Rules {
		if r.Checked == nil || r.Source.Expect == "" {
			continue
		}
		require.Equal(t, expr.Conjuncts(r.Source.Expect), r.Checked.Expected(), r.ID)
		for _, says := range r.Shortfalls() {
			require.NotEmpty(t, says, r.ID)
		}
		for _, reason := range r.Reasons {
			require.LessOrEqual(t, reader.Grade("It "+reason.Says+"."), hardest+2, "%s: %s", r.ID, reason.Says)
		}
	}
}
