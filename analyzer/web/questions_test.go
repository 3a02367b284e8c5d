package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"paperlight/rules"
)

// answering are the fields of a form that answers the one question of the tests.
func answering(answer, evidence string) url.Values {
	return url.Values{"practice": {"0"}, "role": {"practice manager"}, "date": {"2026-03-30"}, "answer.four-repeats-reviewed": {answer}, "evidence.four-repeats-reviewed": {evidence}}
}

// save sends answers, and returns the file that is kept.
func (w *site) save(id string, form url.Values) (answer, []rules.Declaration) {
	w.t.Helper()
	a := w.post("/check/"+id+"/questions", formKind, form.Encode())
	given, err := rules.ParseAnswers("declarations.yaml", w.answers.text, w.server.Catalogue.AnswerTerms())
	require.NoError(w.t, err)
	return a, given
}

// An answer is kept with its day and role, can be changed, and can be taken back.
func TestAnswersAreKept(t *testing.T) {
	w := opened(t).enter()
	id := w.here()
	asked := w.ask("GET", "/check/"+id+"/questions").text
	for _, said := range []string{"four-repeats-reviewed", "not answered", `type="radio"`, "needed", "this page"} {
		require.Contains(t, asked, said)
	}
	require.NotContains(t, asked, "has not answered", "that is why it is asked")
	require.Equal(t, http.StatusNotFound, w.ask("GET", "/check/"+id+"/declarations.yaml").status)

	const odd = `minutes: "of" March's <b>meeting</b> # 4`
	a, given := w.save(id, answering(rules.Yes, odd))
	require.Equal(t, http.StatusSeeOther, a.status)
	require.Len(t, given, 1)
	require.Equal(t, []string{rules.Yes, odd, "practice manager", "2026-03-30", "A81001"}, []string{given[0].Answer, given[0].Evidence, given[0].Role, given[0].Date.String(), given[0].Practice})
	page := w.ask("GET", a.header.Get("Location")).text
	require.Contains(t, page, "Your answers are saved.")
	require.Contains(t, page, `value="yes" checked`)
	require.Contains(t, page, "&lt;b&gt;meeting")
	require.Equal(t, string(w.answers.text), w.ask("GET", "/check/"+id+"/declarations.yaml").text)

	form := answering(rules.No, odd)
	form.Set("date.four-repeats-reviewed", "2026-03-01")
	form.Set("then", "check")
	a, given = w.save(id, form)
	require.Equal(t, rules.No, given[0].Answer)
	require.Equal(t, "2026-03-01", given[0].Date.String(), "its own day counts before that of all")
	w.finished(a)
	require.Len(t, w.checks(), 2, "it is checked again")

	_, given = w.save(id, answering("", ""))
	require.Empty(t, given)
}

// An answer about a later day than that of the records counts for nothing, and that is
// said where it was given.
func TestAnAnswerThatDoesNotCountIsSaid(t *testing.T) {
	w := opened(t).enter()
	id := w.here()
	asked := w.ask("GET", "/check/"+id+"/questions").text
	require.Contains(t, asked, `name="date" value="2026-03-31" max="2026-03-31"`)
	require.Contains(t, asked, "These are the records of 31 March 2026.")
	form := answering(rules.Yes, "seen")
	form.Set("date", "2026-04-01")
	a, _ := w.save(id, form)
	page := w.ask("GET", a.header.Get("Location")).text
	require.Contains(t, page, "1 answer does not count yet.")
	require.Contains(t, page, "This does not count yet:")
	require.Contains(t, page, "1 April 2026 is later than the as-of date")
	form.Set("date.four-repeats-reviewed", "2026-03-31")
	form.Del("role")
	form.Set("role.four-repeats-reviewed", "")
	a, _ = w.save(id, form)
	require.Contains(t, w.ask("GET", a.header.Get("Location")).text, "does not say who answered")
	a, _ = w.save(id, answering(rules.Yes, "seen"))
	require.NotContains(t, w.ask("GET", a.header.Get("Location")).text, "not count yet")
}

// Answers of others, and what an assessor signed, stay as they are.
func TestOtherAnswersStay(t *testing.T) {
	w := opened(t).enter()
	id := w.here()
	w.answers.text = []byte(`- key: four-repeats-reviewed
  practice: A81001
  answer: yes
  date: 2026-03-30
  evidence: seen
  role: practice manager
  verified_by: assessor
  verified_date: 2026-03-31
- key: four-repeats-reviewed
  practice: B00001
  answer: no
  date: 2026-01-01
  evidence: of another practice
  role: manager
`)
	same := answering(rules.Yes, "seen")
	same.Set("role.four-repeats-reviewed", "practice manager")
	same.Set("date.four-repeats-reviewed", "2026-03-30")
	_, given := w.save(id, same)
	require.Len(t, given, 2)
	require.Equal(t, "assessor", given[0].VerifiedBy, "nothing was changed")
	_, given = w.save(id, answering(rules.Yes, "seen again"))
	require.Len(t, given, 2)
	for _, g := range given {
		require.Empty(t, g.VerifiedBy, "what was signed was changed")
		require.Equal(t, g.Practice == "B00001", g.Evidence == "of another practice")
	}
}

