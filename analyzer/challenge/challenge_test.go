package challenge

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var about = About{Practice: "A80000", AsOf: "2026-03-31", Extract: strings.Repeat("a", 64), Rules: strings.Repeat("b", 64), Scheme: strings.Repeat("c", 64)}

// handles are those of some records under a key.
func handles(key Key, n int) (out []string) {
	for i := range n {
		out = append(out, key.Handle(&Record{Practice: "A80000", Rule: "a/one", Patient: "p", ID: strings.Repeat("x", i)}))
	}
	return out
}

func contested(t *testing.T) *File {
	f := New(about)
	number, err := f.Open("2026-04-01", "a/one", "record_right", 10, handles(Key{1}, 3))
	require.NoError(t, err)
	require.Equal(t, 1, number)
	number, err = f.Open("2026-04-02", "b/two", "other_code", 5, handles(Key{2}, 1))
	require.NoError(t, err)
	require.Equal(t, 2, number)
	require.NoError(t, f.Decide("2026-04-09", 1, Upheld, "seen"))
	return f
}

func TestAHandleOpensWithItsKeyAlone(t *testing.T) {
	t.Parallel()
	r := Record{Practice: "A80000", Rule: "a/one", Patient: "p1", ID: "r1", Date: "2026-01-01", Code: "1"}
	handle := Key{1}.Handle(&r)
	require.Regexp(t, `^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$`, handle)
	require.NotEqual(t, handle, Key{2}.Handle(&r), "the wrong key opens nothing")
	for _, other := range []Record{{"A80001", "a/one", "p1", "r1", "2026-01-01", "1"}, {"A80000", "a/two", "p1", "r1", "2026-01-01", "1"}, {"A80000", "a/one", "p2", "r1", "2026-01-01", "1"},
		{"A80000", "a/one", "p1", "r2", "2026-01-01", "1"}, {"A80000", "a/one", "p1r", "1", "2026-01-01", "1"}, {"A80000", "a/one", "p1", "r1", "", "1"}, {"A80000", "a/one", "p1", "r1", "2026-01-01", ""}} {
		require.NotEqual(t, handle, Key{1}.Handle(&other))
	}
	typed, ok := ParseHandle(" " + strings.ToLower(strings.ReplaceAll(handle, "-", "")))
	require.True(t, ok)
	require.Equal(t, handle, typed)
	typed, ok = ParseHandle("oi1l-0000-0000")
	require.True(t, ok)
	require.Equal(t, "0111-0000-0000", typed)
	for _, wrong := range []string{"", "4KQ7", "4KQ7-9XWM-2TBU", handle + "0"} {
		_, ok = ParseHandle(wrong)
		require.False(t, ok, wrong)
	}
}

func TestAFileIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	f := contested(t)
	text, err := f.Text()
	require.NoError(t, err)
	again, err := Read(text)
	require.NoError(t, err)
	require.Equal(t, f, again)
	require.NoError(t, again.Decide("2026-04-09", 2, Changed, "codes"), "more steps may follow")
	later, err := again.Text()
	require.NoError(t, err)
	begins, _, _ := bytes.Cut(text, []byte("\n  ],\n"))
	require.True(t, bytes.HasPrefix(later, begins), "what was there stays")

	var out bytes.Buffer
	require.NoError(t, List([]*File{again}).Text(&out))
	require.Equal(t, `Practice A80000, as of 2026-03-31: 2 challenges, 0 open
  1: a/one, 3 of the 10 records that do not meet it. Opened on 2026-04-01: The record is right as it is.
     Decided on 2026-04-09: upheld. The practice is right: these records are not at fault. We saw the record.
  2: b/two, 1 of the 5 records that do not meet it. Opened on 2026-04-02: It is recorded, with a code that the check does not know.
     Decided on 2026-04-09: changed. The check, a code list or the reading of the extract is to change. A code list is to change.
`, out.String())
	for _, h := range handles(Key{1}, 3) {
		require.NotContains(t, out.String(), h)
	}
}

