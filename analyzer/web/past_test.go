package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/history"
	"paperlight/analyzer/report"
	"paperlight/analyzer/state"
)

// remembered starts a site whose checks are kept, and lists the records that find returns
// at the moment.
func remembered(t *testing.T, find func() []string) *site {
	file := filepath.Join(t.TempDir(), "history.db")
	w := opened(t, func(s *Server) { s.History, s.HistoryWhere = file, "a folder" }).enter()
	w.server.Check = func(ctx context.Context, c Checking, progress func(string)) error {
		if err := w.check(c, progress); err != nil {
			return err
		}
		list, _, _ := strings.Cut(foundList, "\r\n")
		for _, r := range find() {
			list += "\r\nA81001,p" + r + ",r" + r + ",,not met,why,allergies,"
		}
		return errors.Join(os.WriteFile(filepath.Join(c.To, Lists, "allergy--reaction-recorded.csv"), []byte(list), 0o600), remember(ctx, file, find()))
	}
	return w
}

// remember adds a run to a history, as a check does, and makes one where there is none.
func remember(ctx context.Context, file string, records []string, change ...func(*report.Report)) error {
	h, err := history.Open(file)
	if errors.Is(err, history.ErrNone) {
		key := history.Key{7}
		if err := errors.Join(os.WriteFile(file, nil, 0o600), os.WriteFile(history.KeyFile(file), []byte(key.Text()), 0o600)); err != nil {
			return err
		}
		h, err = history.Make(file, key)
	}
	if err != nil {
		return err
	}
	defer h.Close()
	read, err := report.ReadJSON(strings.NewReader(foundReport))
	if err != nil {
		return err
	}
	for _, c := range change {
		c(read)
	}
	found := history.Found{Rule: "allergy/reaction-recorded", Digest: "00", Listed: true}
	for _, r := range records {
		handle, _ := h.Handle("A81001", found.Rule, "p"+r, "r"+r)
		found.Handles = append(found.Handles, handle)
	}
	adding, err := h.Begin(ctx)
	if err != nil {
		return err
	}
	if _, err := adding.Add(history.Addition{At: time.Now(), Practice: "A81001", Report: read, State: &state.State{Practices: []state.PracticeState{{ID: "A81001"}}}, Found: []history.Found{found}}); err != nil {
		adding.Rollback()
		return err
	}
	return adding.Commit()
}

const reactions = "?rule=allergy%2Freaction-recorded"

// mark ticks the records of patients in a list, and says something of them.
func (w *site) mark(id string, patients []string, said url.Values) answer {
	w.t.Helper()
	list := w.ask("GET", "/check/"+id+"/records"+reactions).text
	said.Set("rule", "allergy/reaction-recorded")
	for _, p := range patients {
		before, _, _ := strings.Cut(list, `" aria-label="Mark record r`+p+`"`)
		said.Add("record", before[strings.LastIndex(before, `"`)+1:])
	}
	return w.post("/check/"+id+"/triage", formKind, said.Encode())
}

