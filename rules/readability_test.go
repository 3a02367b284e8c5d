package rules

import (
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/internal/fixture"
)

// hardest is the grade that no page may be above: that of readers of twelve.
const hardest = 7.0

// readSections are those that a practice reads.
var readSections = []string{"What it measures", "Why it matters", "How to put it right"}

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
