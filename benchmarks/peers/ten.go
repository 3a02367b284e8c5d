package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"paperlight/analyzer/calendar"
)

// tenRules are the ten rules in the order in which the engines without a
// generated script print them: over patients, then over medications.
var tenRules = [2][]string{
	{"ten/number-recorded", "ten/number-valid", "ten/number-unique", "ten/birth-date-plausible", "ten/allergy-status-recorded", "ten/repeat-issued"},
	{"ten/code-valid", "ten/indication-recorded", "ten/patient-exists", "ten/ends-after-start"},
}

// pairs writes the counts of rules in the form of a result: denominator,
// numerator, and three that are 0.
func pairs(list ...string) string {
	var out []string
	for i := 0; i < len(list); i += 2 {
		out = append(out, list[i], list[i+1], "0", "0", "0")
	}
	return strings.Join(out, ", ")
}

// clickHouseTen is the ten rules in ClickHouse's SQL, written by hand: rows
// grouped by patient, patients joined with the groups.
func clickHouseTen(folder, format string) *script {
	from := func(table string) string {
		form := map[string]string{"parquet": "Parquet", "csv": "CSVWithNames", "arrow": "Arrow"}[format]
		return fmt.Sprintf("file(%s, %s%s)", quoted(filepath.Join(folder, table+"."+format)), form, clickHouseTypes(table, format))
	}
	repeat := "prescription_type IN ('repeat', 'repeat_dispensing') AND status = 'active' AND (end_date IS NULL OR end_date > toDate32(" + quoted(asOf) + "))"
	issued := repeat + " AND last_issue_date >= addYears(toDate32(" + quoted(asOf) + "), -1) AND last_issue_date <= toDate32(" + quoted(asOf) + ")"
	verhoeff := `arrayFold((c, p) -> [0,1,2,3,4,5,6,7,8,9, 1,2,3,4,0,6,7,8,9,5, 2,3,4,0,1,7,8,9,5,6, 3,4,0,1,2,8,9,5,6,7, 4,0,1,2,3,9,5,6,7,8,
  5,9,8,7,6,0,4,3,2,1, 6,5,9,8,7,1,0,4,3,2, 7,6,5,9,8,2,1,0,4,3, 8,7,6,5,9,3,2,1,0,4, 9,8,7,6,5,4,3,2,1,0][c * 10 + p + 1],
  arrayMap(i -> [0,1,2,3,4,5,6,7,8,9, 1,5,7,6,2,8,3,0,9,4, 5,8,0,3,7,9,6,1,4,2, 8,9,1,6,0,4,3,5,2,7,
  9,4,5,3,1,2,6,8,7,0, 4,2,8,6,5,7,3,9,0,1, 2,7,9,3,8,0,6,4,1,5, 7,0,4,6,9,1,3,2,5,8][(i % 8) * 10 + toUInt8OrZero(substring(v, length(v) - i, 1)) + 1], range(length(v))), toUInt8(0)) = 0`
	plausible := "birth_date >= '1880-01-01' AND birth_date <= " + quoted(asOf)
	if format != "csv" {
		plausible = fmt.Sprintf("birth_date >= %d AND birth_date <= toInt32(toDate32(%s))", days("1880-01-01"), quoted(asOf))
	}
	digits := "if(match(nhs_number, '^[0-9]{10}$'), toUInt64OrZero(assumeNotNull(nhs_number)), 0)"
	var terms []string
	for w, p := 1, "1"; w <= 10; w, p = w+1, p+"0" {
		terms = append(terms, fmt.Sprintf("%d * (intDiv(digits, %s) %% 10)", w, p))
	}
	state := "multiIf(nhs_number IS NULL, 'missing', NOT match(nhs_number, '^[0-9]{10}$'), 'bad_form', digits % 1111111111 = 0, 'dummy', (" + strings.Join(terms, " + ") + ") % 11 = 0, 'valid', 'bad_check')"
	return &script{
		Steps: []string{
			"CREATE TABLE codes ENGINE = Memory AS SELECT v, match(v, '^[1-9][0-9]{5,17}$') AND substring(v, -2, 1) = '0' AND (substring(v, -3, 1) = '0' OR substring(v, -3, 1) = '1' AND length(v) >= 11) AND " +
				verhoeff + " AS is_concept FROM (SELECT DISTINCT assumeNotNull(dmd_code) AS v FROM " + from("medications") + " WHERE dmd_code IS NOT NULL)",
			"CREATE TABLE m ENGINE = Memory AS SELECT patient_id AS pid, any(practice_id) AS own, count() AS n, countIf(dmd_code IS NOT NULL) AS coded, countIf(dmd_code IN (SELECT v FROM codes WHERE is_concept)) AS concept," +
				" countIf(indication_problem_id IS NOT NULL) AS indicated, countIf(start_date IS NOT NULL AND end_date IS NOT NULL) AS dated, countIf(end_date >= start_date) AS ordered," +
				" countIf(" + repeat + ") > 0 AS on_repeat, countIf(" + issued + ") > 0 AS issued FROM " + from("medications") + " GROUP BY patient_id",
			"CREATE TABLE p ENGINE = Memory AS SELECT patient_id AS pid, practice_id, birth_date, is_deceased, " + digits + " AS digits, " + state + " AS state," +
				" if(state IN ('missing', 'bad_form', 'dummy'), NULL, digits) AS key, patient_id IN (SELECT patient_id FROM " + from("allergies") + ") AS has_allergy FROM " + from("patients"),
		},
		Results: []result{
			{Rules: tenRules[0], SQL: "SELECT p.practice_id, " + pairs("count()", "countIf(state NOT IN ('missing', 'bad_form'))", "countIf(state IN ('valid', 'bad_check'))", "countIf(state = 'valid')",
				"countIf(key IS NOT NULL)", "any(u.n)", "countIf(birth_date IS NOT NULL)", "countIf("+plausible+")",
				"countIf(is_deceased IS NULL OR NOT is_deceased)", "countIf((is_deceased IS NULL OR NOT is_deceased) AND has_allergy)", "countIf(m.on_repeat)", "countIf(m.on_repeat AND m.issued)") +
				" FROM p LEFT JOIN m ON m.pid = p.pid LEFT JOIN (SELECT practice_id, countIf(same = 1) AS n FROM (SELECT practice_id, key, count() AS same FROM p WHERE key IS NOT NULL GROUP BY practice_id, key) GROUP BY practice_id) u ON u.practice_id = p.practice_id GROUP BY p.practice_id"},
			{Rules: tenRules[1], SQL: "SELECT coalesce(p.practice_id, m.own) AS pr, " + pairs("sum(coded)", "sum(concept)", "sum(n)", "sum(indicated)", "sum(n)", "sumIf(n, p.pid IS NOT NULL)", "sum(dated)", "sum(ordered)") +
				" FROM m LEFT JOIN p ON p.pid = m.pid GROUP BY pr"},
		},
	}
}

// days is a date of a query.
func days(date string) calendar.Day {
	d, ok := calendar.Parse(date)
	if !ok {
		panic(unsupported{"date " + date})
	}
	return d
}

// clickHouseTypes names the columns of a CSV file, so that nothing is guessed.
// Dates of birth are read as text or as days, since ClickHouse's dates begin
// in 1900 and the extract has earlier ones.
func clickHouseTypes(table, format string) string {
	columns := map[string]string{
		"medications": "medication_id String, patient_id String, practice_id Nullable(String), dmd_code Nullable(String), prescription_type Nullable(String), status Nullable(String), start_date Nullable(Date32), end_date Nullable(Date32), last_issue_date Nullable(Date32), indication_problem_id Nullable(String)",
		"allergies":   "allergy_id String, patient_id String",
		"patients":    "patient_id String, practice_id Nullable(String), nhs_number Nullable(String), birth_date Nullable(String), is_deceased Nullable(Bool)",
	}
	if format == "csv" {
		return ", " + quoted(columns[table])
	}
	if table == "patients" {
		return ", " + quoted(strings.Replace(columns[table], "birth_date Nullable(String)", "birth_date Nullable(Int32)", 1))
	}
	return ""
}
