package enginetest

import (
	"testing"

	"paperlight/analyzer/extract"
)

func Clinic(t *testing.T) []*extract.Memory {
	return []*extract.Memory{
		Rows(t, "patients", Line{"patient_id", "birth_date", "sex"},
			Line{"ann", "1950-05-01", "F"}, Line{"bob", "1980-06-01", "M"}, Line{"cat", "-", "?"}, Line{"dan", "2010-01-01", "-"}),
		Rows(t, "medications", Line{"medication_id", "patient_id", "status", "dmd_code", "start_date", "end_date"},
			Line{"m1", "ann", "active", "1", "2020-01-01", "-"},
			Line{"m2", "ann", "active", "-", "2021-01-01", "2020-01-01"},
			Line{"m3", "bob", "ended", "2", "2022-01-01", "2023-01-01"},
			Line{"m4", "bob", "-", "2", "2022-01-01", "-"},
			Line{"m5", "zoe", "active", "-", "2022-01-01", "-"},
			Line{"-", "bob", "active", "3", "2022-01-01", "-"},
			nil,
			Line{"m3", "bob", "active", "1", "-", "-"}),
	}
}
