package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/fleet"
	"paperlight/analyzer/savedstate"
)

// resampledStates writes the saved states of so many practices into a folder: those of an
// extract of 1,000 patients, with the counts of each practice moved.
func resampledStates(b *testing.B, n int) (folder string) {
	b.Helper()
	extract, made := filepath.Join(b.TempDir(), "extract"), filepath.Join(b.TempDir(), "made")
	plan := filepath.Join(b.TempDir(), "plan.json")
	for _, args := range [][]string{{"generate", extract, "--patients", "1000", "--quiet"}, {"plan", extract, "--out", plan, "--quiet"}, {"shard", plan, "1", "--out", made, "--quiet", "--allow-test-numbers"}} {
		r := onDisk(disk{}, args)
		require.Zero(b, r.code, r.err)
	}
	reader, err := savedstate.NewReader()
	require.NoError(b, err)
	defer reader.Close()
	files, err := filepath.Glob(filepath.Join(made, "*"+savedstate.Ending))
	require.NoError(b, err)
	packed, err := os.ReadFile(files[0])
	require.NoError(b, err)
	one, err := reader.Read(packed)
	require.NoError(b, err)
	folder, random, p := b.TempDir(), rand.New(rand.NewPCG(6, 6)), &one.State.Practices[0]
	tallies := slices.Clone(p.Tallies)
	for i := range n {
		p.ID, p.ODSCode = fmt.Sprintf("P%05d", i), fmt.Sprintf("A%05d", i)
		copy(p.Tallies, tallies)
		for k := range p.Tallies {
			p.Tallies[k].Numerator -= random.Int64N(p.Tallies[k].Numerator/8 + 1)
		}
		one.Key.Input = p.ID
		packed, err := one.Marshal()
		require.NoError(b, err)
		require.NoError(b, os.WriteFile(filepath.Join(folder, one.Key.Name()+savedstate.Ending), packed, 0o600))
	}
	return folder
}

// BenchmarkMerge6000 merges the states of as many practices as England has from disk, judges
// each and writes the table, in a process of its own. Its CPU time and the most memory that
// it held are among the figures; 600 practices show how the memory grows.
func BenchmarkMerge6000(b *testing.B) {
	for _, n := range []int{600, 6000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			states := resampledStates(b, n)
			for b.Loop() {
				cmd := program(b, "merge", states, "--out", filepath.Join(b.TempDir(), "out"), "--reports", "none", "--quiet", "--unsupervised")
				require.NoError(b, cmd.Start())
				// Its own peak, from /proc: what wait tells of a process begins with the memory of
				// the one that started it.
				var peak int64
				for ended := false; !ended; time.Sleep(5 * time.Millisecond) {
					now := peakOf(cmd.Process.Pid)
					peak, ended = max(peak, now), now == 0 && peak > 0
				}
				require.NoError(b, cmd.Wait())
				b.ReportMetric((cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), "cpu-s")
				b.ReportMetric(float64(peak)/1024, "peak-MiB")
			}
		})
	}
}

// BenchmarkMergeAlone reads the heads of 6,000 states from disk and merges them, on one core,
// and judges none. The merging in memory is a figure of its own.
func BenchmarkMergeAlone(b *testing.B) {
	files, err := filepath.Glob(filepath.Join(resampledStates(b, 6000), "*"+savedstate.Ending))
	require.NoError(b, err)
	r, err := savedstate.NewReader()
	require.NoError(b, err)
	defer r.Close()
	for b.Loop() {
		var heads []*savedstate.Head
		for _, file := range files {
			packed, err := os.ReadFile(file)
			require.NoError(b, err)
			head, err := r.Head(packed)
			require.NoError(b, err)
			heads = append(heads, head)
		}
		start := time.Now()
		var set fleet.Set
		for _, head := range heads {
			set.Add(head)
		}
		b.ReportMetric(time.Since(start).Seconds()*1000, "merged-ms")
		require.Equal(b, len(files), set.Len())
	}
}

// peakOf is the most memory that a process has held, in KiB; 0 of one that has ended.
func peakOf(pid int) (kib int64) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if _, after, there := strings.Cut(string(text), "VmHWM:"); err == nil && there {
		_, _ = fmt.Sscanf(after, "%d", &kib)
	}
	return kib
}
