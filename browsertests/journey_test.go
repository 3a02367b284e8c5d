package browsertests

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// The forms of the first page.
const (
	hereForm    = "form[action$='/here']"
	uploadForm  = "form.upload"
	zipField    = uploadForm + " [multiple]:not([webkitdirectory])"
	folderField = uploadForm + " [webkitdirectory]"
)

// drop drops a file or a folder on the page, as the system of the user does.
func (p *tab) drop(path string) {
	p.Helper()
	event := func(kind input.DispatchDragEventType) step {
		return func(ctx context.Context, _ *chromedp.Target) (done chromedp.Void, err error) {
			_, err = chromedp.Call(ctx, input.DispatchDragEvent, input.DispatchDragEventParams{Type: kind, X: 400, Y: 400, Data: &input.DragData{Items: []*input.DragDataItem{}, Files: []string{path}, DragOperationsMask: 1}})
			return done, err
		}
	}
	p.do(event(input.DispatchDragEventTypeDragEnter), event(input.DispatchDragEventTypeDragOver))
	require.True(p, ask[bool](p, "document.body.classList.contains('over')"), "the page shows that it takes what is dropped")
	p.arrive(event(input.DispatchDragEventTypeDrop))
}

// acceptTestNumbers says in a form of the first page that the records are made up.
func (p *tab) acceptTestNumbers(form string) {
	p.Helper()
	p.click(form+" summary", "Settings")
	p.click(form+" [name=test_numbers]", "")
}

// found waits for what a check found.
func (p *tab) found() {
	p.Helper()
	p.until("document.querySelector('.verdict, pre.said')")
	require.NotEmpty(p, p.text(".verdict"), "the check failed:\n%s", p.begins())
}

// upload checks a zip of made-up records, chosen on the first page.
func (p *tab) upload(file string) {
	p.Helper()
	p.visit(p.home)
	p.acceptTestNumbers(uploadForm)
	p.do(chromedp.SetUploadFiles(chromedp.CSS(zipField), []string{file}))
	p.follow(uploadForm+" button", "Check it")
	p.found()
}

// checked is a tab that shows what was found in an extract of made-up records.
func checked(t *testing.T, folder string) *tab {
	t.Helper()
	p := open(t, serve(t, folder))
	p.acceptTestNumbers(hereForm)
	p.follow(hereForm+" button", "Check it")
	p.found()
	return p
}

// list follows the number beside the check of a title, to its records.
func (p *tab) list(title string) {
	p.Helper()
	at := slices.Index(p.texts(titles), title)
	require.GreaterOrEqual(p, at, 0, "no check %q", title)
	p.follow(fmt.Sprintf(".tasks > li:nth-child(%d) .beside a", at+1), "")
	require.Equal(p, title, p.text("h1"))
}

// onRepeat is a check with many records in the practice that is made up.
const onRepeat = "Patients on repeat medicines have an allergy status"

