package damage

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/rules"
)

func small() *Extract {
	t := &Table{Name: "allergies", Columns: []string{"allergy_id", "patient_id", "code", "code_system", "recorded_date", "is_degraded"}}
	for i := range 200 {
		id := string(rune('a' + i%26))
		t.Rows = append(t.Rows, []string{"a" + id, "p" + id, "91936005", "sct", "2025-02-28", "false"})
	}
	return &Extract{Tables: []*Table{t, {Name: "practice", Columns: []string{"practice_id"}, Rows: [][]string{{"P1"}}}}}
}

func allOf(t *testing.T, x *Extract) []Damage {
	t.Helper()
	practices, err := LoadPractices()
	require.NoError(t, err)
	return practices.All(x, &rules.Catalogue{})
}

func damaged(t *testing.T, x *Extract, name string) *Table {
	t.Helper()
	all := allOf(t, x)
	at := slices.IndexFunc(all, func(d Damage) bool { return d.Name() == name })
	require.GreaterOrEqual(t, at, 0, name)
	return all[at].Apply(x).Table("allergies")
}

func TestDamage(t *testing.T) {
	x := small()
	first := func(name, column string) string {
		got := damaged(t, x, name)
		return got.Rows[0][got.Column(column)]
	}
	require.Empty(t, damaged(t, x, "emptied allergies 100%").Rows)
	require.Nil(t, damaged(t, x, "dropped allergies 100%"))
	require.Len(t, damaged(t, x, "repeated allergies 100%").Rows, 400)
	require.Equal(t, "aa-again", damaged(t, x, "repeated-anew allergies 100%").Rows[200][0])
	require.Equal(t, "nobody-pa", first("orphaned allergies 100%", "patient_id"))
	require.Empty(t, first("rejected allergies 100%", "allergy_id"))
	require.Empty(t, first("blank allergies.code 100%", "code"))
	require.Equal(t, "?", first("garbage allergies.code 100%", "code"))
	require.Equal(t, "aa", first("one-value allergies.allergy_id 100%", "allergy_id"))
	require.Equal(t, "local", first("local-code allergies.code 100%", "code_system"))
	require.Equal(t, "138875005", first("root-code allergies.code 100%", "code"))
	require.Equal(t, "91936006", first("bad-check-digit allergies.code 100%", "code"))
	require.Equal(t, "2035-02-28", first("ten-years-on allergies.recorded_date 100%", "recorded_date"))
	require.Equal(t, "true", first("flipped allergies.is_degraded 100%", "is_degraded"))
	require.Equal(t, " pa ", first("blanks-around allergies.patient_id 100%", "patient_id"))
	require.Equal(t, -1, damaged(t, x, "column-dropped allergies.code 100%").Column("code"))
	require.Equal(t, small(), x, "the whole extract stays as it was")
}

func TestSharesAreOfTheirSizeAndNested(t *testing.T) {
	x := small()
	differ := func(name string) []int {
		var out []int
		for i, row := range damaged(t, x, name).Rows {
			if row[2] != "91936005" {
				out = append(out, i)
			}
		}
		return out
	}
	tenth, half, whole := differ("blank allergies.code 10%"), differ("blank allergies.code 50%"), differ("blank allergies.code 100%")
	require.InDelta(t, 20, len(tenth), 10)
	require.InDelta(t, 100, len(half), 20)
	require.Len(t, whole, 200)
	require.Subset(t, half, tenth)
}

func TestHalfOfTheRows(t *testing.T) {
	x := small()
	for _, row := range x.Table("allergies").Rows[:80] {
		row[4] = ""
	}
	half := map[string]bool{}
	for _, d := range allOf(t, x) {
		half[d.Name()] = d.half(x)
	}
	for name, want := range map[string]bool{
		"blank allergies.code 10%": false, "blank allergies.code 100%": true, "emptied allergies 100%": true, "dropped allergies 100%": true,
		"repeated allergies 10%": false, "repeated allergies 100%": true, "column-dropped allergies.code 100%": true,
		"column-dropped allergies.recorded_date 100%": true, "one-value allergies.recorded_date 100%": false,
	} {
		require.Equal(t, want, half[name], name)
	}
}

func TestDamageThatChangesNothingIsNone(t *testing.T) {
	x := small()
	for _, d := range allOf(t, x) {
		if d.Name() == "one-value allergies.code 100%" || d.Name() == "items-one prescribing_items 100%" {
			require.Same(t, x, d.Apply(x), d.Name())
		}
	}
}

func TestNamesOfDamageAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range allOf(t, small()) {
		require.False(t, seen[d.Name()], d.Name())
		seen[d.Name()] = true
		require.NotEmpty(t, d.Hits, d.Name())
	}
}

func TestASampleHasEveryKindForEveryTableOnce(t *testing.T) {
	all := allOf(t, small())
	kinds := map[string]int{}
	for i := range all {
		kinds[all[i].Kind+" "+all[i].Table()] = 0
	}
	for place := range 3 {
		for _, d := range Sample(all, 1, 7, place, 3) {
			kinds[d.Kind+" "+d.Table()]++
		}
	}
	for kind, n := range kinds {
		require.Equal(t, 1, n, kind)
	}
}

func TestPairsThatMayUndoEachOther(t *testing.T) {
	hit := func(hits ...string) *Damage { return &Damage{Hits: hits} }
	require.True(t, hit("events.code").undone(hit("events.code")))
	require.True(t, hit("events").undone(hit("events.code")))
	require.False(t, hit("events.code").undone(hit("events")), "a table that is gone gives nothing back")
	require.False(t, hit("events.code").undone(hit("events.code_system")))
	require.False(t, hit("events").undone(hit("results.code")))
}
