package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/costing"
	"paperlight/internal/processor"
)

// quickBench are flags that measure little.
var quickBench = []string{"--rounds", "3", "--leave-out", "0"}

// benched runs bench and reads what it measured.
func benched(t *testing.T, args ...string) (*benchReport, ran) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bench.json")
	args = append(append([]string{"bench", "--format", "text", "--format", "json=" + path}, quickBench...), args...)
	r := paperlight(t, args...)
	text, err := os.ReadFile(path)
	require.NoError(t, err, r.err)
	report := &benchReport{}
	require.NoError(t, json.Unmarshal(text, report))
	return report, r
}

// forged writes a baseline in which rules and stages took factor times what they did.
func forged(t *testing.T, r *benchReport, factor func(name string) float64) string {
	t.Helper()
	text, err := json.Marshal(r)
	require.NoError(t, err)
	copied := &benchReport{}
	require.NoError(t, json.Unmarshal(text, copied))
	for i := range copied.Costs.Costs {
		for j := range copied.Costs.Costs[i].Samples {
			copied.Costs.Costs[i].Samples[j] *= factor(copied.Costs.Costs[i].Rule)
		}
	}
	for i := range copied.Tables {
		table := &copied.Tables[i]
		for j := range table.DecodeSamples {
			table.DecodeSamples[j] *= factor("decode " + table.Table)
		}
		for j := range table.PlaceSamples {
			table.PlaceSamples[j] *= factor("place " + table.Table)
		}
	}
	path := filepath.Join(t.TempDir(), "baseline.json")
	text, err = json.Marshal(copied)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, text, 0o600))
	return path
}

func TestBenchMeasuresEveryRuleAndCleansUp(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	t.Setenv("TMP", temporary)
	got, r := benched(t, "--patients", "150", "--leave-out", "1", "--top", "3")
	require.Zero(t, r.code, r.err)
	require.Contains(t, r.out, "an extract made of 150 patients")
	require.Contains(t, r.out, "shown: 3 of ")
	require.Equal(t, benchSchema, got.SchemaVersion)
	require.True(t, got.Extract.Made)
	require.Nil(t, got.Comparison)
	measured, rows := 0, int64(0)
	for _, c := range got.Costs.Costs {
		require.Positive(t, c.Row, c.Rule)
		require.Len(t, c.Samples, 3)
		require.InDelta(t, 0.5, c.Share, 0.5)
		if c.Measured != nil {
			measured++
		}
	}
	require.Equal(t, 1, measured)
	require.Greater(t, len(got.Costs.Costs), 50, "most rules of the catalogue run")
	for _, table := range got.Tables {
		rows += table.Rows
		if table.Columns > 0 {
			require.Positive(t, table.DecodeRows, table.Table)
		}
	}
	require.Equal(t, rows, got.Extract.Rows)
	require.Equal(t, processor.Kind(), got.Tool.Processor)
	left, err := os.ReadDir(temporary)
	require.NoError(t, err)
	require.Empty(t, left, "the extract that was made is removed")
}

