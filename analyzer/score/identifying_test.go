package score

import (
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/report"
)

// Names of our own columns may be published, whatever stands in a header may not, and
// neither may counts of people.
func TestWhatEachLevelShowsOfIdentifiers(t *testing.T) {
	found := &report.Identifying{Looked: report.LookedAll, Kinds: 14, Found: []report.IdentifyingColumn{
		{Table: "patients", Column: "birth_date", Kind: "date_of_birth", Meant: true, Says: "dates", File: "patients.csv", Rows: 9, Looked: 9},
		{Table: "patients", Column: "jane_smith", Kind: "name", Says: "names", File: "patients.csv", Rows: 3, Looked: 9},
		{Column: "bob_smith", Kind: "name", Says: "names", File: "bob.csv"},
		{Table: "patients", Says: "patients who share these", Why: "the smallest group is 1 patient", Rows: 4, Looked: 9},
	}}
	require.Nil(t, Identifying(nil, report.Publish))
	require.Equal(t, found, Identifying(found, report.Practice))

	assessor := Identifying(found, report.Assessor).Found
	require.Len(t, assessor, 4)
	require.Equal(t, report.IdentifyingColumn{Table: "patients", Column: "jane_smith", Kind: "name", Says: "names"}, assessor[1])

	require.Equal(t, []report.IdentifyingColumn{
		{Table: "patients", Column: "birth_date", Kind: "date_of_birth", Meant: true, Says: "dates"}, {Kind: "name", Says: "names"},
	}, Identifying(found, report.Publish).Found)
	require.Equal(t, "patients.csv", found.Found[0].File, "the findings themselves stay")
}
