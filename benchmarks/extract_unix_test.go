//go:build unix

package benchmarks_test

import (
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// BenchmarkExtract compares, in turns within one process, a whole check of the
// Parquet extract that PAPERLIGHT_EXTRACT names with parquet-go reading the
// pages of the same columns. It reports the median ratio of CPU time. The load
// "records" is the rules about the file, patients, medicines and allergies.
//
//	paperlight generate /big/disk --practices 125 --patients 1000000 --format parquet --per-patient medications=20,problems=5,allergies=0,events=0,issues=0,consultations=0,documents=0,results=0,consents=0
//	PAPERLIGHT_EXTRACT=/big/disk go test -run '^$' -bench Extract -benchtime 5x ./benchmarks
func BenchmarkExtract(b *testing.B) {
	folder := os.Getenv("PAPERLIGHT_EXTRACT")
	if folder == "" {
		b.Skip("PAPERLIGHT_EXTRACT names no extract")
	}
	for _, name := range []string{"ten", "records", "all"} {
		b.Run(name, func(b *testing.B) {
			c, columns := load(b, name), columnsOf(b, folder, name)
			var ratios []float64
			var decode, whole time.Duration
			for b.Loop() {
				before := processCPU(b)
				for table, names := range columns {
					decodePages(b, filepath.Join(folder, table+".parquet"), names)
				}
				decode = processCPU(b) - before
				before = processCPU(b)
				check(b, folder, c, 1)
				whole = processCPU(b) - before
				ratios = append(ratios, whole.Seconds()/decode.Seconds())
			}
			slices.Sort(ratios)
			b.ReportMetric(ratios[len(ratios)/2], "check/decode")
			b.ReportMetric(decode.Seconds(), "decode-s")
			b.ReportMetric(whole.Seconds(), "check-s")
		})
	}
}

func processCPU(tb testing.TB) time.Duration {
	var u syscall.Rusage
	require.NoError(tb, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