// No time is asserted here: the baselines are so far from any measurement
// that no machine is slow or fast enough to change the outcome.
func TestBenchNamesTheRuleThatGotSlowerAndNoOther(t *testing.T) {
	folder, _ := made(t, "--patients", "500", "--format", "parquet")
	args := []string{folder, "--select", "medication/*", "--max-regression", "2000%"}
	first, r := benched(t, args...)
	require.Zero(t, r.code, r.err)
	const slow = "medication/repeat-in-use"

	got, r := benched(t, append(args, "--baseline", forged(t, first, func(rule string) float64 {
		if rule == slow {
			return 1e-4
		}
		return 1
	}))...)
	require.Equal(t, exitNotMet, r.code, r.out)
	require.Len(t, got.Comparison.Slower, 1)
	require.Equal(t, slow, got.Comparison.Slower[0].Rule)
	require.Contains(t, r.out, "SLOWER: "+slow)
	require.Equal(t, 1, strings.Count(r.out, "SLOWER"))

	got, r = benched(t, append(args, "--baseline", forged(t, first, func(name string) float64 {
		if name == "decode medications" {
			return 1e-4
		}
		return 1
	}))...)
	require.Equal(t, exitNotMet, r.code, r.out)
	require.Empty(t, got.Comparison.Slower)
	require.Len(t, got.Comparison.Stages, 1)
	require.Contains(t, r.out, "SLOWER: decode medications takes ")
	require.Equal(t, 1, strings.Count(r.out, "SLOWER"))

	got, r = benched(t, append(args, "--baseline", forged(t, first, func(string) float64 { return 1e3 }))...)
	require.Zero(t, r.code, r.out)
	require.False(t, got.Comparison.Alarm())
	require.Contains(t, r.out, "nothing is slower by more than 2,000%")
}

// costsSample is what a run measured, with everything that a page may say.
func costsSample() (*benchReport, *benching) {
	r := &benchReport{Extract: benchExtract{Name: "spring_2026|a", Format: "csv", Rows: 5000}, Costs: &costing.Costs{
		Rounds: 11, Decode: 40e6, Place: 10e6, Rules: 50e6, Missing: map[string][]string{"sharing/opt-out": {"consents"}},
		Tables: []costing.TableCost{{Table: "patients", Rows: 1000, Columns: 4, Bytes: 250_000, Decode: 1e6, Place: 2e6, Rules: 3e6, DecodeRows: 1e6, DecodeMegabytes: 25, WholeRows: 166_667}},
		Costs: []costing.RuleCost{
			{Rule: "allergy/coded", Table: "allergies", Row: 9.5, Bytes: 12, Share: 0.02, LeftOut: 3},
			{Rule: "medication/dose-recorded", Table: "medications", Row: 140, Bytes: 30, Share: 0.11, LeftOut: 90, Measured: &costing.Saving{Row: 88, Chance: 0.2}},
			{Rule: "local/slow", Table: "patients", Row: 2, Bytes: 1, Share: 0.001},
		}},
		Comparison: &costing.Comparison{Drift: 1.01, Total: 1.3, Whole: true, Added: []string{"local/slow"}, Gone: []string{"local/gone"},
			Unlike: []string{"decode events"}, Stages: []costing.Slowdown{{Stage: "place patients", Before: 1000, After: 2000, Ratio: 2}},
			Slower: []costing.Slowdown{{Rule: "medication/dose-recorded", Before: 70, After: 140, Ratio: 2}}}}
	k := &benching{top: 2, baseline: "base_line.json", limits: costing.Limits{Regression: 0.2}, before: &benchReport{Tool: benchTool{Go: "go1.0", System: "plan9/arm", Processor: "an older one"}}}
	return r, k
}

func TestBenchGolden(t *testing.T) {
	var page, text bytes.Buffer
	r, k := costsSample()
	require.NoError(t, writeBenchMarkdown(&page, r, k))
	requireGolden(t, "bench.md", page.Bytes())

	require.NoError(t, writeBench(&text, r, k))
	for _, line := range benchComparison(r.Comparison, k) {
		require.Contains(t, text.String(), line+"\n")
	}
	for _, say := range []string{notRun(r), "shown: 2 of 3 rules", "88.0 (unsure)  medication/dose-recorded (medications)", "166,667  patients"} {
		require.Contains(t, text.String(), say)
	}
}

// The page says what the text does.
func TestBenchAsMarkdown(t *testing.T) {
	folder, _ := made(t, "--patients", "60")
	page := filepath.Join(t.TempDir(), "bench.md")
	r := paperlight(t, append([]string{"bench", folder, "--allow-test-numbers", "--select", "allergy/coded", "--format", "text", "--format", "md=" + page}, quickBench...)...)
	require.Zero(t, r.code, r.err)
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	first, _, _ := strings.Cut(r.out, "\n")
	require.Contains(t, string(text), first)
	require.Contains(t, string(text), "| allergy/coded | allergies |")
	require.Contains(t, string(text), "| patients | ")
}

