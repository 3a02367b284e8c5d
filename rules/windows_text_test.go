package rules

import (
	"testing"
	"testing/fstest"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/visible"
)

// inUTF16 is text as PowerShell and Notepad can save it.
func inUTF16(text []byte) []byte {
	out := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(string(text))) {
		out = append(out, byte(unit), byte(unit>>8))
	}
	return out
}

// Every file of a rule folder is read with a byte-order mark as without, and one in UTF-16
// is named for that.
func TestFilesOfAFolderAsWindowsSavesThem(t *testing.T) {
	const cases = "medication/testdata/dose-recorded.txtar"
	plain := folder(goodPage, cases, "as-of: 2026-03-31\n-- a/want --\nnumerator: 1\n", "prevalence.yaml",
		"title: Town\ndated: \"2026-04\"\nregisters:\n  - {register: review, percent: 7.25, year: 2025/26, source: our own count}\n")
	want, err := Load(plain)
	require.NoError(t, err)
	files := plain.FS.(fstest.MapFS)
	for name, file := range files {
		if name == "medication/README.md" || name == "medication/testdata/README" || name == "medication/testdata/none.txt" {
			continue // nobody reads it
		}
		with := func(text []byte) (*Catalogue, error) {
			changed := fstest.MapFS{}
			for other := range files {
				changed[other] = files[other]
			}
			changed[name] = &fstest.MapFile{Data: text}
			return Load(Folder{FS: changed, Name: plain.Name})
		}
		got, err := with(append([]byte("\ufeff"), file.Data...))
		require.NoError(t, err, name)
		require.Equal(t, want.Rules[0].Title, got.Rules[0].Title, name)
		require.Equal(t, want.Rules[0].Cases, got.Rules[0].Cases, name)
		require.Equal(t, want.Lists["review"].Codes, got.Lists["review"].Codes, name)
		require.Equal(t, want.Prevalence.Shares(), got.Prevalence.Shares(), name)
		require.Equal(t, name == cases, want.SHA256 == got.SHA256, "the digest of %s is of the file as it is", name)
		_, err = with(inUTF16(file.Data))
		require.ErrorContains(t, err, "local/"+name+":1:1: "+visible.UTF16Fault+"\n    hint: "+visible.UTF16Hint, name)
	}
}

func TestAnswersAndSchemesAsWindowsSavesThem(t *testing.T) {
	answer := []byte("- key: audit-trail-on\r\n  answer: yes\r\n  date: 2026-03-01\r\n")
	want, err := ParseAnswers("d.yaml", answer, answerKeys)
	require.NoError(t, err)
	got, err := ParseAnswers("d.yaml", append([]byte("\ufeff"), answer...), answerKeys)
	require.NoError(t, err)
	require.Equal(t, want, got)
	_, err = ParseAnswers("d.yaml", inUTF16(answer), answerKeys)
	require.ErrorContains(t, err, "d.yaml:1:1: "+visible.UTF16Fault)

	c, err := Embedded()
	require.NoError(t, err)
	scheme := []byte("id: ours\nversion: \"1\"\ntitle: Ours\nstatement: England 2026, and ours.\nextends: england-2026\n")
	_, plainErr := LoadScheme("ours.yaml", scheme, c)
	_, err = LoadScheme("ours.yaml", append([]byte("\ufeff"), scheme...), c)
	require.Equal(t, plainErr, err)
	_, err = LoadScheme("ours.yaml", inUTF16(scheme), c)
	require.ErrorContains(t, err, "ours.yaml:1:1: "+visible.UTF16Fault)
}