// What was said of a record survives the next check; one that was done and comes back is
// said to; one that is gone is fixed.
func TestWhatWasDoneSurvivesTheNextCheck(t *testing.T) {
	records := []string{"1", "2", "3", "4"}
	w := remembered(t, func() []string { return records })
	first := w.here()
	require.NotContains(t, w.ask("GET", "/check/"+first).text, "Since the last check")
	a := w.mark(first, []string{"1", "2"}, url.Values{"to": {"done"}, "initials": {"ab"}})
	require.Equal(t, http.StatusSeeOther, a.status, a.text)
	require.Contains(t, w.ask("GET", a.header.Get("Location")).text, "That is saved")
	require.Equal(t, http.StatusSeeOther, w.mark(first, []string{"3"}, url.Values{"to": {"accepted"}, "reason": {"declined"}, "owner": {"clinician"}}).status)
	list := w.ask("GET", "/check/"+first+"/records"+reactions).text
	require.Equal(t, 2, strings.Count(list, "done, AB ("))
	require.Equal(t, 1, strings.Count(list, "stays as it is, A clinician: The patient was asked and does not want it."))
	require.Contains(t, w.ask("GET", "/check/"+first+"/records"+reactions+"&state=done").text, "2 records as asked for, of 2")

	records = []string{"1", "3", "4", "5"}
	second := w.here()
	require.Contains(t, w.ask("GET", "/check/"+second).text, ": 1 new, 1 fixed, 1 came back, 2 still open.")
	list = w.ask("GET", "/check/"+second+"/records"+reactions).text
	require.Contains(t, list, "came back, AB")
	require.Contains(t, list, "stays as it is, A clinician")
	old := w.ask("GET", "/check/"+first+"/records"+reactions).text
	require.Contains(t, old, "was checked again since")
	require.NotContains(t, old, `name="record"`)

	past := w.ask("GET", "/history").text
	require.Equal(t, 2, strings.Count(past, "/check/run-"))
	require.Contains(t, past, "1 new, 1 fixed, 1 came back, 2 still open")
	require.Contains(t, w.ask("GET", "/history/compare?before=1&after=2").text, "1 new, 1 fixed, 1 came back, 2 still open")
	require.Contains(t, w.ask("GET", "/history/changed.csv?before=1&after=2").text, "1 new, 1 fixed, 1 came back, 2 still open")
	require.Contains(t, w.ask("GET", "/history/checks.csv?practice=A81001").text, "1 new, 1 fixed, 1 came back, 2 still open")
	require.Contains(t, w.ask("GET", "/history/checks.xlsx?practice=A81001").header.Get("Content-Type"), "spreadsheetml")
	require.Equal(t, http.StatusNotFound, w.ask("GET", "/history/checks.csv?practice=no").status)
	require.Contains(t, w.ask("GET", "/check/"+second+"/readiness.csv").text, "Summary Care Record")
	run := w.ask("GET", "/check/run-2")
	require.Contains(t, run.text, "Each allergy has a severity")
	require.NotContains(t, run.text, "/again")
	for _, path := range []string{"/check/run-3", "/check/run-0", "/check/run-02", "/check/run-x", "/check/run-1/records" + reactions, "/check/run-1/questions", "/check/run-1/report", "/history/compare?before=1&after=9", "/history/compare?before=2&after=1", "/history/compare"} {
		require.Equal(t, http.StatusNotFound, w.ask("GET", path).status, path)
	}
	require.Equal(t, http.StatusNotFound, w.post("/check/run-1/again", formKind, "").status)
	require.Equal(t, http.StatusNotFound, w.post("/check/run-1/why", formKind, "rule=allergy/coded&patient=p").status)
}

// The same extract once more is not another check, and can be marked all the same.
func TestTheSameExtractTwiceIsOneCheck(t *testing.T) {
	w := remembered(t, func() []string { return []string{"1"} })
	w.here()
	again := w.here()
	require.Equal(t, 1, strings.Count(w.ask("GET", "/history").text, "/check/run-"))
	require.Equal(t, http.StatusSeeOther, w.mark(again, []string{"1"}, url.Values{"to": {"done"}}).status)
}

// Records that have other keys than before are never called fixed.
func TestRecordsWithOtherKeysAreNotCalledFixed(t *testing.T) {
	records := strings.Fields(strings.Repeat("a ", 1))
	for i := range 60 {
		records = append(records, "x"+strings.Repeat("i", i))
	}
	w := remembered(t, func() []string { return records })
	w.here()
	for i := range records {
		records[i] = "other" + records[i]
	}
	page := w.ask("GET", "/check/"+w.here()).text
	require.Contains(t, page, "cannot be linked to those of the last check")
	require.NotContains(t, page, "fixed")
}

// What cannot be said is refused, in words.
func TestWhatCannotBeSaidOfARecordIsRefused(t *testing.T) {
	w := remembered(t, func() []string { return []string{"1"} })
	id := w.here()
	for name, form := range map[string]url.Values{
		"nothing":            {},
		"no state":           {"owner": {"clinician"}},
		"another state":      {"to": {"gone"}},
		"reopened":           {"to": {"reopened"}},
		"without a reason":   {"to": {"accepted"}},
		"a reason of theirs": {"to": {"accepted"}, "reason": {"because"}},
		"a name":             {"to": {"done"}, "initials": {"Annabel"}},
	} {
		a := w.mark(id, []string{"1"}, form)
		require.Contains(t, []int{http.StatusBadRequest, http.StatusConflict}, a.status, name)
		require.Contains(t, a.text, "That did not work", name)
	}
	require.Equal(t, http.StatusBadRequest, w.mark(id, nil, url.Values{"to": {"done"}}).status)
	require.Equal(t, http.StatusConflict, w.mark(id, nil, url.Values{"to": {"done"}, "record": {"12345"}}).status, "a record that is not listed")
	require.Equal(t, http.StatusBadRequest, w.mark(id, nil, url.Values{"to": {"done"}, "record": {"x"}}).status)
	require.NotContains(t, w.ask("GET", "/check/"+id+"/records"+reactions).text, "done (")
}

