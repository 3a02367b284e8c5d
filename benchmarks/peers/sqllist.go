package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"paperlight/analyzer"
	"paperlight/analyzer/schema"
)

// listFailing writes one CSV file a table with the rows that fail its rules:
// the rule's number, the practice, the patient and the record. A table is read
// once for all its rules.
func (b *builder) listFailing() {
	if programs := b.programs(b.patients); len(programs) > 0 {
		b.list(b.patients, programs, b.patientRow(), "p.practice_id, p.pid", func() string { return b.joined })
	}
	for _, t := range b.tables() {
		programs := b.programs(t)
		if len(programs) == 0 {
			continue
		}
		s := b.scan(t)
		s.name = "p"
		columns := "coalesce(p.practice_id, t.practice_id), t.patient_id"
		if t.Key != nil {
			columns += ", t." + t.Key.Name
		}
		b.list(t, programs, s.row, columns, func() string {
			return b.from(t) + " t LEFT JOIN p ON p.pid = t.patient_id " + strings.Join(s.joins, " ")
		})
	}
}

func (b *builder) list(t *schema.Table, programs []analyzer.Program, r row, columns string, from func() string) {
	var cases, any []string
	for i, p := range programs {
		if p.Expect == nil {
			continue
		}
		fails := r.sql(p.Where) + " AND " + r.sql(p.Expect) + " IS NOT TRUE"
		if p.Exclude != nil {
			fails += " AND " + r.sql(p.Exclude) + " IS NOT TRUE"
		}
		cases = append(cases, fmt.Sprintf("CASE WHEN %s THEN %d END", fails, i))
		any = append(any, "("+fails+")")
	}
	file := filepath.Join(b.lists, t.Name+".csv")
	b.out.Results = append(b.out.Results, result{SQL: fmt.Sprintf(
		"COPY (SELECT unnest(list_filter([%s], lambda x: x IS NOT NULL)), %s FROM %s WHERE %s) TO %s (HEADER false)",
		strings.Join(cases, ",\n  "), columns, from(), strings.Join(any, "\n  OR "), quoted(file))})
}
