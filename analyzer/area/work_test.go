package area

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/report"
)

// viewOf is the view of a file as of 31 March 2012.
func viewOf(t *testing.T, lines string, judged ...Judged) *View {
	t.Helper()
	b, err := Read([]byte(head + lines))
	require.NoError(t, err)
	o := Options{Level: report.Assessor, AsOf: calendar.Date(2012, 3, 31), AsOfFrom: FromFlag, Line: UsualLine, PaceMonths: UsualPace}
	if judged != nil {
		o.Scheme, o.Rules = &report.Scheme{Title: "A scheme"}, &report.RuleSet{Version: "1"}
	}
	return Of(b, judged, o)
}

func TestUptakeAndItsForecast(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		lines    string
		share    *float64
		side     LineSide
		forecast Forecast
	}{
		"just the line is not over it": {"A,N,100,yes,no,2012-01-01,60,\n", share(60, 100), NotOver, Forecast{Crosses, "2012-04", counted(60), counted(1)}},
		"one more is":                  {"A,N,100,yes,no,2012-01-01,61,\n", share(61, 100), Over, Forecast{Outcome: AlreadyOver}},
		// 40 of 200 in 6 months; 81 more take 12.15 months, so 13.
		"at the pace of half a year":      {"A,N,100,yes,no,2011-10-01,40,\nB,N,100,yes,no,,0,\n", share(40, 200), NotOver, Forecast{Crosses, "2013-04", counted(40), counted(81)}},
		"a day earlier is too old":        {"A,N,100,yes,no,2011-09-30,40,\nB,N,100,yes,no,,0,\n", share(40, 200), NotOver, Forecast{NoPace, "", counted(0), counted(81)}},
		"nothing went live":               {"A,N,100,yes,no,,0,\n", share(0, 100), NotOver, Forecast{NoPace, "", counted(0), counted(61)}},
		"too many declined":               {"A,N,100,yes,no,2012-03-01,50,\nB,N,100,yes,yes,,0,\n", share(50, 200), NotOver, Forecast{OutOfReach, "", counted(50), counted(71)}},
		"a practice that is to come":      {"A,N,100,yes,no,2012-04-01,50,\n", share(50, 100), NotOver, Forecast{NoPace, "", counted(0), counted(11)}},
		"very slow":                       {"A,N,100000,yes,no,2012-03-01,1,\n", places(0.00001), NotOver, Forecast{TooFar, "", counted(1), counted(60000)}},
		"uploads that are missing":        {"A,N,100,yes,no,2012-03-01,50,\nB,N,100,yes,no,2012-03-01,,\n", nil, NotKnown, Forecast{Outcome: CannotForecast}},
		"missing, and over all the same":  {"A,N,300,yes,no,2012-03-01,290,\nB,N,100,yes,no,2012-03-01,,\n", nil, Over, Forecast{Outcome: AlreadyOver}},
		"missing, and under all the same": {"A,N,300,yes,no,2012-03-01,90,\nB,N,100,yes,no,2012-03-01,,\n", nil, NotOver, Forecast{Outcome: CannotForecast}},
		"no list size":                    {"A,N,,yes,no,2012-03-01,50,\n", nil, NotKnown, Forecast{Outcome: CannotForecast}},
		"more records than patients":      {"A,N,100,yes,no,2012-03-01,101,\n", nil, NotKnown, Forecast{Outcome: CannotForecast}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := viewOf(t, one.lines).Whole
			require.Equal(t, one.share, a.Uptake.Share)
			require.Equal(t, one.side, a.Uptake.Line)
			require.Equal(t, one.forecast, a.Forecast)
		})
	}
}

