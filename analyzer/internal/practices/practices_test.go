package practices

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/enginetest"
	"paperlight/analyzer/schema"
)

func practicesOf(t *testing.T, override *calendar.Day, tables ...*extract.Memory) (*Set, error) {
	t.Helper()
	return Find(context.Background(), extract.InMemory("test", tables...), override)
}

func TestWhichPractices(t *testing.T) {
	asOf := calendar.Day(0)
	tests := []struct {
		name     string
		practice []enginetest.Line
		patients []enginetest.Line // patient_id, practice_id
		want     []string
		refused  string
	}{
		{"the practice table's", []enginetest.Line{{"B"}, {"A"}}, []enginetest.Line{{"1", "A"}}, []string{"A", "B"}, ""},
		{"without a practice table those that patients name", nil, []enginetest.Line{{"1", "C"}, {"2", "A"}, {"3", "C"}}, []string{"A", "C"}, ""},
		{"one that the practice table lacks is refused", []enginetest.Line{{"B"}}, []enginetest.Line{{"1", "B"}, {"2", "B "}}, nil,
			"patients record 2, practice_id: want the practice_id of a row of the table practice, letter for letter"},
		{"patients without one belong to the only row", []enginetest.Line{{"B"}}, []enginetest.Line{{"1", "-"}}, []string{"B"}, ""},
		{"or, without a row, to one called unknown", nil, []enginetest.Line{{"1", "-"}, {"2", "-"}}, []string{"unknown"}, ""},
		{"with several rows that is refused", []enginetest.Line{{"A"}, {"B"}}, []enginetest.Line{{"1", "-"}}, nil, "patients without practice_id, and 2 practices they could belong to"},
		{"a repeated row is no second practice", []enginetest.Line{{"A"}, {"A"}}, []enginetest.Line{{"1", "-"}}, []string{"A"}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := practicesOf(t, &asOf, enginetest.Rows(t, "practice", enginetest.Line{"practice_id"}, test.practice...), enginetest.Rows(t, "patients", enginetest.Line{"patient_id", "practice_id"}, test.patients...))
			if test.refused != "" {
				var refusal *Refusal
				require.ErrorAs(t, err, &refusal)
				require.Equal(t, test.refused, refusal.Message)
				require.NotEmpty(t, refusal.Hint)
				return
			}
			require.NoError(t, err)
			var ids []string
			for _, p := range got.List {
				ids = append(ids, p.ID)
			}
			require.Equal(t, test.want, ids)
		})
	}
	_, err := practicesOf(t, &asOf, enginetest.Rows(t, "practice", enginetest.Line{"practice_id"}, enginetest.Line{"A"}))
	require.EqualError(t, err, "the extract holds no patients table")
}

// A row of the practice table that does not say whose it is, or whether the extract
// leaves the practice, is refused: what it should have said decides which checks apply.
func TestThePracticeTableSaysWhatItMust(t *testing.T) {
	asOf := calendar.Day(0)
	patients := enginetest.Rows(t, "patients", enginetest.Line{"patient_id"}, enginetest.Line{"1"})
	for _, test := range []struct {
		name    string
		rows    []enginetest.Line // practice_id, outgoing
		refused string
	}{
		{"stays", []enginetest.Line{{"A", "false"}}, ""},
		{"no id", []enginetest.Line{{"A", "true"}, {"-", "true"}}, "practice record 2, practice_id: want the identifier of the practice, as patients name it"},
		{"not said", []enginetest.Line{{"A", "-"}}, "practice record 1, outgoing: want true or false"},
		{"no row", nil, "the table practice has no row, want one for each practice"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := practicesOf(t, &asOf, enginetest.Rows(t, "practice", enginetest.Line{"practice_id", "outgoing"}, test.rows...), patients)
			if test.refused == "" {
				require.NoError(t, err)
				return
			}
			var refusal *Refusal
			require.ErrorAs(t, err, &refusal)
			require.Equal(t, test.refused, refusal.Message)
			require.NotEmpty(t, refusal.Hint)
		})
	}
}

