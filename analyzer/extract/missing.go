package extract

import (
	"fmt"
	"slices"
	"strings"
)

// A Missing file is a side table that says what the values of other tables stand for.
type Missing struct {
	// File is its name, as people call it; Empty says that it is there, without rows.
	File  string
	Empty bool
	// Costs are what is not read for it: columns as table.column, and whole tables.
	Costs []string
}

// Words say which file is missing, what is not read for it and what to do.
func (m *Missing) Words() string {
	said := Shown(m.File) + " is missing"
	if m.Empty {
		said = Shown(m.File) + " has no rows"
	}
	whole, parts := m.tables()
	var lost []string
	if len(parts) > 0 {
		lost = append(lost, "parts of "+joined(parts))
	}
	if len(whole) > 0 {
		lost = append(lost, "all of "+joined(whole))
	}
	return fmt.Sprintf("%s. It says what the numbers in other files stand for. Without it paperlight leaves out %s. Ask for %s too, and export again with it.",
		said, strings.Join(lost, ", and "), Shown(m.File))
}

// tables are those that cannot be told, and those that lack columns.
func (m *Missing) tables() (whole, parts []string) {
	for _, c := range m.Costs {
		table, _, column := strings.Cut(c, ".")
		switch {
		case !column:
			whole = append(whole, table)
		case !slices.Contains(parts, table):
			parts = append(parts, table)
		}
	}
	return whole, parts
}

// Cost reports whether a table or column, as table.column, is absent for it.
func (m *Missing) Cost(name string) bool {
	table, _, _ := strings.Cut(name, ".")
	return slices.Contains(m.Costs, name) || slices.Contains(m.Costs, table)
}

// joined lists names with "and" before the last.
func joined(names []string) string {
	if n := len(names) - 1; n > 0 {
		return strings.Join(names[:n], ", ") + " and " + names[n]
	}
	return names[0]
}
