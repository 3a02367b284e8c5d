package enginetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
)

// Rows builds a table from text: a header of column names, then cells; "-" is
// null, "?" malformed. Dates are YYYY-MM-DD.
func Rows(t *testing.T, table string, header []string, lines ...[]string) *extract.Memory {
	t.Helper()
	m := &extract.Memory{Schema: schema.Lookup(table)}
	for _, name := range header {
		c := m.Schema.Column(name)
		require.NotNil(t, c, "%s.%s", table, name)
		m.Columns = append(m.Columns, c)
	}
	for _, line := range lines {
		if line == nil {
			m.Rows = append(m.Rows, nil)
			continue
		}
		row := make([]extract.Cell, len(header))
		for i, s := range line {
			row[i] = cell(t, m.Columns[i].Type, s)
		}
		m.Rows = append(m.Rows, row)
	}
	return m
}

func cell(t *testing.T, typ schema.Type, s string) extract.Cell {
	t.Helper()
	switch {
	case s == "-":
		return extract.Cell{}
	case s == "?":
		return extract.Cell{Malformed: true}
	case typ == schema.Date:
		day, ok := calendar.Parse(s)
		require.True(t, ok, s)
		return extract.IntCell(int64(day))
	case typ == schema.Bool:
		return extract.BoolCell(s == "true")
	}
	return extract.TextCell(s)
}

type Line = []string

func Day(s string) calendar.Day { d, _ := calendar.Parse(s); return d }
