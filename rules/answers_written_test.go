package rules

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/calendar"
)

// What is written is read as it was.
func TestWrittenAnswersAreRead(t *testing.T) {
	day, _ := calendar.Of(2026, 2, 1)
	for name, answers := range map[string][]Declaration{
		"none":      nil,
		"one":       {{Key: "commissioner-consent", Answer: Yes, Date: day, HasDate: true, Evidence: "letter", Role: "practice manager"}},
		"all":       {{Key: "commissioner-consent", Practice: "A81001", Answer: No, Date: day, HasDate: true, Count: 0, HasCount: true, Evidence: "letter", Role: "manager", VerifiedBy: "assessor", VerifiedDate: day, HasVerifiedDate: true}},
		"several":   {{Key: "a", Answer: NotApplicable, Evidence: "seen"}, {Key: "b", Count: 12, HasCount: true, Date: day, HasDate: true}},
		"odd texts": {{Key: "a", Answer: Yes, Evidence: "yes # no: \"a\" \\ 'b'\n- key: b\n\ttab é \u2028 | > & * !", Role: "0123"}, {Key: "b", Answer: Yes, Evidence: "null", Role: "~", Practice: "1e5"}},
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			b.WriteString("# answers\n")
			if len(answers) == 0 {
				b.WriteString("[]\n")
			}
			WriteAnswers(&b, answers)
			got, err := ParseAnswers("answers.yaml", []byte(b.String()), map[string]AnswerTerms{"commissioner-consent": {}, "a": {}, "b": {}})
			require.NoError(t, err, b.String())
			for i := range got {
				require.NotZero(t, got[i].Line)
				require.Equal(t, "answers.yaml", got[i].File)
				got[i].Line, got[i].File = 0, ""
			}
			require.Equal(t, len(answers), len(got))
			for i := range answers {
				require.Equal(t, answers[i], got[i])
			}
		})
	}
}
