package damage

import (
	"fmt"
	"slices"

	"paperlight/analyzer/report"
	"paperlight/rules"
)

// The properties that damage must not break.
const (
	// NoGain: the assured score is not above that of the whole extract.
	NoGain = "P1"
	// NoPromotion: no verdict moves into ready or nearly_ready.
	NoPromotion = "P2"
	// BlockersNotice: where half of the rows of what a blocker reads are damaged,
	// its accreditation is not ready.
	BlockersNotice = "P3"
	// LossNamed: not_ready becomes answers_needed only where the answers asked
	// for name the blockers that no longer fail.
	LossNamed = "P4"
	// NothingThere: a practice whose records hold nothing is not ready, however
	// they are filled in.
	NothingThere = "hollow"
	// NoFault: an extract is judged or refused, whatever is wrong with it.
	NoFault = "fault"
)

// A Violation is a property that a damage broke.
type Violation struct {
	Property, Practice, Scheme, Accreditation string
	Damage                                    *Damage
	// Rules are those that explain it: that passed thanks to the damage, or
	// should have noticed it.
	Rules    []string
	From, To string
}

func (v *Violation) String() string {
	return fmt.Sprintf("%s %s/%s of %s: %s: %s -> %s %v", v.Property, v.Scheme, v.Accreditation, v.Practice, v.Damage.Name(), v.From, v.To, v.Rules)
}

// hold holds the outcome of a damaged extract against that of the same extract
// before the damage. half says that half of the rows or more were changed.
func hold(practice string, d *Damage, half bool, before, after *Outcome, blockers reads) []Violation {
	if after.Fault != nil {
		return []Violation{{Property: NoFault, Practice: practice, Damage: d, From: "judged or refused", To: after.Fault.Error()}}
	}
	var out []Violation
	for i := range after.Readings {
		now := &after.Readings[i]
		was := before.best(now)
		if was == nil {
			continue
		}
		for _, v := range compare(d, half, was, now, blockers) {
			v.Practice, v.Scheme, v.Accreditation, v.Damage = practice, was.Scheme, was.Accreditation, d
			out = append(out, v)
		}
	}
	return out
}

// compare holds one reading against the one before the damage.
func compare(d *Damage, half bool, was, now *Reading, blockers reads) []Violation {
	var out []Violation
	broke := func(property string, explained []string, from, to string) {
		out = append(out, Violation{Property: property, Rules: explained, From: from, To: to})
	}
	if was.Assured != nil && now.Assured != nil && *now.Assured > *was.Assured {
		broke(NoGain, gained(was, now), fmt.Sprint(*was.Assured), fmt.Sprint(*now.Assured))
	}
	if good(now.Verdict) && !good(was.Verdict) {
		broke(NoPromotion, promoted(was, now), string(was.Verdict), string(now.Verdict))
	}
	if now.Verdict == report.Ready && was.Verdict == report.Ready && half && !d.Harmless {
		if blind := unnoticed(d, now, blockers); len(blind) > 0 {
			broke(BlockersNotice, blind, string(was.Verdict), string(now.Verdict))
		}
	}
	if was.Verdict == report.NotReady && now.Verdict == report.AnswersNeeded {
		lost := slices.DeleteFunc(slices.Clone(was.BlockersFailed), func(rule string) bool { return slices.Contains(now.AnswersNeeded, rule) })
		if len(lost) > 0 || len(now.AnswersNeeded) == 0 {
			broke(LossNamed, lost, string(was.Verdict), string(now.Verdict))
		}
	}
	return out
}

func good(v report.Verdict) bool { return v == report.Ready || v == report.NearlyReady }

// gained are the rules that pass now and did not.
func gained(was, now *Reading) []string {
	var out []string
	for i := range now.Standings {
		if c := &now.Standings[i]; c.Weight > 0 && c.Status == report.Passed && was.status(c.Rule) != report.Passed {
			out = append(out, c.Rule)
		}
	}
	return sorted(out)
}

// promoted are the rules that held a verdict back and no longer do: blockers
// that failed, or where none did whatever passes now and did not, or failed.
func promoted(was, now *Reading) []string {
	var out []string
	for i := range was.Standings {
		c := &was.Standings[i]
		after := now.status(c.Rule)
		held := c.Status != report.Passed && c.Status != report.Shown && after != c.Status
		if held && (c.Severity == rules.Blocker || len(was.BlockersFailed) == 0) {
			out = append(out, c.Rule)
		}
	}
	return sorted(out)
}

// unnoticed are the blockers that read what was damaged.
func unnoticed(d *Damage, now *Reading, blockers reads) []string {
	var out []string
	for i := range now.Standings {
		if c := &now.Standings[i]; c.Severity == rules.Blocker && blockers.hit(c.Rule, d) {
			out = append(out, c.Rule)
		}
	}
	return sorted(out)
}

func sorted(s []string) []string {
	slices.Sort(s)
	return slices.Compact(s)
}