// What cannot be an answer is refused by the question, and nothing is changed.
func TestWhatIsNoAnswerIsRefused(t *testing.T) {
	w := opened(t).enter()
	id := w.here()
	before := []byte("- key: four-repeats-reviewed\n  answer: no\n")
	for name, change := range map[string]func(url.Values){
		"another answer": func(f url.Values) { f.Set("answer.four-repeats-reviewed", "perhaps") },
		"no day":         func(f url.Values) { f.Set("date", "yesterday") },
		"long":           func(f url.Values) { f.Set("evidence.four-repeats-reviewed", strings.Repeat("x", longestAnswer+1)) },
		"a count":        func(f url.Values) { f.Set("count.four-repeats-reviewed", "-1") },
	} {
		w.answers.text = before
		form := answering(rules.Yes, "seen")
		change(form)
		a, _ := w.save(id, form)
		require.Equal(t, http.StatusBadRequest, a.status, name)
		require.Contains(t, a.text, `role="alert"`, name)
		require.Equal(t, before, w.answers.text, name)
	}
	w.answers.text = []byte("no answers\n")
	a := w.post("/check/"+id+"/questions", formKind, answering(rules.Yes, "seen").Encode())
	require.Equal(t, http.StatusBadRequest, a.status, "a file that cannot be read is not written over")
	require.Equal(t, "no answers\n", string(w.answers.text))
	w.answers = kept{fails: errors.New("the disk is full")}
	a = w.post("/check/"+id+"/questions", formKind, answering(rules.Yes, "seen").Encode())
	require.Equal(t, http.StatusBadRequest, a.status)
	require.Contains(t, a.text, "the disk is full")
}

// An answer that was given for every practice stays with the others when one of them
// answers for itself.
func TestAnAnswerOfEveryPracticeStaysWithTheOthers(t *testing.T) {
	w := opened(t).enter()
	id := w.here()
	w.answers.text = []byte("- key: four-repeats-reviewed\n  answer: no\n  date: 2026-01-01\n  evidence: of all\n- key: records-summarised\n  practice: B00001\n  answer: yes\n  date: 2026-01-01\n  evidence: seen\n  role: manager\n")
	_, given := w.save(id, answering(rules.Yes, "of one"))
	require.Len(t, given, 3)
	said := map[string]string{}
	for _, d := range given {
		said[d.Key+" "+d.Practice] = d.Answer + " " + d.Evidence
	}
	require.Equal(t, map[string]string{"four-repeats-reviewed A81001": "yes of one", "four-repeats-reviewed B00001": "no of all", "records-summarised B00001": "yes seen"}, said)
}

// A form that was opened before another one was saved takes nothing of it away.
func TestAnOldFormTakesNothingAway(t *testing.T) {
	w := opened(t).enter()
	id := w.here()
	w.save(id, answering(rules.Yes, "seen"))
	_, given := w.save(id, url.Values{"practice": {"0"}, "role": {"practice manager"}})
	require.Len(t, given, 1, "the form did not ask it")
}

// Forms that are saved at a time are all kept.
func TestFormsThatAreSavedAtATimeAreKept(t *testing.T) {
	w := opened(t).enter()
	id := w.here()
	var written rules.Declaration
	done := make(chan struct{})
	slow := &slowly{kept: kept{}, reading: make(chan struct{}), let: make(chan struct{})}
	w.server.Answers = slow
	go func() {
		defer close(done)
		w.post("/check/"+id+"/questions", formKind, answering(rules.Yes, "one").Encode())
	}()
	<-slow.reading // the first holds the answers
	second := make(chan struct{})
	go func() {
		defer close(second)
		w.post("/check/"+id+"/questions", formKind, answering(rules.No, "two").Encode())
	}()
	select {
	case <-slow.reading:
		t.Error("two forms change the answers at a time")
	case <-time.After(100 * time.Millisecond):
	}
	close(slow.let)
	<-done
	<-slow.reading
	<-second
	given, err := rules.ParseAnswers("declarations.yaml", slow.text, w.server.Catalogue.AnswerTerms())
	require.NoError(t, err)
	require.Len(t, given, 1)
	written = given[0]
	require.Equal(t, "two", written.Evidence)
}

// slowly are answers that are read when the test lets them.
type slowly struct {
	kept
	reading, let chan struct{}
}

func (s *slowly) Read() ([]byte, error) {
	s.reading <- struct{}{}
	<-s.let
	return s.kept.Read()
}