// Figures of which none is of a practice of the extract are refused.
func TestControlTotalsNameAPracticeOfTheExtract(t *testing.T) {
	var day calendar.Day
	patients := enginetest.Rows(t, "patients", enginetest.Line{"patient_id", "practice_id"}, enginetest.Line{"1", "A"})
	totals := func(of ...string) *extract.Memory {
		var rows []enginetest.Line
		for _, id := range of {
			rows = append(rows, enginetest.Line{id, "allergies", "1"})
		}
		return enginetest.Rows(t, "control_totals", enginetest.Line{"practice_id", "figure", "total"}, rows...)
	}
	for _, of := range [][]string{{"A"}, {"B", "A"}, nil} {
		_, err := practicesOf(t, &day, patients, totals(of...))
		require.NoError(t, err)
	}
	for _, of := range [][]string{{"B", "C"}, {"a"}, {"-"}} {
		_, err := practicesOf(t, &day, patients, totals(of...))
		var refusal *Refusal
		require.ErrorAs(t, err, &refusal)
		require.Equal(t, "control_totals record 1, practice_id: want the practice_id that patients have, letter for letter, or the ODS code of the practice", refusal.Message)
	}
}

// Lists beside the extract may name a practice by its ODS code, where that names one.
func TestListsNameAPracticeByItsODSCode(t *testing.T) {
	var day calendar.Day
	practice := enginetest.Rows(t, "practice", enginetest.Line{"practice_id", "ods_code"}, enginetest.Line{"A", "A81001"}, enginetest.Line{"B", "B82002"},
		enginetest.Line{"C", "B82002"}, enginetest.Line{"D", "A"}, enginetest.Line{"E", "-"})
	patients := enginetest.Rows(t, "patients", enginetest.Line{"patient_id", "practice_id"}, enginetest.Line{"1", "A"})
	totals := enginetest.Rows(t, "control_totals", enginetest.Line{"practice_id", "figure", "total"}, enginetest.Line{"A81001", "allergies", "1"})
	p, err := practicesOf(t, &day, practice, patients, totals)
	require.NoError(t, err)
	for id, want := range map[string]string{"A81001": "A", "a81001": "A", "A": "A", "B": "B", "B82002": "", "": "", "X": ""} {
		got := ""
		if at, ok := p.Listed(schema.ControlTotals, []byte(id)); ok {
			got = p.List[at].ID
		}
		require.Equal(t, want, got, id)
	}
	_, ok := p.Listed(schema.Patients, []byte("A81001"))
	require.False(t, ok, "the extract itself names practices by their id")
}

func TestAsOfDate(t *testing.T) {
	patients := enginetest.Rows(t, "patients", enginetest.Line{"patient_id", "practice_id"}, enginetest.Line{"1", "A"}, enginetest.Line{"2", "B"})
	practice := enginetest.Rows(t, "practice", enginetest.Line{"practice_id", "extract_to"}, enginetest.Line{"A", "2026-01-31"}, enginetest.Line{"B", "-"})
	// 999 events on one day and one in 2099: the 99.9th percentile is the day.
	events := enginetest.Rows(t, "events", enginetest.Line{"event_id", "patient_id", "recorded_date"})
	for range 999 {
		events.Rows = append(events.Rows, []extract.Cell{extract.TextCell("e"), extract.TextCell("2"), extract.IntCell(int64(enginetest.Day("2025-11-30")))})
	}
	events.Rows = append(events.Rows, []extract.Cell{extract.TextCell("e"), extract.TextCell("2"), extract.IntCell(int64(enginetest.Day("2099-01-01")))})
	override := enginetest.Day("2026-03-31")
	from := func(p *Set, err error) []string {
		require.NoError(t, err)
		var out []string
		for _, q := range p.List {
			out = append(out, q.AsOf.String()+" "+string(q.AsOfFrom))
		}
		return out
	}
	require.Equal(t, []string{"2026-03-31 --as-of", "2026-03-31 --as-of"}, from(practicesOf(t, &override, practice, patients, events)))
	require.Equal(t, []string{"2026-01-31 practice.extract_to", "2025-11-30 99.9th percentile of the dates recorded"},
		from(practicesOf(t, nil, practice, patients, events)))
	x := extract.InMemory("test", practice, patients, events)
	x.ReleaseDate, x.HasReleaseDate = enginetest.Day("2026-02-28"), true
	require.Equal(t, []string{"2026-01-31 practice.extract_to", "2026-02-28 release date of the extract"}, from(Find(context.Background(), x, nil)))
	_, err := practicesOf(t, nil, practice, patients)
	require.EqualError(t, err, "no as-of date for practice 2 of 2: the extract states none and holds no date of it on which something was done or entered")
}

