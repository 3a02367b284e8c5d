package canonical

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/schema"
)

func TestOnlyCellsThatNeedQuotesHaveThem(t *testing.T) {
	b := NewBlock(schema.Lookup("medications"), "medication_id", "dosage_text", "start_date", "quantity")
	for i, dose := range []string{"one a day", "one, with food", `one "at night"`, "one\nor two", ""} {
		b.AddText("m1")
		b.AddText(dose)
		b.AddInt(int64(i), i > 0)
		b.AddReal(float64(i)/2, i > 0)
	}
	var out bytes.Buffer
	w := newCSVWriter(&out, b)
	require.NoError(t, w.Write(b))
	require.NoError(t, w.Close())
	require.Equal(t, `medication_id,dosage_text,start_date,quantity
m1,one a day,,
m1,"one, with food",1970-01-02,0.5
m1,"one ""at night""",1970-01-03,1
m1,"one
or two",1970-01-04,1.5
m1,,1970-01-05,2
`, out.String())
}
