package synthetic

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The means are those of a real copy (see shapes), by the file of EMIS. Slots are
// made for a part of the contacts.
func TestAPracticeOfPublishedShapeHasItsRows(t *testing.T) {
	o := like("emis")
	o.Practices, o.Patients, o.Clean, o.Shape, o.PerPatient = 1, 600, true, "practice", PerPatient("practice")
	folder, _ := generated(t, o)
	for file, mean := range map[string]float64{"CareRecord_Observation_": 551, "Prescribing_IssueRecord": 160, "CareRecord_Consultation": 135,
		"Prescribing_DrugRecord": 42, "Appointment_Slot": 36, "CareRecord_Problem": 21} {
		rows := float64(len(linesOf(t, folder, file)) - 1)
		require.InEpsilon(t, mean, rows/float64(o.Patients), 0.1, file)
	}
}

func TestAnUnknownShapeIsRefused(t *testing.T) {
	o := options("csv")
	o.Shape = "square"
	require.IsType(t, &OptionError{}, o.check())
}
