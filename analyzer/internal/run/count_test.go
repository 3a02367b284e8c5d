package run

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/enginetest"
	"paperlight/analyzer/internal/eval"
	"paperlight/analyzer/internal/intake"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/practices"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
)

// Read counts what is wrong with the rows, whatever the workers.
func TestReadCountsFaults(t *testing.T) {
	patients := enginetest.Rows(t, "patients", enginetest.Line{"patient_id", "sex", "birth_date"})
	events := enginetest.Rows(t, "events", enginetest.Line{"event_id", "patient_id", "event_date", "code", "code_system"})
	for i := range 10 {
		patients.Rows = append(patients.Rows, []extract.Cell{extract.TextCell(fmt.Sprint(i)), {Malformed: i%3 == 0}, extract.IntCell(int64(i))})
		events.Rows = append(events.Rows, []extract.Cell{extract.TextCell(fmt.Sprintf("e%d", i%8)), extract.TextCell("1"), {Malformed: true},
			extract.TextCell("73211009"), extract.TextCell("sct")})
	}
	events.Rows[4] = nil
	for _, jobs := range []int{1, 2, 3} {
		patients.Parts, events.Parts = [][]int{{3, 2}, {4}, {1}}, [][]int{{1}, {1, 1}, {7}}
		s, err := Read(context.Background(), extract.InMemory("x", patients, events), Options{Jobs: jobs})
		require.NoError(t, err)
		require.Equal(t, state.TableState{Table: schema.Lookup("patients"), Rows: 10, Malformed: 4, Absent: s.Tables[0].Absent, Faults: []state.Fault{
			{Column: schema.Lookup("patients").Column("sex"), Want: "one of M, F, I, U", Count: 4,
				First: []state.Position{{File: "patients", Record: 1}, {File: "patients", Record: 4}, {File: "patients", Record: 7}, {File: "patients", Record: 10}}},
		}}, s.Tables[0])
		e := s.Tables[1]
		require.Equal(t, []int64{10, 1, 9, 2}, []int64{e.Rows, e.Rejected, e.Malformed, e.DuplicateIDs})
		require.Equal(t, "a date YYYY-MM-DD", e.Faults[0].Want)
		require.Len(t, e.Faults[0].First, 5)
		require.Nil(t, e.Faults[1].Column, "rejects come last")
		require.NotContains(t, e.Absent, "code")
		require.Contains(t, e.Absent, "value")
	}
}

func TestVirtualColumnsOfPractice(t *testing.T) {
	patients := enginetest.Rows(t, "patients", enginetest.Line{"patient_id"}, enginetest.Line{"1"}, enginetest.Line{"-"})
	events := enginetest.Rows(t, "events", enginetest.Line{"event_id", "patient_id", "event_date", "code", "code_system"},
		enginetest.Line{"e1", "1", "?", "123456789012345670", "sct"}, // rounded
		enginetest.Line{"e2", "1", "-", "123456789012345670", "local"},
		enginetest.Line{"e3", "9", "?", "1.23E+17", "sct"}) // rounded, an orphan
	g := expr.NewGraph()
	practice := schema.Lookup("practice")
	want := map[string]float64{"rows": 5, "rejected": 1, "malformed": 2, "orphans": 1, "rounded_ids": 2}
	var programs []plan.Program
	for name := range want {
		programs = append(programs, plan.Program{ID: name, Table: practice, Where: g.Bool(true), Value: g.Column(practice.Column(name))})
	}
	// A program that reads a date makes its faults known; so does one on rows
	// that waits for the counts of all tables.
	event := schema.Lookup("events")
	many := g.Strict(expr.OpLt, schema.Bool, g.Const(expr.Value{Type: schema.Int, Int: 4}), g.Column(practice.Column("rows")))
	programs = append(programs, plan.Program{ID: "z", Table: event, Where: g.Gather(event.Walk("practice"), many), Expect: g.Present(column(g, "events", "event_date"))})
	s := runOf(t, 2, programs, patients, events).State(nil)
	for i, id := range s.Rules {
		if id == "z" {
			require.Equal(t, tally(2, 0, 0, 0, 0), s.Practices[0].Tallies[i])
			continue
		}
		require.True(t, s.Practices[0].Tallies[i].HasValue)
		require.Equal(t, want[id], s.Practices[0].Tallies[i].Value, id)
	}
}

