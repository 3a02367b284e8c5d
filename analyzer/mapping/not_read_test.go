package mapping

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSystemsThatAreNotReadAreNamed(t *testing.T) {
	const response = "*QRY_WDATE,20260301,Date written\n*QRY_TITLE,LIST,Title\n*RSP_IDENT,A80001,Practice\nFROM PATIENTS,,\n&0,REPORT,\n&1 REFERENCE,SEX,ACTIVE\n$1,M,R\n"
	const entries = "uid,patient,code\n1,2,38341003\n"
	for about, c := range map[string]struct {
		files         map[string]string
		message, hint string
	}{
		"MIQUEST": {map[string]string{"RSP001.CSV": response, "RSP002.CSV": response},
			"RSP001.CSV is a file of MIQUEST, which paperlight does not read: each holds what one query asked for, and none is a practice's record",
			"export the practice from its clinical system; docs/extracts.md of paperlight says what to ask for"},
		"Medicus": {map[string]string{"coded_entry.csv": entries, "patient.csv": "uid\n2\n"},
			"coded_entry.csv is a file of Medicus, which paperlight does not read: its list of fields is not public, so nobody can tell what its columns mean",
			"write a mapping of the fields that were agreed (docs/mapping.md of paperlight) and give it with --mapping, or send us the names of files and columns without any data"},
	} {
		t.Run(about, func(t *testing.T) {
			_, err := Open(context.Background(), []string{folder(t, c.files)}, Options{})
			var refused *RefusedError
			require.ErrorAs(t, err, &refused)
			require.Equal(t, c.message, refused.Message)
			require.Equal(t, c.hint, refused.Hint)
		})
	}
	t.Run("beside a practice they are files like any other", func(t *testing.T) {
		x := open(t, Options{}, folder(t, map[string]string{"patients.csv": "patient_id\n1\n", "RSP001.CSV": response, "coded_entry.csv": entries}))
		require.Equal(t, "paperlight", x.System)
	})
	t.Run("a mapping of one's own for such a system is taken", func(t *testing.T) {
		own, err := ParseSystem("medicus.yaml", []byte(`
id: medicus
title: Medicus
sources: {patient: {file: patient, needs: [uid], required: true}}
tables: {patients: [{from: patient, columns: {patient_id: uid}}]}
`))
		require.NoError(t, err)
		built, err := Systems()
		require.NoError(t, err)
		x := open(t, Options{Systems: append(built, own)}, folder(t, map[string]string{"coded_entry.csv": entries, "patient.csv": "uid\n2\n"}))
		require.Equal(t, map[string]int{"patients": 1}, counts(t, x))
	})
}
