// Package exprtest makes random rules over the schema, random extracts that
// they meet, and what such an extract supplies. The differential tests of the
// language and of the engine use it: equal seeds give equal rules and data.
//
// What it makes is small and awkward on purpose: values from pools of a few,
// so that rows meet; absent and malformed cells; repeated ids and patients;
// orphans; empty and absent tables; one, two or three practices.
package exprtest

import (
	"maps"
	"math/rand/v2"
	"slices"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
)

// A Generator makes rules and extracts from a seed.
type Generator struct {
	*rand.Rand
	language *expr.Language
}

// New returns the generator of a seed, for rules in language.
func New(language *expr.Language, seed uint64) *Generator {
	return &Generator{Rand: rand.New(rand.NewPCG(seed, seed^0x9e3779b97f4a7c15)), language: language}
}

// Language returns a language with the definitions and code lists that the
// generator's rules use.
func Language() (*expr.Language, error) {
	return expr.NewLanguage(definitions(), Lists(), slices.Sorted(maps.Keys(Prevalence()))...)
}

// Prevalence is what the generator's rules may expect.
func Prevalence() map[string]float64 { return map[string]float64{"diabetes": 0.065, "rare": 0} }

// Lists are the code lists of the generator's rules. Their codes are among the
// generator's.
func Lists() map[string]*expr.Codelist {
	return map[string]*expr.Codelist{
		"several": {Name: "several", Codes: map[string][]string{
			"sct": {"195967001", "73211009"}, "read2": {"H33..", "C10.."}, "dmd": {"322236009", "73211009"}, "bnf": {"0403010B0", "0301011R0"}}},
		"one": {Name: "one", Codes: map[string][]string{"sct": {"73211009"}, "dmd": {"322236009"}, "bnf": {"0403010B0"}}},
	}
}

func definitions() []expr.Definition {
	define := func(table, name string, alternatives ...expr.Alternative) expr.Definition {
		return expr.Definition{Table: schema.Lookup(table), Name: name, File: "definitions.yaml", Alternatives: alternatives}
	}
	is := func(text string, optional ...string) expr.Alternative {
		return expr.Alternative{Text: text, Optional: optional}
	}
	return []expr.Definition{
		define("registrations", "open", is(`reg_type == "regular" && start_date <= as_of && (!has(end_date) || end_date > as_of)`)),
		define("patients", "deceased", is(`is_true(is_deceased) || is_true(death_date <= as_of)`, "is_deceased", "death_date")),
		define("patients", "registered", is(`registrations.exists(r, r.open) && !deceased && !is_true(is_dummy)`, "is_dummy"), is(`!deceased`)),
		define("patients", "age", is(`has(birth_date) ? years_between(birth_date, as_of) : year(as_of) - birth_year`, "birth_year"), is(`year(as_of) - birth_year`)),
		define("patients", "first_seen", is(`is_dummy ? birth_date : death_date + months(1)`)),
		define("medications", "active_repeat", is(`prescription_type in ["repeat", "repeat_dispensing"] && status == "active" && (!has(end_date) || end_date > as_of)`, "end_date")),
		define("patients", "on_repeat", is(`medications.exists(m, m.active_repeat)`)),
		define("allergies", "live", is(`status == "active" && !(category in ["none_known", "none_known_drug"]) && !is_true(coded("one"))`, "code", "code_system")),
	}
}