// A figure that is missing is left out and said, and never counts as 0.
func TestWhatIsMissingIsNotNothing(t *testing.T) {
	t.Parallel()
	v := viewOf(t, "A,N,100,yes,no,2012-03-01,50,100\nB,N,100,yes,no,2012-03-01,,300\nC,N,100,yes,no,2012-03-01,100,\n")
	s := v.Whole.Spend
	require.Equal(t, int64(400_00), *s.Total)
	require.Equal(t, int64(200_00), *s.PerPractice)
	require.Equal(t, int64(200), *s.PerRecord) // 100 pounds for 50 records
	require.Equal(t, int64(1), *s.Without)
	require.InDelta(t, 0.5, *v.Whole.Uptake.AtLeast, 1e-9)
	require.InDelta(t, 0.833333, *v.Whole.Uptake.AtMost, 1e-9)
	require.Len(t, v.Notes, 2)
	none := viewOf(t, "A,N,100,yes,no,,0,\n").Whole.Spend
	require.Nil(t, none.Total)
	require.Nil(t, none.PerRecord)
}

func TestStandingsHaveNoPracticeInCommon(t *testing.T) {
	t.Parallel()
	v := viewOf(t, "A,N,1,yes,yes,2012-03-31,1,\nB,N,1,yes,yes,,0,\nC,N,1,yes,no,,0,\nD,N,1,no,,,0,\nE,N,1,,yes,,0,\nF,N,1,no,no,2012-01-01,1,\nG,N,1,yes,no,2012-04-01,0,\n")
	s := v.Whole.Practices
	require.Equal(t, []int64{7, 4, 1, 1, 2, 2, 2, 1}, []int64{*s.All, *s.Invited, *s.LiveOfInvited, *s.DeclinedOfInvited, *s.Live, *s.Declined, *s.Waiting, *s.NotInvited})
	require.Equal(t, []string{"B", "E"}, v.Whole.Declining)
	said := strings.Join(v.Notes, "\n")
	for _, want := range []string{"live and has declined: A", "after the as-of date: G", "is live and is not said to be invited: F", "declined and is not said to be invited: E", "not said to be invited or not: E", "declined or not: D"} {
		require.Contains(t, said, want)
	}
}

// like is a report's part for a practice that met so many of so many.
func like(code string, met, of int64) Judged {
	return Judged{code: code, verdicts: []verdict{{"dq", "Data quality", report.Ready}}, measured: []measured{{"a/rule", "A-1", "It is so", met, of}}}
}

func TestPhiAndTheLimitsThatFollow(t *testing.T) {
	t.Parallel()
	var points []Point
	for i := range 10 {
		points = append(points, Point{Practice: string(rune('A' + i)), Numerator: []int64{35, 65}[i%2], Denominator: 100})
	}
	f := funnel(points)
	require.Equal(t, HasLimits, f.State)
	require.InDelta(t, 9, *f.Phi, 1e-9) // each is three standard deviations away
	require.InDelta(t, 9, *f.PhiTrimmed, 1e-9)
	require.True(t, f.OverDispersed)
	require.Len(t, f.Outliers, 10)
	o := f.Outliers[0]
	require.Equal(t, []any{"A", "low", Limits{40, 60}, Limits{35, 65}, "95", ""}, []any{o.Practice, o.Side, o.In95, o.In998, o.Beyond, o.BeyondWide})
	require.InDeltaSlice(t, []float64{0.2, 0.8}, o.Wide95[:], 1e-9)
	require.False(t, slices.ContainsFunc(f.Outliers, func(o Outlier) bool { return o.stands() }))

	// One that is far away does not widen the limits by which it is judged.
	for i := range points {
		points[i].Numerator = 50
	}
	points[3].Numerator = 95
	f = funnel(points)
	require.False(t, f.OverDispersed)
	require.Greater(t, *f.Phi, 5.0)
	require.Len(t, f.Outliers, 1)
	require.True(t, f.Outliers[0].stands())
	require.Equal(t, "99.8", f.Outliers[0].Beyond)

	require.Equal(t, FewPractices, funnel(points[:9]).State)
	for i := range points {
		points[i].Numerator = 100
	}
	require.Equal(t, AllAlike, funnel(points).State)
	require.InDelta(t, 1+2*math.Sqrt(0.2), mostPhi(10), 1e-12)
	require.Equal(t, []float64{1, 1, 2, 3, 4, 5, 6, 7, 8, 8}, winsorised([]float64{-9, 1, 2, 3, 4, 5, 6, 7, 8, 99}))
}

