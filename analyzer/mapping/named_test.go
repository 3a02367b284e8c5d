package mapping

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/extract"

	"paperlight/internal/fixture"
)

// oddEntries are what may lie in an extract beside its tables.
var oddEntries = []string{
	"allergies.xlsx", "events.zip", "events.csv.gpg", "medications.parq", "letter.pdf", "notes.md", "numbers.txt", "_SUCCESS", "_committed_1", ".hidden.csv",
	".events.csv.icloud", ".cache/x.csv", "old/patients.csv", "old/deeper/events.csv", "events/_temporary/x.csv", "events/code_system=sct/part.csv", "events/part-1.csv",
	"events/part-1.csv.crc", "problems/_delta_log/0.json", "results/2025/a.csv", "patients.csv.bak", "~$patients.csv", "events.sqlite", "other/part.tar", "data.orc",
	"spare/_delta_log/0.json", "spare/a.csv", "link:referrals.csv", "link:other.csv",
}

// Whatever lies in an extract is read, refused by name or named by inspect.
func TestEverythingInAnExtractIsReadRefusedOrNamed(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 6))
	read, refused := 0, 0
	for n := range 150 {
		put := map[string]bool{}
		for range 1 + r.IntN(4) {
			put[oddEntries[r.IntN(len(oddEntries))]] = true
		}
		if n < len(oddEntries) {
			put = map[string]bool{oddEntries[n]: true}
		}
		x, err := Open(context.Background(), []string{extractWith(t, put)}, Options{})
		if err != nil {
			refused++
			hint := ""
			var e *RefusedError
			if errors.As(err, &e) {
				hint = e.Hint
			}
			require.True(t, names(put, err.Error()+" "+hint), "%v: %v (%s)", put, err, hint)
			continue
		}
		read++
		said := inspected(x)
		for entry := range put {
			require.True(t, names(map[string]bool{entry: true}, said), "%s of %v is named nowhere:\n%s", entry, put, said)
		}
		require.NoError(t, x.Close())
	}
	require.Greater(t, read, 20)
	require.Greater(t, refused, 20)
}

// extractWith makes an extract of three tables, and puts the entries beside them.
func extractWith(t *testing.T, put map[string]bool) string {
	t.Helper()
	files := map[string]string{"patients.csv": "patient_id\n1\n", "practice.csv": "practice_id\nP\n"}
	var links []string
	for entry := range put {
		if name, link := strings.CutPrefix(entry, "link:"); link {
			links = append(links, name)
			continue
		}
		files[entry] = "event_id,patient_id\n1,1\n"
	}
	dir := folder(t, files)
	for _, name := range links {
		if !fixture.Link(t, filepath.Join("..", "elsewhere.csv"), filepath.Join(dir, name)) {
			t.Skip("links need a right that most people lack there")
		}
	}
	return dir
}

// inspected is what inspect names of the files.
func inspected(x *extract.Extract) string {
	var b strings.Builder
	for _, f := range Describe(x).Files {
		fmt.Fprintln(&b, f.Name)
	}
	for _, note := range slices.Concat(x.Notes, notes(x)) {
		fmt.Fprintln(&b, note)
	}
	return b.String()
}

// names reports whether the text names one of the entries, or a folder that it lies in.
func names(entries map[string]bool, text string) bool {
	for entry := range entries {
		name := strings.TrimPrefix(entry, "link:")
		for at := name; at != "."; at = path.Dir(at) {
			if strings.Contains(text, at) && (at == name || strings.Contains(text, at+"/") || strings.Contains(text, at+" ")) {
				return true
			}
		}
		if strings.HasSuffix(name, ".icloud") && strings.Contains(text, strings.TrimPrefix(name, ".")) {
			return true
		}
	}
	return false
}
