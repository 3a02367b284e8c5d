-- One scan a table, grouped by patient; practices are looked up once a patient, not once a row. Codes are judged once each, in a scan of their column.
CREATE TEMP TABLE c AS SELECT code AS v, sctid_concept(code) AS ok, code IN ({blood_pressure.sct}) AS taken_sct, code IN ({blood_pressure.read2}) AS taken_read2 FROM (SELECT DISTINCT code FROM {events} WHERE code IS NOT NULL);
CREATE TEMP TABLE d AS SELECT dmd_code, sctid_concept(dmd_code) AS ok FROM (SELECT DISTINCT dmd_code FROM {issues});
CREATE TEMP TABLE p AS SELECT patient_id AS pid, practice_id AS pr, birth_date AS born, nhs_number_key AS number,
  death_date IS NULL AND birth_date <= {as_of} - INTERVAL 40 YEAR AS older FROM {patients};
CREATE TEMP TABLE e AS SELECT e.patient_id AS pid, any_value(e.practice_id) AS own,
  count(*) FILTER (code_system = 'sct' AND e.code IS NOT NULL) AS coded, count(*) FILTER (code_system = 'sct' AND c.ok) AS valid,
  count(*) FILTER (event_date IS NOT NULL AND born IS NOT NULL) AS dated, count(*) FILTER (event_date >= born AND event_date <= {as_of}) AS in_life,
  count(value) AS valued, count(*) FILTER (value IS NOT NULL AND unit IS NOT NULL) AS with_unit,
  count(*) FILTER (event_date IS NOT NULL AND recorded_date IS NOT NULL) AS both_dates, count(*) FILTER (recorded_date >= event_date) AS ordered,
  coalesce(bool_or(event_date > {as_of} - INTERVAL 60 MONTH AND event_date <= {as_of} AND (code_system = 'sct' AND taken_sct OR code_system = 'read2' AND taken_read2)), false) AS measured
FROM {events} e LEFT JOIN p ON p.pid = e.patient_id LEFT JOIN c ON c.v = e.code GROUP BY e.patient_id;
-- rules: records/birth-date-plausible records/blood-pressure-recent
SELECT pr, count(born), count(*) FILTER (born >= DATE '1880-01-01' AND born <= {as_of}), count(*) FILTER (older), count(*) FILTER (older AND e.measured)
FROM p LEFT JOIN e ON e.pid = p.pid GROUP BY pr;
-- rules: records/number-unique
SELECT pr, sum(n), count(*) FILTER (n = 1) FROM (SELECT pr, number, count(*) AS n FROM p WHERE number IS NOT NULL GROUP BY pr, number) GROUP BY pr;
-- rules: records/code-valid records/dated-in-life records/unit-recorded records/recorded-after-event
SELECT coalesce(p.pr, e.own), sum(coded), sum(valid), sum(dated), sum(in_life), sum(valued), sum(with_unit), sum(both_dates), sum(ordered) FROM e LEFT JOIN p ON p.pid = e.pid GROUP BY 1;
-- rules: records/issue-code-valid records/issue-not-future
SELECT coalesce(p.pr, i.own), sum(coded), sum(valid), sum(dated), sum(past) FROM (SELECT patient_id AS pid, any_value(practice_id) AS own, count(i.dmd_code) AS coded,
  count(*) FILTER (d.ok) AS valid, count(issue_date) AS dated, count(*) FILTER (issue_date <= {as_of}) AS past
  FROM {issues} i LEFT JOIN d ON d.dmd_code = i.dmd_code GROUP BY patient_id) i LEFT JOIN p ON p.pid = i.pid GROUP BY 1;
-- rules: records/indication-recorded
SELECT coalesce(p.pr, m.own), sum(n), sum(indicated) FROM (SELECT patient_id AS pid, any_value(practice_id) AS own, count(*) AS n, count(indication_problem_id) AS indicated
  FROM {medications} GROUP BY patient_id) m LEFT JOIN p ON p.pid = m.pid GROUP BY 1;