// judgedView has funnels, a practice on one side alone, and one that was judged twice.
func judgedView(t *testing.T) *View {
	var lines strings.Builder
	var judged []Judged
	for i := range 30 {
		code := "A8100" + string(rune('A'+i%26)) + string(rune('A'+i/26))
		lines.WriteString(code + "," + []string{"North & \"co\"", "South"}[i%2][0:5] + ",2000,yes,no,2011-0" + string(rune('1'+i%9)) + "-01,1500,10\n")
		met := int64(850 + 10*(i%5))
		if i == 7 {
			met = 300
		}
		judged = append(judged, like(code, met, 1000))
	}
	return viewOf(t, lines.String(), append(judged, like("Z1", 1, 2), like("A8100AA", 1, 2))...)
}

func TestTheFileAndTheExtractsAreJoined(t *testing.T) {
	t.Parallel()
	v := judgedView(t)
	require.Equal(t, int64(29), *v.Whole.Ready[0].Judged)
	said := strings.Join(v.Notes, "\n")
	require.Contains(t, said, "1 practice was judged twice: A8100AA.")
	require.Contains(t, said, "1 practice was judged and is not in the file of areas: Z1.")
	require.Contains(t, said, "1 practice was not judged: A8100AA.")
	require.Len(t, v.Criteria, 1)
	require.Equal(t, "low", v.Criteria[0].Whole.Outliers[0].Side)
	require.Equal(t, "A8100HA", v.Criteria[0].Whole.Outliers[0].Practice)
}

// Every picture is named and described, has a table beside it, and nothing on the page runs or
// is loaded.
func TestThePageIsWholeAndReadable(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, judgedView(t).WriteHTML(&out))
	page := out.String()
	pictures := strings.Count(page, "<svg")
	require.GreaterOrEqual(t, pictures, 3)
	require.Equal(t, pictures, strings.Count(page, "<title id="))
	require.Equal(t, pictures, strings.Count(page, "<desc id="))
	require.Equal(t, pictures, strings.Count(page, `role="img"`))
	require.GreaterOrEqual(t, strings.Count(page, "<table>"), pictures)
	for _, never := range []string{"<script", "http:", "https:", "javascript:", "<img", "NaN", "Inf"} {
		require.NotContains(t, page, never)
	}
	for _, id := range regexp.MustCompile(`aria-labelledby="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		for _, one := range strings.Fields(id[1]) {
			require.Equal(t, 1, strings.Count(page, `id="`+one+`"`), one)
		}
	}
	in := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(regexp.MustCompile(`<meta [^>]*>`).ReplaceAllString(page, ""), "<!DOCTYPE html>\n")))
	for {
		if _, err := in.Token(); errors.Is(err, io.EOF) {
			break
		} else {
			require.NoError(t, err)
		}
	}
}

// Whatever the order of lines and extracts, the bytes are the same.
func TestEqualFilesGiveEqualBytes(t *testing.T) {
	t.Parallel()
	lines := []string{"A,N,100,yes,no,2012-03-01,50,100\n", "B,S,100,yes,yes,,0,300\n", "C,N,70,yes,no,2012-03-01,60,\n"}
	var first, second bytes.Buffer
	require.NoError(t, viewOf(t, lines[0]+lines[1]+lines[2], like("A", 5, 9), like("C", 1, 2)).WriteJSON(&first))
	require.NoError(t, viewOf(t, lines[2]+lines[0]+lines[1], like("C", 1, 2), like("A", 5, 9)).WriteJSON(&second))
	require.Equal(t, first.String(), second.String())
}
