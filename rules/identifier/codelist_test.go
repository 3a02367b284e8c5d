package identifier_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/internal/fixture"
	"paperlight/rules/identifier"
)

func TestPublishedCodesInTestdata(t *testing.T) {
	sctids := lines(t, "testdata/pincer-sctids.txt")
	require.Len(t, sctids, 89)
	for _, id := range sctids {
		require.True(t, identifier.SCTIDConcept([]byte(id)), id)
		requireDamageIsFound(t, []byte(id))
	}
	codes := lines(t, "testdata/ethnicity-ctv3.txt")
	require.Len(t, codes, 40)
	for _, code := range codes {
		require.False(t, identifier.SCTIDValid([]byte(code)), code)
		require.True(t, identifier.CTV3Valid([]byte(code)), code)
	}
}

func TestPublishedCodelists(t *testing.T) {
	folder := fixture.Shared(t, "data", "opensafely-pincer-codelists")
	files, err := filepath.Glob(filepath.Join(folder, "*.csv"))
	require.NoError(t, err)
	sctids, ctv3 := 0, 0
	for _, file := range files {
		isCTV3 := strings.HasPrefix(filepath.Base(file), "opensafely-ethnicity")
		column := 0
		if isCTV3 {
			column = 1
		}
		for _, row := range rows(t, file) {
			code := []byte(row[column])
			if isCTV3 {
				ctv3++
				require.False(t, identifier.SCTIDValid(code), "%s", code)
				continue
			}
			sctids++
			require.True(t, identifier.SCTIDValid(code), "%s", code)
			require.True(t, identifier.SCTIDConcept(code), "%s", code)
			require.False(t, identifier.SCTIDRounded(code), "%s", code)
		}
	}
	require.Equal(t, 10068, sctids)
	require.Equal(t, 270, ctv3)
}

func lines(t *testing.T, path string) []string {
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return strings.Fields(string(data))
}

// rows returns the rows of a CSV file without its header.
func rows(t *testing.T, path string) [][]string {
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	all, err := csv.NewReader(file).ReadAll()
	require.NoError(t, err)
	return all[1:]
}