// What is kept is erased when somebody is sure, of one practice or of all.
func TestWhatIsKeptIsErased(t *testing.T) {
	w := remembered(t, func() []string { return []string{"1"} })
	w.server.Erase = func() error {
		return errors.Join(os.Remove(w.server.History), os.Remove(history.KeyFile(w.server.History)))
	}
	w.here()
	require.Equal(t, http.StatusBadRequest, w.post("/history/erase", formKind, "practice=A81001").status)
	require.Contains(t, w.ask("GET", "/history").text, "/check/run-1")
	require.Contains(t, w.ask("GET", "/history").text, `name="practice" value="A81001"`, "by its id: others may share its code")
	require.Equal(t, http.StatusSeeOther, w.post("/history/erase", formKind, "practice=A81001&sure=yes").status)
	require.NotContains(t, w.ask("GET", "/history").text, "/check/run-1")
	w.here()
	require.Equal(t, http.StatusSeeOther, w.post("/history/erase", formKind, "sure=yes").status)
	require.NotContains(t, w.ask("GET", "/history").text, "/check/run-")
}

// A check that could not be added to the history stands, and says so.
func TestACheckThatIsNotKeptStands(t *testing.T) {
	w := opened(t).enter()
	w.server.Check = func(_ context.Context, c Checking, progress func(string)) error {
		return errors.Join(w.check(c, progress), &NotKept{"the history has a <later> run"})
	}
	page := w.ask("GET", "/check/"+w.here()).text
	require.Contains(t, page, "This check was not added to what was found before: the history has a &lt;later&gt; run")
	require.Contains(t, page, "Each allergy has a severity")
}

// A history that is damaged stops no check, and is said.
func TestADamagedHistoryStopsNothing(t *testing.T) {
	w := opened(t, func(s *Server) { s.History = filepath.Join(t.TempDir(), "history.db") }).enter()
	require.NoError(t, os.WriteFile(w.server.History, []byte("not a history at all, and long enough to be looked at as one by its first bytes, one hundred of them.."), 0o600))
	page := w.ask("GET", "/check/"+w.here())
	require.Contains(t, page.text, "What was found before cannot be read")
	require.Contains(t, page.text, "Each allergy has a severity")
	require.Contains(t, w.ask("GET", "/history").text, "cannot be read")
}

// Whoever marks records on a later page of a list comes back to it.
func TestMarkingKeepsThePageOfTheList(t *testing.T) {
	var records []string
	for i := range recordsShown + 5 {
		records = append(records, strconv.Itoa(i))
	}
	w := remembered(t, func() []string { return records })
	id := w.here()
	require.Contains(t, w.ask("GET", "/check/"+id+"/records"+reactions+"&page=1").text, `name="page" value="1"`)
	a := w.mark(id, []string{"3"}, url.Values{"to": {"done"}, "page": {"1"}})
	require.Contains(t, a.header.Get("Location"), "page=1")
	require.Contains(t, w.ask("GET", a.header.Get("Location")).text, "you see 201 to 205")
}

// A report of more practices than a page can show is not read, and that is said.
func TestAReportThatIsTooLargeIsNotRead(t *testing.T) {
	w := opened(t).enter()
	w.server.Check = func(_ context.Context, c Checking, progress func(string)) error {
		return errors.Join(w.check(c, progress), os.Truncate(filepath.Join(c.To, ReportData), mostReport+1))
	}
	require.Contains(t, w.ask("GET", "/check/"+w.here()).text, "more practices than a page can show")
}

// A practice without an id is erased alone.
func TestAPracticeWithoutAnIDIsErasedAlone(t *testing.T) {
	w := remembered(t, func() []string { return []string{"1"} })
	w.here()
	require.Equal(t, http.StatusSeeOther, w.post("/history/erase", formKind, "practice=&sure=yes").status)
	require.Contains(t, w.ask("GET", "/history").text, "/check/run-1")
}

// Of two checks of one practice that go on at a time, each tells what became of its own
// records.
func TestChecksAtATimeAreNotTakenForEachOther(t *testing.T) {
	records := []string{"1", "2"}
	w := remembered(t, func() []string { return records })
	w.here()
	check := w.server.Check
	w.server.Check = func(ctx context.Context, c Checking, progress func(string)) error {
		if err := check(ctx, c, progress); err != nil {
			return err
		}
		// Another check of the practice ends before this one looks.
		return remember(ctx, w.server.History, []string{"1", "2", "3", "4", "5"}, func(r *report.Report) { r.Practices[0].Name = "Another" })
	}
	records = []string{"1", "2", "3"}
	require.Contains(t, w.ask("GET", "/check/"+w.here()).text, ": 1 new, 2 still open.")
}

// Where a check could judge nothing, no other keys are made out to be the reason.
func TestACheckThatJudgedNothingIsNotCalledUnlinked(t *testing.T) {
	m := &movement{Movement: history.Movement{Before: 1, Linked: true}, before: "1 May 2026"}
	require.NotContains(t, m.Words(), "other keys")
	require.Contains(t, m.Words(), "no check could be held against")
	require.NotContains(t, runLineOf(&history.Point{Run: history.Run{Before: 1, Linked: true}}).Moved, "linked")
}
