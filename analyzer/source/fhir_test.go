package source

import (
	"archive/zip"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFHIRIsToldWhatItIs(t *testing.T) {
	const bundle = "\xef\xbb\xbf\n{ \"resourceType\": \"Bundle\", \"entry\": []}"
	dir := t.TempDir()
	folder, archive := filepath.Join(dir, "fhir"), filepath.Join(dir, "fhir.zip")
	require.NoError(t, os.Mkdir(folder, 0o755))
	for name, text := range map[string]string{"a.json": `{"title": "none"}`, "b.JSON": bundle} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
	}
	f, err := os.Create(archive)
	require.NoError(t, err)
	z := zip.NewWriter(f)
	w, err := z.Create("patients/Patient.ndjson")
	require.NoError(t, err)
	_, err = w.Write([]byte(bundle))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	require.NoError(t, f.Close())
	for path, name := range map[string]string{folder: "fhir", archive: "fhir.zip", filepath.Join(folder, "b.JSON"): "b.JSON"} {
		_, err := Open([]string{path}, Options{})
		var e *DecodeError
		require.ErrorAs(t, err, &e)
		require.EqualError(t, e, name+": this looks like FHIR JSON, which is not read yet")
		require.NotEmpty(t, e.Hint)
	}
	require.NoError(t, os.Remove(filepath.Join(folder, "b.JSON")))
	_, err = Open([]string{folder}, Options{})
	require.ErrorContains(t, err, "no data file found", "JSON of another kind")
	// Beside a table it is a file like any other.
	require.NoError(t, os.WriteFile(filepath.Join(folder, "b.json"), []byte(bundle), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "patients.csv"), []byte("patient_id\np1\n"), 0o600))
	b, err := Open([]string{folder}, Options{})
	require.NoError(t, err)
	require.Equal(t, []string{"a.json", "b.json"}, b.Ignored)
	require.NoError(t, b.Close())
}
