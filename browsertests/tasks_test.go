package browsertests

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A row opens where it stands, and says what the check means, where its pass mark comes
// from, the arithmetic, and how to put it right.
func TestARowOpensInPlace(t *testing.T) {
	t.Parallel()
	p := checked(t, made(t))
	at := p.address()
	p.click(".task summary", onRepeat)
	require.Equal(p, at, p.address())
	require.Equal(p, 1, p.count(".task details[open]"))
	said := p.text(".task details[open]")
	for _, part := range []string{"Counted\n", "Pass mark\n", "Pass mark from\n", "Who\n", "Takes\n", "Adds\n", "For\n", "Code\nALG-002", "How to put it right", "What it measures", "Why it matters"} {
		require.Contains(p, said, part)
	}
	require.Regexp(p, `[0-9,]+ of [0-9,]+, [0-9.]+%`, said, "the arithmetic")

	for _, one := range each[map[string]string](p, ".task.to_do, .task.stops", "({title: e.querySelector('.title').innerText, text: e.textContent})") {
		for _, part := range []string{"Counted", "Pass mark", "Pass mark from", "How to put it right", "What it measures"} {
			require.Contains(p, one["text"], part, one["title"])
		}
	}
	p.click(".task details[open] summary", "")
	require.Zero(p, p.count(".task details[open]"), "and closes again")
}

// Why a patient is in or out is said by the patient's key, from the list and by hand.
func TestAPatientIsExplained(t *testing.T) {
	t.Parallel()
	p := checked(t, made(t))
	work := p.address()
	p.list(onRepeat)
	patient := p.text("tbody th")
	p.follow("tbody button", "Why?")
	p.until("document.querySelector('pre.said')")
	require.Equal(p, "Why this patient is in or out", p.text("h1"))
	fromList := p.text("pre.said")
	require.Contains(p, fromList, "This patient counts in this check and does not meet it, because this patient has no allergy")
	require.Contains(p, fromList, "Condition by condition")
	p.follow("a", "Back to the list")
	require.Equal(p, patient, p.text("tbody th"))

	p.visit(work)
	p.click("summary", onRepeat)
	p.write("details[open] [name=patient]", patient)
	p.follow("details[open] button", "Look up")
	p.until("document.querySelector('pre.said')")
	require.Equal(p, fromList, p.text("pre.said"))

	p.visit(work)
	p.click("summary", onRepeat)
	p.write("details[open] [name=patient]", "nobody")
	p.follow("details[open] button", "Look up")
	p.until("document.querySelector('pre.said')")
	require.Contains(p, p.text("pre.said"), "no patient of the extract has this key")
}

// The page says of which day the records are and when they were checked, and warns where
// they are old.
func TestOldRecordsAreCalledOld(t *testing.T) {
	t.Parallel()
	p := checked(t, made(t, "--as-of", "2025-03-31"))
	require.Contains(p, p.text("main"), "As of 31 March 2025")
	require.Contains(p, p.text("main"), "practice, checked on ")
	require.Regexp(p, `^These records are \d+ days old\.`, p.text(".warn"))

	p = checked(t, made(t, "--as-of", today()))
	require.NotContains(p, p.text("main"), "days old")
}

// An example is there for who has no records, and is work to do like any other.
func TestThereIsAnExample(t *testing.T) {
	t.Parallel()
	p := open(t, serve(t))
	p.follow("button", "Try it with a made-up practice")
	p.found()
	require.NotZero(p, p.count(titles))
	require.NotEmpty(p, strings.TrimSpace(p.text(".beside a")))
}
