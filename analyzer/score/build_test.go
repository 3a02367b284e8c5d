package score

import (
	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// asOf is 2026-03-31.
const asOf = 20543

// patientRule is a rule about patients that most tests start from.
func patientRule(id string, change ...func(*rules.Rule)) *rules.Rule {
	r := &rules.Rule{
		ID: id, Title: "Title of " + id, Table: schema.Lookup("patients"), Evidence: "data", Owner: "practice",
		Threshold: percent(8000), ThresholdFrom: "our own default", Fix: "Put it right.",
		Source: expr.Source{Expect: "true"},
	}
	for _, c := range change {
		c(r)
	}
	return r
}

func declaredRule(id, key string, change ...func(*rules.Rule)) *rules.Rule {
	r := &rules.Rule{ID: id, Title: "Title of " + id, Evidence: "declared", Declares: key, Answers: []string{"yes", "no"}, Owner: "practice"}
	for _, c := range change {
		c(r)
	}
	return r
}

func percent(p int64) rules.Threshold { return rules.Threshold{Percent: p, Set: true} }

func atMost(p int64) rules.Threshold { return rules.Threshold{Percent: p, AtMost: true, Set: true} }

func above(p int64) rules.Threshold { return rules.Threshold{Percent: p, Strict: true, Set: true} }

func below(p int64) rules.Threshold {
	return rules.Threshold{Percent: p, AtMost: true, Strict: true, Set: true}
}

func criterion(r *rules.Rule, s rules.Severity, weight int) rules.Criterion {
	return rules.Criterion{Rule: r, Severity: s, Weight: weight}
}

func of(numerator, denominator int64) state.Tally {
	return state.Tally{Numerator: numerator, Denominator: denominator}
}

// input is one practice of 5,000 patients judged by one accreditation.
func input(criteria []rules.Criterion, tallies map[string]state.Tally) Input {
	catalogue := &rules.Catalogue{}
	s := &state.State{}
	p := state.PracticeState{ID: "P1", AsOf: asOf, AsOfFrom: "the extract", Registered: 5000}
	for _, c := range criteria {
		catalogue.Rules = append(catalogue.Rules, c.Rule)
		if tally, ok := tallies[c.Rule.ID]; ok {
			s.Rules = append(s.Rules, c.Rule.ID)
			p.Tallies = append(p.Tallies, tally)
		}
	}
	s.Practices = []state.PracticeState{p}
	return Input{
		State: s, Catalogue: catalogue,
		Scheme: &rules.Scheme{ID: "test", Accreditations: []rules.Accreditation{{ID: "data-quality", Criteria: criteria}}},
	}
}
