package analyzer

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
)

func practicesOf(t *testing.T, override *int32, tables ...*extract.Memory) (*Practices, error) {
	t.Helper()
	return AsOf(context.Background(), extract.InMemory("test", tables...), override)
}

func TestWhichPractices(t *testing.T) {
	asOf := int32(0)
	tests := []struct {
		name     string
		practice []line
		patients []line // patient_id, practice_id
		want     []string
		refused  string
	}{
		{"the practice table's", []line{{"B"}, {"A"}}, []line{{"1", "A"}}, []string{"A", "B"}, ""},
		{"those that only patients name", []line{{"B"}}, []line{{"1", "C"}, {"2", "A"}, {"3", "C"}}, []string{"A", "B", "C"}, ""},
		{"patients without one belong to the only row", []line{{"B"}}, []line{{"1", "-"}}, []string{"B"}, ""},
		{"or, without a row, to one called unknown", nil, []line{{"1", "-"}, {"2", "-"}}, []string{"unknown"}, ""},
		{"with several rows that is refused", []line{{"A"}, {"B"}}, []line{{"1", "-"}}, nil, "patients without practice_id, and 2 practices they could belong to"},
		{"a repeated row is no second practice", []line{{"A"}, {"A"}}, []line{{"1", "-"}}, []string{"A"}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := practicesOf(t, &asOf, rows(t, "practice", line{"practice_id"}, test.practice...), rows(t, "patients", line{"patient_id", "practice_id"}, test.patients...))
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
	_, err := practicesOf(t, &asOf, rows(t, "practice", line{"practice_id"}, line{"A"}))
	require.EqualError(t, err, "the extract holds no patients table")
}

func TestAsOfDate(t *testing.T) {
	patients := rows(t, "patients", line{"patient_id", "practice_id"}, line{"1", "A"}, line{"2", "B"})
	practice := rows(t, "practice", line{"practice_id", "extract_to"}, line{"A", "2026-01-31"}, line{"B", "-"})
	// 999 events on one day and one in 2099: the 99.9th percentile is the day.
	events := rows(t, "events", line{"event_id", "patient_id", "recorded_date"})
	for range 999 {
		events.Rows = append(events.Rows, []extract.Cell{extract.TextCell("e"), extract.TextCell("2"), extract.IntCell(day("2025-11-30"))})
	}
	events.Rows = append(events.Rows, []extract.Cell{extract.TextCell("e"), extract.TextCell("2"), extract.IntCell(day("2099-01-01"))})
	override := int32(day("2026-03-31"))
	from := func(p *Practices, err error) []string {
		require.NoError(t, err)
		var out []string
		for _, q := range p.List {
			out = append(out, expr.FormatDate(q.AsOf)+" "+q.AsOfFrom)
		}
		return out
	}
	require.Equal(t, []string{"2026-03-31 --as-of", "2026-03-31 --as-of"}, from(practicesOf(t, &override, practice, patients, events)))
	require.Equal(t, []string{"2026-01-31 practice.extract_to", "2025-11-30 99.9th percentile of the dates recorded"},
		from(practicesOf(t, nil, practice, patients, events)))
	x := extract.InMemory("test", practice, patients, events)
	x.ReleaseDate, x.HasReleaseDate = int32(day("2026-02-28")), true
	require.Equal(t, []string{"2026-01-31 practice.extract_to", "2026-02-28 release date of the extract"}, from(AsOf(context.Background(), x, nil)))
	_, err := practicesOf(t, nil, practice, patients)
	require.EqualError(t, err, "no as-of date for practice 2 of 2: the extract states none and holds no date of it on which something was done or entered")
}

// A table that stops years before the others does not decide alone: events that
// carry only the day they happened count too, and what lies ahead does not.
func TestAsOfDateFromEveryDateThatRecords(t *testing.T) {
	patients := rows(t, "patients", line{"patient_id"}, line{"1"})
	allergies := rows(t, "allergies", line{"allergy_id", "patient_id", "recorded_date"}, line{"a", "1", "2010-01-01"})
	ahead := rows(t, "medications", line{"medication_id", "patient_id", "review_due_date", "start_date"}, line{"m", "1", "2031-01-01", "2030-01-01"})
	for _, one := range []struct{ table, key, date string }{
		{"events", "event_id", "event_date"}, {"events", "event_id", "recorded_date"}, {"issues", "issue_id", "issue_date"},
		{"registrations", "registration_id", "start_date"}, {"consultations", "consultation_id", "consultation_date"},
		{"results", "result_id", "message_date"}, {"results", "result_id", "filed_date"}, {"documents", "document_id", "filed_date"},
	} {
		dated := rows(t, one.table, line{one.key, "patient_id", one.date}, line{"x", "1", "2025-06-30"}, line{"y", "1", "2025-05-01"})
		p, err := practicesOf(t, nil, patients, allergies, ahead, dated)
		require.NoError(t, err)
		require.Equal(t, "2025-06-30", expr.FormatDate(p.List[0].AsOf), "%s.%s", one.table, one.date)
	}
}

func TestPercentileIsTheNearestRank(t *testing.T) {
	tests := []struct {
		counts map[int32]int64
		want   int32
	}{
		{map[int32]int64{5: 1}, 5},
		{map[int32]int64{5: 999, 9: 1}, 5},
		{map[int32]int64{5: 998, 9: 1}, 9},
		{map[int32]int64{-3: 1, 2: 1}, 2},
		{map[int32]int64{1: 1997, 2: 1, 3: 2}, 2},
	}
	for _, test := range tests {
		got, ok := percentile(test.counts)
		require.True(t, ok)
		require.Equal(t, test.want, got, "%v", test.counts)
	}
}

// Whose row it is, as the schema says: of two practices that both have a
// patient 1, a patient 2 that two rows of A carry, and 3 and 4 of one each.
func TestWhoseRowItIs(t *testing.T) {
	practice := rows(t, "practice", line{"practice_id"}, line{"A"}, line{"B"})
	patients := rows(t, "patients", line{"patient_id", "practice_id"},
		line{"1", "A"}, line{"1", "B"}, line{"2", "A"}, line{"2", "A"}, line{"3", "A"}, line{"4", "B"})
	events := rows(t, "events", line{"event_id", "patient_id", "practice_id"},
		line{"e1", "1", "A"}, // A's
		line{"e2", "1", "B"}, // B's
		line{"e3", "1", "-"}, // one of two: an orphan of no practice
		line{"e4", "1", "C"}, // neither: an orphan of no practice
		line{"e5", "2", "A"}, // ambiguous: an orphan of A
		line{"e6", "3", "B"}, // A's, and a mismatch
		line{"e7", "3", "-"}, // A's
		line{"e8", "9", "B"}, // an orphan of B
		line{"e9", "4", "B"}) // B's
	g := expr.NewGraph()
	event := schema.Lookup("events")
	programs := []Program{
		{ID: "a/all", Table: event, Where: g.Bool(true), Expect: g.Present(g.Gather(event.Walk("patient"), column(g, "patients", "patient_id")))},
		{ID: "b/patients", Table: schema.Lookup("patients"), Where: g.Bool(true)},
	}
	for _, dictionary := range []bool{false, true} {
		events.Dictionary = dictionary
		s := runOf(t, 2, programs, practice, patients, events).State(nil)
		require.Equal(t, tally(4, 3, 0, 0, 0), s.Practices[0].Tallies[0], "e1, e6, e7; e5 has no patient")
		require.Equal(t, tally(3, 2, 0, 0, 0), s.Practices[1].Tallies[0], "e2, e9; e8 has no patient")
		require.Equal(t, tally(2, 0, 0, 0, 0), s.Practices[0].Tallies[1])
		require.Equal(t, tally(2, 0, 0, 0, 0), s.Practices[1].Tallies[1])
		table := s.Tables[2]
		require.Equal(t, []int64{9, 0, 4, 1}, []int64{table.Rows, table.Rejected, table.Orphans, table.PracticeMismatch})
		require.EqualValues(t, 2, s.Tables[1].Rejected)
		require.EqualValues(t, 1, s.Tables[1].DuplicateIDs)
		require.Equal(t, []state.Position{{File: "patients", Record: 3}, {File: "patients", Record: 4}}, s.Tables[1].Faults[0].First)
	}
}

func TestDeclaredAnswers(t *testing.T) {
	patients := rows(t, "patients", line{"patient_id"}, line{"1"})
	declarations := rows(t, "declarations", line{"key", "answer", "date"},
		line{"audit", "no", "2025-01-01"}, line{"audit", "yes", "2026-01-01"}, line{"audit", "no", "-"}, line{"-", "yes", "-"})
	asOf := int32(0)
	p, err := practicesOf(t, &asOf, patients, declarations)
	require.NoError(t, err)
	require.Len(t, p.Declarations, 3)
	require.Equal(t, "yes", p.Declared(0, "audit").Answer, "the latest dated one counts")
	require.Nil(t, p.Declared(0, "restore"))

	practice := rows(t, "practice", line{"practice_id"}, line{"A"}, line{"B"})
	patients = rows(t, "patients", line{"patient_id", "practice_id"}, line{"1", "A"}, line{"2", "B"})
	declarations = rows(t, "declarations", line{"key", "practice_id", "answer", "date"},
		line{"audit", "-", "yes", "2026-01-01"}, line{"audit", "B", "no", "2026-02-01"})
	p, err = practicesOf(t, &asOf, practice, patients, declarations)
	require.NoError(t, err)
	require.Equal(t, "yes", p.Declared(0, "audit").Answer, "one answer for all practices")
	require.Equal(t, "no", p.Declared(1, "audit").Answer)
}
