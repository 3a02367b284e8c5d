package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/report"
	"paperlight/internal/fixture"
)

// Extracts that nobody on the project made: what every rule counts in them is
// held, since no truth lies beside them that could tell.
func TestRealExtracts(t *testing.T) {
	for _, test := range []struct {
		data, golden, system string
		again                string // the same extract in another format
		rows                 map[string]int64
	}{
		{"synthea27nj-omop54/csv", "real-synthea-omop.txt", "omop", "synthea27nj-omop54/parquet", map[string]int64{"patients": 28, "issues": 883}},
		{"rcprd-aurum-simulated", "real-aurum-simulated.txt", "cprd-aurum", "", map[string]int64{"patients": 12, "events": 300, "issues": 300}},
	} {
		t.Run(test.data, func(t *testing.T) {
			r := checked(t, fixture.Shared(t, "data", filepath.FromSlash(test.data)))
			require.Equal(t, test.system, r.Extract.System)
			for _, table := range r.Extract.Tables {
				if want, asked := test.rows[table.Table]; asked {
					require.Equal(t, want, table.Rows, table.Table)
				}
			}
			requireGolden(t, test.golden, []byte(countsOfEveryRule(r)))
			if test.again != "" {
				require.Equal(t, bare(t, r), bare(t, checked(t, fixture.Shared(t, "data", filepath.FromSlash(test.again)))))
			}
		})
	}
}

// countsOfEveryRule is what a run counted by each rule, a line each: of all practices
// where it is the same in each, and else below the practice.
func countsOfEveryRule(r *report.Report) string {
	var out strings.Builder
	out.WriteString("rule: numerator of denominator, excluded, undetermined; statuses; what is missing, and notes\n")
	lines := make([][]string, len(r.Practices))
	for i := range r.Practices {
		lines[i] = countsIn(&r.Practices[i])
	}
	common := slices.Clone(lines[0])
	for _, of := range lines[1:] {
		common = slices.DeleteFunc(common, func(line string) bool { return !slices.Contains(of, line) })
	}
	out.WriteString("\nevery practice\n")
	for _, line := range common {
		out.WriteString("  " + line + "\n")
	}
	for i, p := range r.Practices {
		registered := "an unknown number of"
		if p.RegisteredPatients != nil {
			registered = fmt.Sprint(*p.RegisteredPatients)
		}
		fmt.Fprintf(&out, "\npractice %q as of %s (%s), %s registered patients\n", p.PracticeID, p.AsOf, p.AsOfFrom, registered)
		for _, line := range lines[i] {
			if !slices.Contains(common, line) {
				out.WriteString("  " + line + "\n")
			}
		}
	}
	return out.String()
}

func countsIn(p *report.PracticeReport) (lines []string) {
	statuses := map[string][]string{}
	for _, a := range p.Accreditations {
		for _, c := range a.Criteria {
			if status := string(c.Status); !slices.Contains(statuses[c.Rule], status) {
				statuses[c.Rule] = append(statuses[c.Rule], status)
			}
		}
	}
	for _, x := range p.Results {
		counts := "nothing counted"
		if x.Denominator != nil {
			counts = fmt.Sprintf("%d of %d, %d, %d", *x.Numerator, *x.Denominator, *x.Excluded, *x.Undetermined)
		}
		said := strings.Join(append(slices.Clone(x.Missing), x.Notes...), " / ")
		lines = append(lines, strings.TrimRight(fmt.Sprintf("%s: %s; %s; %s", x.Rule, counts, strings.Join(statuses[x.Rule], ", "), said), " ;"))
	}
	return lines
}
