package damage

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// summarised is how many patients of the hollow practice keep their summary.
const summarised = 25

// hollowed has every record of a practice hold nothing, in the ways that have
// passed for good ones: no NHS numbers but a status that excuses it, notes and
// summaries of a few patients alone, local and root codes, a figure of one
// item, dates before sense or after the extract, degraded allergies without a
// category. What code lists look for stays.
func hollowed(all *Practices, x *Extract, lists codesByList) *Extract {
	listed := listsOf(lists, "sct")
	for code, of := range listsOf(lists, "read2") {
		listed[code] += of
	}
	column := func(table, column string, f cell) { x = change(x, table, column, 100, f) }
	coded := func(table, code string, value, system cell) {
		x = both(table, code, "code_system", 100, value, system)(x)
	}
	column("patients", "nhs_number", to(""))
	column("patients", "nhs_number_status", to("07"))
	column("patients", "nhs_number_status_date", to("2099-12-31"))

	few := fewPatients(x)
	of := func(table string, f cell) cell {
		at := x.Table(table).Column("patient_id")
		return func(row []string, was string) (string, bool) {
			if slices.Contains(few, row[at]) {
				return was, false
			}
			return f(row, was)
		}
	}
	column("registrations", "paper_notes_received_date", of("registrations", to("")))
	code := x.Table("events").Column("code")
	column("events", "code", of("events", func(row []string, was string) (string, bool) {
		return "", strings.Contains(listed[was], "clinical-summary")
	}))
	unlisted := func(value string) cell {
		return func(row []string, was string) (string, bool) {
			return value, row[code] != "" && listed[row[code]] == ""
		}
	}
	column("events", "code_system", unlisted("local"))
	column("events", "code", unlisted("X"))

	coded("allergies", "code", to("?"), to("local"))
	coded("problems", "code", to(""), to(""))
	x = change(x, "allergies", "category", 10, to("unknown"))
	x = change(x, "allergies", "is_degraded", 10, to("true"))
	for _, table := range []string{"medications", "issues"} {
		column(table, "dmd_code", to(all.RootConcept))
	}
	column("medications", "last_issue_date", to("2099-12-31"))
	column("documents", "filed_date", to("1900-01-01"))
	column("documents", "actioned_date", to("1900-01-01"))
	column("results", "filed_date", to("1900-01-01"))
	return x.with(&Table{Name: itemsTable, Columns: itemsColumns(), Rows: [][]string{{practiceID(x), all.Quarter, "1"}}})
}

// fewPatients are the first whose paper notes came.
func fewPatients(x *Extract) []string {
	t := x.Table("registrations")
	patient, notes := t.Column("patient_id"), t.Column("paper_notes_received_date")
	var out []string
	for _, row := range t.Rows {
		if row[notes] != "" && len(out) < summarised {
			out = append(out, row[patient])
		}
	}
	return out
}

func TestAHollowPracticeIsNeverReady(t *testing.T) {
	exceptions := readExceptions(t)
	judge, err := NewJudge()
	require.NoError(t, err)
	all, err := LoadPractices()
	require.NoError(t, err)
	x, err := all.Make(t.Context(), &all.List[0], filepath.Join(t.TempDir(), "made"), judge.Catalogue)
	require.NoError(t, err)
	x = hollowed(all, x, codesOf(judge.Catalogue))
	k, err := Forms()[0].keep(t.TempDir(), x)
	require.NoError(t, err)
	files, err := k.files("", x)
	require.NoError(t, err)
	found := judge.Outcome(t.Context(), files)
	require.NoError(t, found.Fault)
	for _, r := range found.Readings {
		what := r.Scheme + "/" + r.Accreditation + " of a hollow practice is " + string(r.Verdict)
		hollow := Violation{Property: NothingThere, Practice: all.List[0].Name, Scheme: r.Scheme, Accreditation: r.Accreditation, Damage: &Damage{Kind: "hollow", Where: "practice", Share: 100}}
		switch {
		case !good(r.Verdict), exceptions.bears(&hollow):
		case exceptions.open(NothingThere):
			t.Log(what)
		default:
			t.Error(what)
		}
	}
}
