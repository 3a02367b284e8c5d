package synthetic

import (
	"context"
	"crypto/sha256"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/canonical"
)

func options(format string) Options {
	return Options{
		Seed: 11, Practices: 2, Patients: 300, AsOf: calendar.Day(date(2026, 3, 31)), Format: format, GroupRows: 512,
		PerPatient: DefaultPerPatient(), Lists: map[string]map[string][]string{
			"medication-review": {"sct": {"1"}}, "no-known-allergy": {"sct": {"2"}}, "drug-allergy-unspecified": {"sct": {"3"}},
			"clinical-summary": {"sct": {"16"}, "read2": {"9344."}}, "blood-pressure": {"sct": {"4"}}, "smoking-never": {"sct": {"5"}},
			"diabetes": {"sct": {"6"}}, "diabetes-type-2": {"sct": {"6"}}, "drug-diabetes": {"dmd": {"7"}},
			"gout": {"sct": {"8"}}, "drug-gout": {"dmd": {"9"}}, "hypothyroidism": {"sct": {"10"}},
			"coronary-heart-disease": {"sct": {"11"}}, "asthma": {"sct": {"12"}}, "drug-asthma-treatment": {"dmd": {"13"}},
			"mental-illness-severe": {"sct": {"14"}}, "drug-lithium": {"dmd": {"15"}},
		},
	}
}

func generated(t *testing.T, o Options) (string, *Truth) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "made")
	truth, err := Generate(context.Background(), folder, o)
	require.NoError(t, err)
	return folder, truth
}

func digests(t *testing.T, folder string) map[string][32]byte {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	out := map[string][32]byte{}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(folder, e.Name()))
		require.NoError(t, err)
		out[e.Name()] = sha256.Sum256(b)
	}
	return out
}

func TestSameOptionsGiveSameBytes(t *testing.T) {
	for _, format := range canonical.Formats {
		for _, shuffle := range []bool{false, true} {
			o := options(format)
			o.Shuffle = shuffle
			one, _ := generated(t, o)
			two, _ := generated(t, o)
			require.Equal(t, digests(t, one), digests(t, two), "%s, shuffle %v", format, shuffle)
		}
	}
}

func TestCleanExtractHasNoFailure(t *testing.T) {
	o := options("csv")
	o.Clean = true
	_, truth := generated(t, o)
	for _, p := range truth.Practices {
		require.NotZero(t, p.Registered)
		for rule, n := range p.Rules {
			require.Equal(t, n.Denominator, n.Numerator, rule)
		}
		require.Empty(t, p.Failing)
	}
}

func TestEveryFaultShowsInItsRule(t *testing.T) {
	for _, rule := range Faults() {
		o := options("csv")
		o.Clean, o.Rates, o.Practices, o.Patients = true, map[string]float64{rule: 0.9}, 1, 500
		o.PerPatient["consultations"], o.PerPatient["events"], o.PerPatient["results"] = 2, 3, 1
		_, truth := generated(t, o)
		for _, p := range truth.Practices {
			n := p.Rules[rule]
			if n.Denominator == 1 && strings.HasPrefix(rule, "file/") {
				require.Zero(t, n.Numerator, rule)
				continue
			}
			require.Less(t, n.Numerator, n.Denominator, rule)
			require.Len(t, p.Failing[rule], int(n.Denominator-n.Numerator), rule)
		}
	}
}

func TestShuffleKeepsEveryRow(t *testing.T) {
	plain, a := generated(t, options("csv"))
	o := options("csv")
	o.Shuffle = true
	mixed, b := generated(t, o)
	require.Equal(t, a.Rows, b.Rows)
	require.Equal(t, sortedLines(t, plain), sortedLines(t, mixed))
	require.NotEqual(t, digests(t, plain)["events.csv"], digests(t, mixed)["events.csv"])
}

func TestOptionsThatMakeNoExtractAreRefused(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"format":         func(o *Options) { o.Format = "xls" },
		"no practice":    func(o *Options) { o.Practices = 0 },
		"unknown table":  func(o *Options) { o.PerPatient["letters"] = 1 },
		"unknown rule":   func(o *Options) { o.Rates = map[string]float64{"no/such": 1} },
		"too many":       func(o *Options) { o.Patients = 2_000_000 },
		"tiny row group": func(o *Options) { o.GroupRows = 1 },
	} {
		o := options("csv")
		change(&o)
		_, err := Generate(context.Background(), filepath.Join(t.TempDir(), "x"), o)
		var wrong *OptionError
		require.ErrorAs(t, err, &wrong, name)
	}
}

func TestNothingIsLeftBehindWhenInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	parent := t.TempDir()
	_, err := Generate(ctx, filepath.Join(parent, "made"), options("parquet"))
	require.ErrorIs(t, err, context.Canceled)
	entries, err := os.ReadDir(parent)
	require.NoError(t, err)
	require.Empty(t, entries)
}

func sortedLines(t *testing.T, folder string) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for name := range digests(t, folder) {
		if filepath.Ext(name) != ".csv" {
			continue
		}
		b, err := os.ReadFile(filepath.Join(folder, name))
		require.NoError(t, err)
		lines := strings.Split(string(b), "\n")
		slices.Sort(lines)
		out[name] = lines
	}
	return out
}
