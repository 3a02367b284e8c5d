package rules

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/internal/fixture"
)

// hardest is the grade that no page may be above: that of readers of twelve.
const hardest = 7.0

// readSections are those that a practice reads.
var readSections = []string{"What it measures", "Why it matters", "How to put it right", "In the clinical system"}

func TestPagesCanBeRead(t *testing.T) {
	c, err := Embedded()
	require.NoError(t, err)
	reader := fixture.NewReader()
	for _, r := range c.Rules {
		text := r.Fix
		for _, s := range readSections {
			text += "\n" + r.Page.Text(s)
		}
		if grade := reader.Grade(text); grade > hardest {
			t.Errorf("%s: grade %.1f, at most %.1f: shorter sentences, shorter words", r.ID, grade, hardest)
		}
	}
}

// A question to the practice fits on a screen with its answer, and is as easy.
func TestQuestionsAreShort(t *testing.T) {
	c, err := Embedded()
	require.NoError(t, err)
	reader := fixture.NewReader()
	for _, r := range c.Rules {
		for _, ask := range r.Asks() {
			var b strings.Builder
			WriteQuestions(&b, []Question{{Ask: ask, Rules: []*Rule{r}}})
			lines := strings.Split(strings.TrimSpace(b.String()), "\n")
			require.LessOrEqual(t, len(lines), 12, b.String())
			var said []string
			for _, line := range lines[1:] {
				if text, ok := strings.CutPrefix(line, "#"); ok {
					said = append(said, text)
				}
			}
			require.LessOrEqual(t, reader.Grade(strings.Join(said, " ")), hardest, b.String())
		}
	}
}
