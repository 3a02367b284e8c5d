package report

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/internal/fixture"
)

func identifyingSample() *Report {
	r := notReadySample()
	r.Extract.Identifying = &Identifying{Looked: LookedSample, Kinds: 13, Found: []IdentifyingColumn{
		{Table: "patients", Column: "nhs_number", Kind: "nhs_number", Meant: true, Stops: true, Says: "NHS numbers", File: "patients.csv", Rows: 990, Looked: 1000},
		{Table: "patients", Column: "birth_date", Kind: "date_of_birth", Meant: true, Stops: true, Says: "full dates of birth", File: "patients.csv", Rows: 1000, Looked: 1000},
		{Column: "surname", Kind: "name", Stops: true, Says: "names of people", Why: "the column's name says so", File: "more.csv", Rows: 1, Looked: 1},
		{Table: "events", Column: "key", Kind: "unkeyed_hash", Says: "what may be hashes", Why: "they have 64 hex digits", File: "events.csv", Rows: 7, Looked: 9},
		{Kind: "email", Stops: true, Says: "email addresses"},
	}}
	return r
}

// Every form that people read says what could identify people, in the same words.
func TestFormsSayWhatCouldIdentifyPeople(t *testing.T) {
	want := []string{
		IdentifyingHeading, sampleLead, anonymisedLine,
		"NHS numbers, in columns meant for them: patients.csv, nhs_number.",
		"Full dates of birth, in columns meant for them: patients.csv, birth_date.",
		"more.csv, surname: names of people, in 1 of 1 row. " + strayLine,
		"events.csv, key: what may be hashes, in 7 of 9 rows. They have 64 hex digits. " + doubtLine,
		"a column that is not named here: email addresses. " + strayLine,
	}
	for name, write := range map[string]func(io.Writer, Released, Options) error{"text": WriteText, "markdown": WriteMarkdown, "html": WriteHTML} {
		var out bytes.Buffer
		require.NoError(t, write(&out, Release(identifyingSample()), Options{Width: 400}))
		said := strings.NewReplacer(`\_`, "_", "&#39;", "'", `\-`, "-").Replace(out.String())
		for _, line := range want {
			require.Contains(t, said, line, name)
		}
		out.Reset()
		require.NoError(t, write(&out, Release(notReadySample()), Options{}))
		require.NotContains(t, out.String(), IdentifyingHeading, "%s: nobody looked", name)
	}
}

func TestIdentifyingKeepsToTheSchema(t *testing.T) {
	s := compiled(t)
	require.NoError(t, validate(t, s, identifyingSample()))
	r := identifyingSample()
	r.Extract.Identifying.Found[0].Kind = "shoe_size"
	require.Error(t, validate(t, s, r))
	var out bytes.Buffer
	require.NoError(t, WriteJSON(&out, Release(identifyingSample()), Options{}))
	require.NotContains(t, out.String(), "patients.csv", "no report in JSON depends on the names of files")
}

func TestIdentifyingCanBeRead(t *testing.T) {
	reader := fixture.NewReader()
	all := []string{sampleLead, allLead, anonymisedLine, strayLine, doubtLine}
	require.Less(t, reader.Grade(strings.Join(all, " ")), 6.0)
	none := &Identifying{Looked: LookedAll, Kinds: 14}
	require.Equal(t, []string{allLead + " None of the 14 kinds of identifier was found."}, none.Words())
	require.Empty(t, (*Identifying)(nil).Words())
}
