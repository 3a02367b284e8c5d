package run

import (
	"fmt"
	"slices"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/practices"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
)

// RequirePatients refuses an extract without a patient: every rule would find
// nothing, which is no finding.
func (run *Run) RequirePatients() error {
	r := run.tables[schema.Patients.Index]
	switch {
	case r.Rows == 0:
		return &practices.Refusal{Message: "the patients table holds no row", Hint: "export again, with the patients"}
	case r.Rejected == r.Rows:
		return &practices.Refusal{Message: fmt.Sprintf("no row of the patients table can be used: all %d lack their patient_id, share it with another, or have too few or too many fields", r.Rows),
			Hint: "export again; paperlight inspect shows the first positions"}
	}
	return nil
}

// State returns what the run counted. missing names the rules that were not
// run, which the state marks. The program without an id counts the registered
// patients.
func (run *Run) State(missing map[string][]string) *state.State {
	out := &state.State{}
	at := map[string]int{}
	count := -1
	for i := range run.plan.Programs {
		switch p := &run.plan.Programs[i]; {
		case p.Aside:
		case p.ID != "":
			at[p.ID] = i
			out.Rules = append(out.Rules, p.ID)
		case p.Gaps == nil:
			count = i
		}
	}
	for id := range missing {
		out.Rules = append(out.Rules, id)
	}
	slices.Sort(out.Rules)
	for i, p := range run.practices.List {
		s := state.PracticeState{ID: p.ID, ODSCode: p.ODSCode, Name: p.Name, AsOf: p.AsOf, AsOfFrom: p.AsOfFrom, Registered: -1, Outgoing: p.Outgoing || run.options.Outgoing}
		if count >= 0 {
			s.Registered = run.tallies[count][i].Denominator
		}
		for _, id := range out.Rules {
			program, ok := at[id]
			if !ok {
				s.Tallies = append(s.Tallies, state.Tally{Missing: true})
				continue
			}
			t := run.tallies[program][i]
			t.Value, t.HasValue = run.value(run.plan.Programs[program].Value, i)
			s.Tallies = append(s.Tallies, t)
			if days := run.days[program]; days != nil && days[i] != nil {
				s.Days = append(s.Days, state.Days{Rule: id, Counts: days[i].List(p.AsOf)})
			}
		}
		for _, r := range run.tables {
			rows := int64(0)
			if r != nil {
				rows = r.Practices[i].Rows
			}
			s.Rows = append(s.Rows, rows)
		}
		s.Gaps, s.Damage, s.Doubts = run.gaps(i), run.damage(i), run.doubts(i)
		out.Practices = append(out.Practices, s)
	}
	out.Tables = run.tableStates()
	return out
}

func (run *Run) tableStates() []state.TableState {
	var out []state.TableState
	for _, t := range run.x.Tables {
		r := run.tables[t.Schema.Index]
		if r != nil {
			one := r.State(t)
			if t.LeftOut != nil {
				one.LeftOut = t.LeftOut()
			}
			out = append(out, one)
		}
	}
	return out
}

// value returns a rule's value for practice number i.
func (run *Run) value(n *expr.Node, i int) (float64, bool) {
	if n == nil || n.Op == expr.OpNull {
		return 0, false
	}
	if n.Op == expr.OpConst {
		if n.Type == schema.Decimal {
			return n.Value.Real, true
		}
		return float64(n.Value.Int), true
	}
	c := run.Columns[n]
	if !bitmap.Known(c.Known, i) {
		return 0, false
	}
	switch {
	case c.Reals != nil:
		return c.Reals[i], true
	case c.Ints != nil:
		return float64(c.Ints[i]), true
	case c.Counts32 != nil:
		return float64(c.Counts32[i]), true
	case c.Counts16 != nil:
		return float64(c.Counts16[i]), true
	}
	return float64(c.Counts8[i]), true
}
