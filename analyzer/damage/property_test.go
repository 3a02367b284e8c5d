package damage

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/report"
	"paperlight/rules"
)

func reading(v report.Verdict, assured int64, standings ...Standing) Reading {
	r := Reading{Scheme: "s", Accreditation: "a", Verdict: v, Assured: &assured, Standings: standings}
	for _, c := range standings {
		if c.Severity == rules.Blocker && c.Status == report.Failed {
			r.BlockersFailed = append(r.BlockersFailed, c.Rule)
		}
		if c.Severity == rules.Blocker && c.Status == report.NotAssessable {
			r.AnswersNeeded = append(r.AnswersNeeded, c.Rule)
		}
	}
	return r
}

func blocker(rule string, s report.Status) Standing {
	return Standing{Rule: rule, Status: s, Severity: rules.Blocker, Weight: 5}
}

func TestWhatEachPropertyForbids(t *testing.T) {
	blockers := reads{"set/b": {"events.code", "events.event_date"}}
	half := &Damage{Kind: "blank", Where: "events.code", Share: 50, Hits: []string{"events.code"}}
	other := func(change func(*Damage)) *Damage { d := *half; change(&d); return &d }
	passed, failed, unknown := blocker("set/b", report.Passed), blocker("set/b", report.Failed), blocker("set/b", report.NotAssessable)
	nothing := blocker("set/b", report.NotApplicable)
	for _, test := range []struct {
		says     string
		damage   *Damage
		was, now Reading
		broken   []string
	}{
		{"the score falls", half, reading(report.Ready, 9500, passed), reading(report.NotReady, 8000, failed), nil},
		{"the score rises", half, reading(report.NotReady, 8000, failed), reading(report.NotReady, 8001, failed), []string{NoGain}},
		{"a file is damaged", half, reading(report.Ready, 9500, passed), Reading{Scheme: "s", Accreditation: "a", Verdict: report.Damaged}, nil},
		{"into ready", half, reading(report.NotReady, 8000, failed), reading(report.Ready, 8000, passed), []string{NoPromotion}},
		{"into nearly ready", half, reading(report.AnswersNeeded, 8000, unknown), reading(report.NearlyReady, 8000, passed), []string{NoPromotion}},
		{"from nearly ready to ready is told by the score", half, reading(report.NearlyReady, 8000, passed), reading(report.Ready, 8000, passed), nil},
		{"a blocker that sees nothing", half, reading(report.Ready, 9500, passed), reading(report.Ready, 9500, passed), []string{BlockersNotice}},
		{"a tenth may pass", other(func(d *Damage) { d.Share = 10 }), reading(report.Ready, 9500, passed), reading(report.Ready, 9500, passed), nil},
		{"harmless", other(func(d *Damage) { d.Harmless = true }), reading(report.Ready, 9500, passed), reading(report.Ready, 9500, passed), nil},
		{"what no blocker reads", other(func(d *Damage) { d.Hits = []string{"events.unit"} }), reading(report.Ready, 9500, passed), reading(report.Ready, 9500, passed), nil},
		{"a whole table", other(func(d *Damage) { d.Hits = []string{"events"} }), reading(report.Ready, 9500, passed), reading(report.Ready, 9500, passed), []string{BlockersNotice}},
		{"the lost blocker is asked for", half, reading(report.NotReady, 8000, failed), reading(report.AnswersNeeded, 7000, unknown), nil},
		{"it is lost without a word", half, reading(report.NotReady, 8000, failed), reading(report.AnswersNeeded, 7000, nothing), []string{LossNamed}},
		{"a low score is no longer one", half, reading(report.NotReady, 7000, passed), reading(report.AnswersNeeded, 6000, passed), []string{LossNamed}},
	} {
		t.Run(test.says, func(t *testing.T) {
			var broken []string
			for _, v := range hold("p", test.damage, test.damage.Share >= 50, &Outcome{Readings: []Reading{test.was}}, &Outcome{Readings: []Reading{test.now}}, blockers) {
				broken = append(broken, v.Property)
			}
			require.Equal(t, test.broken, broken)
		})
	}
}

func TestEveryPracticeOfADamagedExtractIsHeld(t *testing.T) {
	d := &Damage{Kind: "garbage", Where: "patients.practice_id", Share: 50}
	before := &Outcome{Readings: []Reading{reading(report.NotReady, 5000)}}
	after := &Outcome{Readings: []Reading{reading(report.NotReady, 4000), reading(report.Ready, 9000)}}
	after.Readings[1].Practice = "?"
	require.Len(t, hold("p", d, true, before, after, nil), 2, "one rose and became ready")
	require.Empty(t, hold("p", d, true, after, after, nil), "each is held against itself")
	after.Readings[0].Practice = "!"
	require.Empty(t, hold("p", d, true, after, before, nil), "a practice that was made up, against the best")
	require.Empty(t, hold("p", d, true, before, &Outcome{Refused: true}, nil))
	v := hold("p", d, true, before, &Outcome{Fault: errors.New("broken")}, nil)
	require.Equal(t, NoFault, v[0].Property)
}

func TestExceptions(t *testing.T) {
	e, err := ParseExceptions([]byte(`
open: [{property: P4, reason: being mended}]
exceptions:
  - {property: P3, damage: "one-value patients.sex *", practice: snomed, reason: nobody can tell}
  - {property: P1, damage: "blank *", reason: nobody can tell}
`))
	require.NoError(t, err)
	d := &Damage{Kind: "one-value", Where: "patients.sex", Share: 50}
	require.True(t, e.bears(&Violation{Property: BlockersNotice, Practice: "snomed", Damage: d}))
	require.False(t, e.bears(&Violation{Property: BlockersNotice, Practice: "items", Damage: d}))
	require.False(t, e.bears(&Violation{Property: NoGain, Practice: "snomed", Damage: d}))
	require.Len(t, e.unused(), 1)
	require.True(t, e.open(LossNamed))
	require.False(t, e.open(NoGain))
	for _, bad := range []string{
		`exceptions: [{property: P3, damage: "x"}]`, `exceptions: [{property: P9, damage: x, reason: y}]`, `exceptions: [{property: P1, reason: y}]`,
		`open: [{property: fault, reason: y}]`, `open: [{property: P1}]`, `other: 1`,
	} {
		_, err := ParseExceptions([]byte(bad))
		require.Error(t, err, bad)
	}
}