// From the first address to proof that the work shrinks, as a practice manager goes.
func TestTheWholeJourney(t *testing.T) {
	t.Parallel()
	p := open(t, serve(t))
	require.Equal(p, "Is your practice ready?", p.text("h1"))
	p.acceptTestNumbers(uploadForm)
	p.drop(zipped(t, made(t, "--as-of", today()), "march.zip"))
	p.found()
	require.Equal(p, "Made-up Surgery 00001", p.text("h1"))
	require.Contains(p, p.text(".verdict"), "Not ready yet: 27 questions")

	p.follow(".next a", "Answer 29 questions")
	question := p.text("fieldset:has([value=yes]) legend")
	p.click("fieldset:has([value=yes]) [value=yes]", "")
	p.write("fieldset:has([value=yes]) [name^=evidence]", "the folder in the office")
	p.write("[name=role]", "practice manager")
	p.follow("button", "Save, and check again")
	p.found()
	require.Contains(p, p.text(".verdict"), "26 questions", "%q is answered", question)
	require.Equal(p, "Answer 28 questions", p.text(".next a"))

	p.list(onRepeat)
	p.click("tbody tr:nth-child(1) [name=record]", "")
	p.click("tbody tr:nth-child(2) [name=record]", "")
	p.click("[name=to][value=done]", "")
	p.write("[name=initials]", "ab")
	p.follow("#mark button", "Save")
	require.Contains(p, p.text(".good-news"), "That is saved.")
	marked := p.texts("tbody tr:has(td:nth-last-child(2):not(:empty)) th")
	require.Len(p, marked, 2)

	p.upload(zipped(t, made(t, "--as-of", today(), "--fault", "allergy/repeat-patient-status-recorded=0.02", "--fault", "coding/sctid-valid=0.002"), "april.zip"))
	require.Regexp(p, `^Since the last check, on .*: [0-9,]+ new, [0-9,]+ fixed, .*still open\.$`, p.text(".moved"))

	p.upload(zipped(t, made(t, "--as-of", today()), "may.zip"))
	p.list(onRepeat)
	require.Contains(p, p.texts("tbody tr td:nth-last-child(2)"), "came back, AB ("+ask[string](p, "new Date().toLocaleDateString('en-GB', {day: 'numeric', month: 'long', year: 'numeric'})")+")", "what was done and is there again has come back")

	p.visit(p.home)
	p.follow("a", "What was found before")
	require.Equal(p, 4, p.count("tbody tr"))
	p.follow("a", "What changed")
	require.Contains(p, p.text("pre.said"), "Made-up Surgery 00001")
	require.NotZero(p, p.count("tbody tr"))
}

func TestADroppedFolderIsChecked(t *testing.T) {
	t.Parallel()
	p := open(t, serve(t))
	p.drop(realExtract(t))
	p.found()
	require.Contains(p, p.text(".verdict"), "This extract is damaged or incomplete.")
	practices := p.texts("nav[aria-label=Practices] a")
	require.Greater(p, len(practices), 3)
	p.follow("nav[aria-label=Practices] a", practices[2])
	require.Equal(p, practices[2], p.text("nav [aria-current]"))
	require.Equal(p, practices[2], p.text("h1"))
}

func TestAChosenFolderIsChecked(t *testing.T) {
	t.Parallel()
	p := open(t, serve(t))
	p.acceptTestNumbers(uploadForm)
	p.do(chromedp.SetUploadFiles(chromedp.CSS(folderField), []string{made(t)}))
	p.until("document.querySelector(" + quoted(folderField) + ").files.length > 0") // the browser walks the folder meanwhile
	p.follow(uploadForm+" button", "Check it")
	p.found()
	require.Equal(p, "Made-up Surgery 00001", p.text("h1"))
	require.Contains(p, p.text("main"), "practice, checked on", "the extract has the name of the folder")
}

// The page says how far the check is, without being loaded again.
func TestProgressIsShown(t *testing.T) {
	t.Parallel()
	p := open(t, serve(t, made(t, "--patients", "20000")))
	p.acceptTestNumbers(hereForm)
	p.follow(hereForm+" button", "Check it")
	p.do(chromedp.Evaluate[chromedp.Void]("window.stays = true"))
	first := p.text("#progress")
	p.until("window.stays && document.querySelector('#progress').textContent !== " + quoted(first))
	p.found()
	require.Contains(p, p.events(), "ended", "the page waits for events")
}

// What is stopped says so, and nothing of it is shown.
func TestACheckCanBeStopped(t *testing.T) {
	t.Parallel()
	p := open(t, serve(t, made(t, "--patients", "20000")))
	p.follow(hereForm+" button", "Check it")
	p.follow("main form button", "Stop this")
	p.until("document.querySelector('h1').textContent === 'You stopped it'")
	require.Zero(p, p.count(".verdict, pre.said"))
}
