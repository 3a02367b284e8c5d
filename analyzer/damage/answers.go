package damage

import (
	"slices"

	"paperlight/analyzer/schema"
	"paperlight/rules"
)

const answersTable = "declarations"

// answerDamages are what may be wrong with what the practice declares.
func answerDamages(x *Extract, catalogue *rules.Catalogue) []Damage {
	t := x.Table(answersTable)
	if t == nil || t.Column("key") < 0 {
		return nil
	}
	var out []Damage
	answer := t.Column("answer")
	for _, row := range t.Rows {
		out = append(out, ofAnswer(row[t.Column("key")], answer >= 0 && row[answer] == "no", catalogue)...)
	}
	return out
}

// An answerPart is a column of an answer and what is written there.
type answerPart struct{ column, value string }

// ofAnswer are the damages of one answer. Where it was no, a plain yes is a lie
// that nobody can tell from the truth, and no damage.
func ofAnswer(key string, no bool, catalogue *rules.Catalogue) []Damage {
	var out []Damage
	where := answersTable + ":" + key
	add := func(kind string, harmless bool, parts ...answerPart) {
		out = append(out, Damage{Kind: "answer-" + kind, Where: where, Share: 100, Hits: []string{where}, Harmless: harmless,
			Apply: func(x *Extract) *Extract {
				for _, p := range parts {
					x = changeAnswer(x, key, p)
				}
				return x
			}})
	}
	hosted, stands := askedBy(catalogue, key)
	for _, answer := range schema.Lookup(answersTable).Column("answer").Values {
		fits := answer == "yes" || answer == "supplier_hosted" && hosted
		if !no || !fits {
			add(answer, fits, answerPart{"answer", answer}, answerPart{"count", ""})
		}
	}
	add("no-and-none-left", false, answerPart{"answer", "no"}, answerPart{"count", "0"})
	add("old", stands, answerPart{"date", "2010-01-01"})
	add("future", false, answerPart{"date", "2099-12-31"})
	add("undated", false, answerPart{"date", ""})
	add("without-evidence", false, answerPart{"evidence", ""})
	add("without-role", false, answerPart{"role", ""})
	add("negative-count", false, answerPart{"answer", ""}, answerPart{"count", "-5"})
	add("yes-and-negative-count", false, answerPart{"answer", "yes"}, answerPart{"count", "-5"})
	add("old-bare-negative", false, answerPart{"date", "2010-01-01"}, answerPart{"evidence", ""}, answerPart{"role", ""}, answerPart{"answer", ""}, answerPart{"count", "-5"})
	out = append(out, Damage{Kind: "answer-removed", Where: where, Share: 100, Hits: []string{where},
		Apply: func(x *Extract) *Extract { return removeAnswer(x, key) }})
	return out
}

// askedBy says how the rules that ask for an answer take it: whether the
// supplier may be the one who does it, and whether an old answer stands.
func askedBy(catalogue *rules.Catalogue, key string) (hosted, stands bool) {
	for _, r := range catalogue.Rules {
		if r.Declares == key {
			hosted = hosted || slices.Contains(r.Answers, "supplier_hosted")
			stands = stands || r.AnswerStands == rules.UntilWithdrawn
		}
	}
	return hosted, stands
}

func changeAnswer(x *Extract, key string, p answerPart) *Extract {
	t := x.Table(answersTable)
	if t == nil {
		return x
	}
	at := t.Column("key")
	return change(x, answersTable, p.column, 100, func(row []string, was string) (string, bool) { return p.value, at >= 0 && row[at] == key })
}

func removeAnswer(x *Extract, key string) *Extract {
	t := x.Table(answersTable)
	if t == nil || t.Column("key") < 0 {
		return x
	}
	at := t.Column("key")
	rows := slices.DeleteFunc(slices.Clone(t.Rows), func(row []string) bool { return row[at] == key })
	if len(rows) == len(t.Rows) {
		return x
	}
	return x.with(&Table{Name: t.Name, Columns: t.Columns, Rows: rows})
}
