package mapping

import (
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/stretchr/testify/require"

	"paperlight/analyzer/schema"
)

// The day of an instant is that of the column's zone, and in UTC that in London, but for
// midnights: they are dates.
func TestInstantsBecomeTheDayOfTheirZone(t *testing.T) {
	for _, c := range []struct{ zone, utc, day string }{
		{"Europe/London", "2025-06-30T23:00:00Z", "2025-07-01"},
		{"Europe/London", "2025-12-31T23:00:00Z", "2025-12-31"},
		{"GB", "1965-06-11T23:00:00Z", "1965-06-12"},
		{"", "2025-06-30T23:00:00Z", "2025-06-30"},
		{"UTC", "2025-06-30T23:00:00Z", "2025-07-01"},
		{"UTC", "2025-06-30T00:00:00Z", "2025-06-30"},
		{"UTC", "2025-06-30T22:59:59Z", "2025-06-30"},
		{"+00:00", "2025-12-31T23:30:00Z", "2025-12-31"},
		{"+01:00", "2025-12-31T23:30:00Z", "2026-01-01"},
		{"-0530", "2025-12-31T05:29:59Z", "2025-12-30"},
	} {
		at, err := time.Parse(time.RFC3339, c.utc)
		require.NoError(t, err)
		typ := &arrow.TimestampType{Unit: arrow.Second, TimeZone: c.zone}
		x := held(t, Options{}, typedFile("patients", []string{"patient_id", "birth_date"},
			[]arrow.Array{build(arrow.BinaryTypes.String, "1"), build(typ, arrow.Timestamp(at.Unix()))}))
		rows, _ := read(t, x.Table(schema.Patients), schema.Patients.Column("birth_date"))
		require.Equal(t, [][]string{{c.day}}, rows, "%s in %s", c.utc, c.zone)
		appendCell, err := renderer(build(typ, arrow.Timestamp(at.Unix())))
		require.NoError(t, err)
		require.Equal(t, c.day, string(appendCell(nil, 0))[:10], "as text")
	}
	for written, day := range map[string]string{
		"2025-06-30T23:00:00Z": "2025-07-01", "2025-06-30T23:00:00.5 UTC": "2025-07-01", "2025-06-30 23:00:00": "2025-06-30",
		"2025-06-30T23:00:00+01:00": "2025-06-30", "2025-06-30T00:00:00Z": "2025-06-30", "2025-12-31T23:00Z": "2025-12-31",
	} {
		got, ok := isoDateTime([]byte(written))
		require.True(t, ok, written)
		require.Equal(t, day, string(appendDate(nil, int64(got))), written)
	}
}

func TestInstantsOfAnUnknownZoneAreRefused(t *testing.T) {
	for _, zone := range []string{"America/New_York", "+1", "+15:00", "+01:60", "+01:0", "local"} {
		_, err := zoneOf(&arrow.TimestampType{TimeZone: zone})
		require.ErrorContains(t, err, "write them as dates, or in UTC or Europe/London", zone)
	}
}
