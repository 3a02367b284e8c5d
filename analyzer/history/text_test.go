package history

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/report"
)

func TestTheTextOfATrend(t *testing.T) {
	h, _ := made(t)
	score := int64(8129)
	first := ran(h, 1, map[string][]string{"a/one": records(0, 1230), "a/two": records(0, 4)})
	first.Report.Practices[0].Accreditations[0].Score = &score
	second := ran(h, 2, map[string][]string{"a/one": records(5, 1230), "a/two": records(0, 4)})
	for i := range second.Found {
		second.Found[i].Listed = second.Found[i].Rule == "a/one"
	}
	damaged := ran(h, 4, nil)
	damaged.Report.Practices[0].Accreditations[0].Verdict = report.Damaged
	add(t, h, first, second, ran(h, 3, map[string][]string{"a/one": records(9000, 30)}), damaged)
	points, err := h.Trend("A81001")
	require.NoError(t, err)
	trends := &Trends{Practices: []PracticeTrend{{"A81001", "Example Surgery", points}}}
	var text, lines strings.Builder
	require.NoError(t, trends.Text(&text))
	require.Equal(t, `Example Surgery (A81001): 4 runs

Run 1, as of 2026-01-01
  Data quality:            Not ready, score 81.2
  Records to put right:    1,234

Run 2, as of 2026-01-02
  Data quality:            Not ready
  Records to put right:    1,230
  Since the run before:    5 fixed, 5 new, 0 back again, 1,225 still open

Run 3, as of 2026-01-03
  Data quality:            Not ready
  Records to put right:    30
  The records              cannot be linked to the last run: their ids look as if they were made anew

Run 4, as of 2026-01-04
  Data quality:            Damaged file
  Records to put right:    not counted: no check could be made
`, text.String())
	require.NoError(t, trends.CSV(&lines))
	require.Equal(t, strings.ReplaceAll(`practice_id,run,at,as_of,accreditation,verdict,score,assured_score,open,linked,new,fixed,still_open,reopened
"A81001",1,2026-01-01T09:00:00Z,"2026-01-01","data-quality","not_ready",81.29,,1234,true,,,,
"A81001",2,2026-01-02T09:00:00Z,"2026-01-02","data-quality","not_ready",,,1230,true,5,5,1225,0
"A81001",3,2026-01-03T09:00:00Z,"2026-01-03","data-quality","not_ready",,,30,false,,,,
"A81001",4,2026-01-04T09:00:00Z,"2026-01-04","data-quality","damaged",,,,true,,,,
`, "\n", "\r\n"), lines.String())
}