func TestStepsFollowOneAnother(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		step func(f *File) error
		says string
	}{
		"decided before opened": {func(f *File) error { return New(about).Decide("2026-04-01", 1, Upheld, "seen") }, "there is no challenge 1"},
		"decided twice":         {func(f *File) error { return f.Decide("2026-04-10", 1, Dismissed, "seen") }, "challenge 1 is decided already, on 2026-04-09"},
		"an earlier day":        {func(f *File) error { return f.Decide("2026-04-08", 2, Dismissed, "seen") }, "the last step is of 2026-04-09"},
		"no day":                {func(f *File) error { return f.Decide("today", 2, Dismissed, "seen") }, "YYYY-MM-DD"},
		"another outcome":       {func(f *File) error { return f.Decide("2026-04-10", 2, "maybe", "seen") }, "want an outcome of the list"},
		"grounds of another":    {func(f *File) error { return f.Decide("2026-04-10", 2, Dismissed, "codes") }, "want one of the grounds for dismissed"},
		"a handle again": {func(f *File) error {
			_, err := f.Open("2026-04-10", "a/one", "others", 10, handles(Key{1}, 1))
			return err
		}, "is contested already, in challenge 1"},
		"a handle twice": {func(f *File) error {
			h := handles(Key{9}, 1)[0]
			_, err := f.Open("2026-04-10", "a/one", "others", 10, []string{h, h})
			return err
		}, "is given twice"},
		"no handle": {func(f *File) error { _, err := f.Open("2026-04-10", "a/one", "others", 10, nil); return err }, "want the handle"},
		"what is none": {func(f *File) error {
			_, err := f.Open("2026-04-10", "a/one", "others", 10, []string{"patient p1"})
			return err
		}, "want handles of the form"},
		"another reason": {func(f *File) error {
			_, err := f.Open("2026-04-10", "a/one", "because I say so", 10, handles(Key{9}, 1))
			return err
		}, "want a reason of the list"},
		"more than do not meet": {func(f *File) error {
			_, err := f.Open("2026-04-10", "a/one", "others", 1, handles(Key{9}, 2))
			return err
		}, "2 records are contested, and 1 do not meet the check"},
		"a challenge that isn't": {func(f *File) error { return f.Decide("2026-04-10", 3, Dismissed, "seen") }, "there is no challenge 3"},
	} {
		f := contested(t)
		before, err := f.Text()
		require.NoError(t, err)
		err = c.step(f)
		require.ErrorContains(t, err, c.says, name)
		require.NotContains(t, err.Error(), "I say so")
		after, err := f.Text()
		require.NoError(t, err)
		require.Equal(t, before, after, "%s: nothing was added", name)
	}
}

// Whatever letter of a file is changed, it is refused.
func TestAFileThatWasEditedIsRefused(t *testing.T) {
	t.Parallel()
	text, err := contested(t).Text()
	require.NoError(t, err)
	for _, change := range [][2]string{{`"upheld"`, `"dismissed"`}, {`"count": 3`, `"count": 2`}, {"2026-04-09", "2026-04-10"}, {"a/one", "a/two"}, {"A80000", "A80001"}, {`"failing": 10`, `"failing": 11`}, {"record_right", "others"}} {
		changed := bytes.Replace(text, []byte(change[0]), []byte(change[1]), 1)
		require.NotEqual(t, text, changed)
		_, err := Read(changed)
		require.ErrorContains(t, err, "was changed by hand", change[0])
	}
	for i := range text {
		changed := bytes.Clone(text)
		changed[i] ^= 1
		_, err := Read(changed)
		require.Error(t, err, "letter %d", i)
	}
	cut := contested(t)
	cut.Steps = cut.Steps[:2]
	shorter, err := cut.Text()
	require.NoError(t, err)
	_, err = Read(shorter)
	require.ErrorContains(t, err, "or cut: step 2")
	for _, other := range []string{"", "[]", "{}", `{"kind":"paperlight challenges"}`, strings.Replace(string(text), "{", `{"note":"Mr Smith",`, 1)} {
		_, err := Read([]byte(other))
		require.Error(t, err)
	}
}

// A file of as many steps as there may be is read in one go over them: one that goes
// through all steps for each would take minutes, and this test with it.
func TestAFileOfManyStepsIsRead(t *testing.T) {
	t.Parallel()
	f := New(about)
	for i := range maxSteps {
		_, err := f.Open("2026-04-01", "a/one", "record_right", maxHandles, manyHandles(i*maxHandles/maxSteps, maxHandles/maxSteps))
		require.NoError(t, err)
	}
	require.ErrorContains(t, f.Decide("2026-04-01", 1, Upheld, "seen"), "takes no more")
	text, err := f.Text()
	require.NoError(t, err)
	require.LessOrEqual(t, len(text), MaxBytes)
	again, err := Read(text)
	require.NoError(t, err)
	require.Len(t, again.Challenges(), maxSteps)

	f = New(about)
	_, err = f.Open("2026-04-01", "a/one", "record_right", 2*maxHandles, manyHandles(0, maxHandles))
	require.NoError(t, err)
	_, err = f.Open("2026-04-01", "a/one", "record_right", 2*maxHandles, manyHandles(maxHandles, 1))
	require.ErrorContains(t, err, "records are contested")
}

// manyHandles are handles in their order, those from a number on.
func manyHandles(from, n int) (out []string) {
	for i := from; i < from+n; i++ {
		handle, _ := ParseHandle(fmt.Sprintf("%012d", i))
		out = append(out, handle)
	}
	return out
}

func TestACheckIsToldByItsIdAlone(t *testing.T) {
	t.Parallel()
	for _, rule := range []string{"", "John Smith", "a/one two", "a", "a/One", "a/one\n", "a/" + strings.Repeat("x", longestRule)} {
		_, err := New(about).Open("2026-04-01", rule, "record_right", 10, handles(Key{1}, 1))
		require.ErrorIs(t, err, errNotOurs, rule)
	}
}