// A table that stops years before the others does not decide alone: events that
// carry only the day they happened count too, and what lies ahead does not.
func TestAsOfDateFromEveryDateThatRecords(t *testing.T) {
	patients := enginetest.Rows(t, "patients", enginetest.Line{"patient_id"}, enginetest.Line{"1"})
	allergies := enginetest.Rows(t, "allergies", enginetest.Line{"allergy_id", "patient_id", "recorded_date"}, enginetest.Line{"a", "1", "2010-01-01"})
	ahead := enginetest.Rows(t, "medications", enginetest.Line{"medication_id", "patient_id", "review_due_date", "start_date"}, enginetest.Line{"m", "1", "2031-01-01", "2030-01-01"})
	for _, one := range []struct{ table, key, date string }{
		{"events", "event_id", "event_date"}, {"events", "event_id", "recorded_date"}, {"issues", "issue_id", "issue_date"},
		{"registrations", "registration_id", "start_date"}, {"consultations", "consultation_id", "consultation_date"},
		{"results", "result_id", "message_date"}, {"results", "result_id", "filed_date"}, {"documents", "document_id", "filed_date"},
	} {
		dated := enginetest.Rows(t, one.table, enginetest.Line{one.key, "patient_id", one.date}, enginetest.Line{"x", "1", "2025-06-30"}, enginetest.Line{"y", "1", "2025-05-01"})
		p, err := practicesOf(t, nil, patients, allergies, ahead, dated)
		require.NoError(t, err)
		require.Equal(t, "2025-06-30", p.List[0].AsOf.String(), "%s.%s", one.table, one.date)
	}
}

func TestPercentileIsTheNearestRank(t *testing.T) {
	tests := []struct {
		counts map[calendar.Day]int64
		want   calendar.Day
	}{
		{map[calendar.Day]int64{5: 1}, 5},
		{map[calendar.Day]int64{5: 999, 9: 1}, 5},
		{map[calendar.Day]int64{5: 998, 9: 1}, 9},
		{map[calendar.Day]int64{-3: 1, 2: 1}, 2},
		{map[calendar.Day]int64{1: 1997, 2: 1, 3: 2}, 2},
	}
	for _, test := range tests {
		got, ok := percentile(test.counts)
		require.True(t, ok)
		require.Equal(t, test.want, got, "%v", test.counts)
	}
}

func TestDeclaredAnswers(t *testing.T) {
	patients := enginetest.Rows(t, "patients", enginetest.Line{"patient_id"}, enginetest.Line{"1"})
	declarations := enginetest.Rows(t, "declarations", enginetest.Line{"key", "answer", "date"},
		enginetest.Line{"audit", "no", "2025-01-01"}, enginetest.Line{"audit", "yes", "2026-01-01"}, enginetest.Line{"audit", "no", "-"}, enginetest.Line{"-", "yes", "-"})
	asOf := calendar.Day(0)
	p, err := practicesOf(t, &asOf, patients, declarations)
	require.NoError(t, err)
	require.Len(t, p.Declarations, 3)
	require.Equal(t, "yes", p.Declared(0, "audit").Answer, "the latest dated one counts")
	require.Nil(t, p.Declared(0, "restore"))

	practice := enginetest.Rows(t, "practice", enginetest.Line{"practice_id"}, enginetest.Line{"A"}, enginetest.Line{"B"})
	patients = enginetest.Rows(t, "patients", enginetest.Line{"patient_id", "practice_id"}, enginetest.Line{"1", "A"}, enginetest.Line{"2", "B"})
	declarations = enginetest.Rows(t, "declarations", enginetest.Line{"key", "practice_id", "answer", "date"},
		enginetest.Line{"audit", "-", "yes", "2026-01-01"}, enginetest.Line{"audit", "B", "no", "2026-02-01"})
	p, err = practicesOf(t, &asOf, practice, patients, declarations)
	require.NoError(t, err)
	require.Equal(t, "yes", p.Declared(0, "audit").Answer, "one answer for all practices")
	require.Equal(t, "no", p.Declared(1, "audit").Answer)
}
