package report

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatShowsThatFilesArrivedWhole(t *testing.T) {
	for want, i := range map[string]Integrity{
		"The files are those that were sent: each was compared with SHA256SUMS.":                                                                                                  {Lists: []string{"SHA256SUMS"}},
		"The files in a.csv.gz.sha256 are those that were sent. No list names the others. Each of those holds a checksum, which shows only that it was copied whole.":             {Lists: []string{"a.csv.gz.sha256"}, Unlisted: 2},
		"The files arrived whole: each holds a checksum, and it was right. No list of checksums came with them.":                                                                  {},
		"The files in a.csv.sha256 are those that were sent. Nothing shows whether the others arrived whole: b.csv.":                                                              {Lists: []string{"a.csv.sha256"}, Unvouched: 1, Files: []string{"b.csv"}},
		"Nothing shows whether the files arrived whole and unchanged. No list of checksums (SHA256SUMS) came with them, and there is none inside a.csv and b.csv.":                {Unvouched: 2, Files: []string{"a.csv", "b.csv"}},
		"Nothing shows whether the files arrived whole and unchanged. No list of checksums (SHA256SUMS) came with them, and there is none inside the files.":                      {Unvouched: 2},
		"Nothing shows whether the files arrived whole and unchanged. No list of checksums (SHA256SUMS) came with them, and there is none inside a, b, c, d, e and 2 more files.": {Unvouched: 7, Files: []string{"a", "b", "c", "d", "e", "f", "g"}},
	} {
		require.Equal(t, want, i.sentence())
	}
}