func TestBenchRefuses(t *testing.T) {
	folder, _ := made(t, "--patients", "120")
	other, _ := made(t, "--patients", "130")
	first, r := benched(t, folder)
	require.Zero(t, r.code, r.err)
	baseline := forged(t, first, func(string) float64 { return 1 })
	empty := filepath.Join(t.TempDir(), "empty.json")
	require.NoError(t, os.WriteFile(empty, []byte("{}"), 0o600))
	tests := map[string]struct {
		args []string
		code int
		says string
	}{
		"a baseline of other rows":       {[]string{other, "--baseline", baseline}, exitUsage, "baseline.json: measured over other rows: "},
		"a baseline that is none":        {[]string{folder, "--baseline", empty}, exitUsage, "empty.json: want the output of paperlight bench"},
		"a baseline that is not there":   {[]string{folder, "--baseline", filepath.Join(folder, "b.json")}, exitUsage, "b.json: cannot be read"},
		"no share":                       {[]string{folder, "--max-regression", "twice"}, exitUsage, "want a share such as 20%"},
		"too few rounds":                 {[]string{folder, "--rounds", "1"}, exitUsage, "want 3 to 1000"},
		"an unknown rule":                {[]string{folder, "--select", "allergy/codded"}, exitUsage, "allergy/coded"},
		"an unknown form":                {[]string{folder, "--format", "html"}, exitUsage, "want one of json, md, text"},
		"an extract that is not there":   {[]string{filepath.Join(folder, "nowhere")}, exitInput, "nowhere: no such file"},
		"less memory than columns take":  {[]string{"--patients", "100", "--memory", "12"}, exitUsage, "at least 64MiB"},
		"a day that is none":             {[]string{folder, "--as-of", "2026-02-30"}, exitUsage, "want a date"},
		"text that nobody could look at": {[]string{folder, "--top", "-1"}, exitUsage, "want 0 or more"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := paperlight(t, append([]string{"bench"}, test.args...)...)
			require.Equal(t, test.code, r.code, r.err)
			require.Contains(t, r.err, test.says)
			require.Empty(t, r.out)
		})
	}
}

func TestParseShare(t *testing.T) {
	for text, want := range map[string]float64{"20%": 0.2, "0.5": 0.5, "150%": 1.5, "1%": 0.01} {
		got, err := parseShare("--max-regression", text)
		require.NoError(t, err, text)
		require.InDelta(t, want, got, 1e-12)
	}
	for _, text := range []string{"", "%", "-5%", "0", "NaN", "20 %"} {
		_, err := parseShare("--max-regression", text)
		require.Error(t, err, text)
	}
}

func TestWorkClockLeavesInterruptionsOut(t *testing.T) {
	var wall, cpu int64
	c := newWorkClock(func() int64 { return wall }, func() int64 { return cpu })
	pass := func(w, p int64) int64 {
		wall, cpu = wall+w, cpu+p
		return c.now()
	}
	require.EqualValues(t, 1_000, pass(1_000, 900), "a moment is taken from the wall")
	require.EqualValues(t, 81_000, pass(80_000, 80_100), "work that is not interrupted, from the processor")
	require.EqualValues(t, 111_000, pass(5_000_000, 30_000), "5 ms on the wall, of which 30 us were work")
	require.EqualValues(t, 111_000, pass(5_000_000, 0), "none of it was work")
	require.EqualValues(t, 171_000, pass(60_000, 240_000), "other threads worked too: no more than the wall")
	require.EqualValues(t, 171_010, pass(10, 0))
	require.EqualValues(t, 171_010, pass(60_000, 0), "never back")
}
