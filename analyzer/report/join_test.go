package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// extractOf is a report of one extract that has a name and a practice of its own.
func extractOf(name, practice string, r *Report) *Report {
	r.Extracts[0].Name, r.Extract.Name = name, name
	r.Practices[0].PracticeID, r.Practices[0].ODSCode = practice, practice
	return r
}

// joinedParts are two extracts of two systems, which differ in what they hold.
func joinedParts() []*Report {
	mill, willow := extractOf("region/mill", "A81002", notReadySample()), extractOf("region/willow", "A81001", readySample())
	mill.Practices[0].Name = "Mill Lane Surgery"
	mill.Extracts[0].System, mill.Extract.System = "emis-web", "emis-web"
	mill.Extract.Slips = []string{"allergies.csv, column colde: nothing is read from it. Did you mean code?"}
	mill.Extract.Identifying = &Identifying{Looked: LookedSample, Kinds: 9, Found: []IdentifyingColumn{
		{Table: "events", Column: "notes", Kind: "telephone", Stops: true, Says: "phone numbers", Why: "free text", File: "events.csv", Rows: 3, Looked: 400}}}
	willow.Extract.Identifying = &Identifying{Looked: LookedSample, Kinds: 9, Found: []IdentifyingColumn{}}
	mill.Extract.Tables = append(mill.Extract.Tables, Table{Table: "allergies", Rows: 7, AbsentColumns: []string{}, Faults: []Fault{}})
	mill.Options = append(mill.Options, Option{Name: "declarations.yaml", Value: "mill/declarations.yaml", SHA256: strings.Repeat("cd", 32), Says: AnswersTaken, File: true})
	mill.Notes = append(mill.Notes, "events.csv is not UTF-8; it was read as windows-1252.")
	return []*Report{mill, willow}
}

func notReadOne() []NotRead {
	return []NotRead{{Name: "region/poplar.zip", ExitCode: 3, Says: "patients.csv record 1041, birth_date: want YYYY-MM-DD", Hint: "export it again"}}
}

func joinedSample() *Report { return Joined(joinedParts(), notReadOne()) }

// joinedAssessorSample is of a level that shows no names of files.
func joinedAssessorSample() *Report {
	parts := joinedParts()
	for _, r := range parts {
		r.Level, r.Extract.Name, r.Extracts[0].Name, r.Notes, r.Options = Assessor, "", "", r.Notes[:1], []Option{}
		r.Extract.Slips, r.Extract.Identifying = []string{}, nil
		r.Extracts[0].Integrity.Files = []string{}
		for i := range r.Extract.Tables {
			for j := range r.Extract.Tables[i].Faults {
				r.Extract.Tables[i].Faults[j].First = []Position{}
			}
		}
	}
	return Joined(parts, notReadOne())
}

func TestJoinedReportsSayWhatIsOfWhich(t *testing.T) {
	r := joinedSample()
	require.Equal(t, []string{"A81001", "A81002"}, []string{r.Practices[0].PracticeID, r.Practices[1].PracticeID})
	require.Equal(t, "region/willow", r.Extracts[r.Practices[0].Extract].Name)
	require.Equal(t, "region/mill", r.Extracts[r.Practices[1].Extract].Name)
	require.Equal(t, "canonical+emis-web", r.Extract.System)
	at := slices.IndexFunc(r.Extract.Tables, func(t Table) bool { return t.Table == "patients" })
	require.EqualValues(t, 2*9120, r.Extract.Tables[at].Rows)
	require.EqualValues(t, 9120, r.Extracts[0].Tables[at].Rows)
	require.Equal(t, []string{"the as-of date is the last day the extract covers", "In region/mill: events.csv is not UTF-8; it was read as windows-1252."}, r.Notes)
}

// One extract, all of it read, is reported as ever.
func TestJoiningOneChangesNothing(t *testing.T) {
	require.Equal(t, notReadySample(), Joined([]*Report{notReadySample()}, nil))
}

func TestNamesOfWhatWasNotReadStayAtThePractice(t *testing.T) {
	require.Equal(t, []NotRead{{ExitCode: 3}}, joinedAssessorSample().NotRead)
}