func TestRepeatedIDsAreCountedUpToALimit(t *testing.T) {
	known := func(rows int64) *extract.Table {
		return &extract.Table{Schema: schema.Lookup("issues"), Supplied: []bool{true, true, true, true, true, true, true, true, true, true}, Parts: []extract.Part{sized(rows)}}
	}
	run := &Run{}
	require.True(t, run.countsIDs(known(duplicateLimit)))
	require.False(t, run.countsIDs(known(duplicateLimit+1)))
	require.True(t, run.countsIDs(known(-1)), "not known: counted until there are too many")
	run.options.CountDuplicateIDs = true
	require.True(t, run.countsIDs(known(duplicateLimit+1)))
}

// Ids of a table are counted by all workers or by none, and no worker keeps them for
// longer.
func TestWorkersLetGoOfIDsTogether(t *testing.T) {
	rows := new(atomic.Int64)
	rows.Store(duplicateLimit - 1)
	worker := func() *attributor {
		return &attributor{run: &Run{}, patientAt: -1, idRows: rows, reject: []uint64{1}, counts: &intake.Counts{IDs: cohort.NewRecordIDs(0)},
			e: &eval.Evaluator{MaxRows: 1, OwnPatient: []int32{-1}, OwnPractice: []int32{0}}, anyRejected: true}
	}
	one, other := worker(), worker()
	one.countIDs(1, []int32{0})
	require.NotNil(t, one.counts.IDs, "as many as are compared")
	other.countIDs(1, []int32{0})
	one.countIDs(1, []int32{0})
	for _, a := range []*attributor{one, other} {
		require.Nil(t, a.counts.IDs)
	}
	other = worker()
	other.run.options.CountDuplicateIDs = true
	other.countIDs(1, []int32{0})
	require.NotNil(t, other.counts.IDs, "asked for, of tables of any size")
}

type sized int64

func (s sized) Size() (bytes, rows int64) { return 0, int64(s) }

func (s sized) NoNulls(*schema.Column) bool { return true }

func (s sized) Scan(context.Context, []*schema.Column) iter.Seq2[*extract.Batch, error] { return nil }

// bad is a part whose reading goes wrong.
type bad struct {
	extract.Part
	scan func(yield func(*extract.Batch, error) bool)
}

func (b bad) Scan(context.Context, []*schema.Column) iter.Seq2[*extract.Batch, error] { return b.scan }

func TestReadingThatFails(t *testing.T) {
	broken := errors.New("issues.csv record 7: want 10 fields")
	tests := []struct {
		name string
		scan func(yield func(*extract.Batch, error) bool)
		want string
	}{
		{"an error is passed on", func(yield func(*extract.Batch, error) bool) { yield(nil, broken) }, broken.Error()},
		{"a panic says where", func(func(*extract.Batch, error) bool) { panic("index out of range") },
			"an internal error stopped the reading of part 2 (issues)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, jobs := range []int{1, 3} {
				x := extract.InMemory("x", enginetest.Clinic(t)[0], enginetest.Rows(t, "issues", enginetest.Line{"issue_id", "patient_id"}, enginetest.Line{"i", "ann"}))
				issues := x.Table(schema.Lookup("issues"))
				issues.Parts = []extract.Part{issues.Parts[0], bad{issues.Parts[0], test.scan}, issues.Parts[0]}
				_, err := Read(context.Background(), x, Options{Jobs: jobs})
				require.Error(t, err)
				first, _, _ := strings.Cut(err.Error(), "\n")
				require.Equal(t, test.want, first)
			}
		})
	}
}

func TestCancelledRunsStop(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	var seen []Progress
	x := extract.InMemory("x", enginetest.Clinic(t)...)
	_, err := Read(ctx, x, Options{Jobs: 1, Progress: func(p Progress) {
		seen = append(seen, p)
		stop()
	}})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, []Progress{{Table: "patients", Rows: 4}}, seen)
}

func TestMemoryLimit(t *testing.T) {
	x := extract.InMemory("x", enginetest.Clinic(t)...)
	_, err := Read(context.Background(), x, Options{MemoryLimit: 100})
	var refusal *practices.Refusal
	require.ErrorAs(t, err, &refusal)
	require.True(t, refusal.Limit)
	_, err = Read(context.Background(), x, Options{MemoryLimit: 1 << 20})
	require.NoError(t, err)
}
