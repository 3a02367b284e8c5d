-- Facts of patients first, then each table in one scan joined with them. Codes are judged once each, in a scan of their column.
CREATE TEMP TABLE c AS SELECT code AS v, sctid_concept(code) AS ok, code IN ({blood_pressure.sct}) AS taken_sct, code IN ({blood_pressure.read2}) AS taken_read2 FROM (SELECT DISTINCT code FROM {events} WHERE code IS NOT NULL);
CREATE TEMP TABLE d AS SELECT dmd_code, sctid_concept(dmd_code) AS ok FROM (SELECT DISTINCT dmd_code FROM {issues});
CREATE TEMP TABLE measured AS SELECT DISTINCT patient_id AS pid FROM {events} JOIN c ON c.v = code
  WHERE event_date > {as_of} - INTERVAL 60 MONTH AND event_date <= {as_of} AND (code_system = 'sct' AND taken_sct OR code_system = 'read2' AND taken_read2);
CREATE TEMP TABLE p AS SELECT patient_id AS pid, practice_id AS pr, birth_date AS born, nhs_number_key AS number,
  death_date IS NULL AND birth_date <= {as_of} - INTERVAL 40 YEAR AS older FROM {patients};
-- rules: records/birth-date-plausible records/blood-pressure-recent
SELECT pr, count(born), count(*) FILTER (born >= DATE '1880-01-01' AND born <= {as_of}),
  count(*) FILTER (older), count(*) FILTER (older AND measured.pid IS NOT NULL)
FROM p LEFT JOIN measured ON measured.pid = p.pid GROUP BY pr;
-- rules: records/number-unique
SELECT pr, sum(n), count(*) FILTER (n = 1) FROM (SELECT pr, number, count(*) AS n FROM p WHERE number IS NOT NULL GROUP BY pr, number) GROUP BY pr;
-- rules: records/code-valid records/dated-in-life records/unit-recorded records/recorded-after-event
SELECT coalesce(p.pr, e.practice_id), count(*) FILTER (code_system = 'sct' AND e.code IS NOT NULL), count(*) FILTER (code_system = 'sct' AND c.ok),
  count(*) FILTER (event_date IS NOT NULL AND born IS NOT NULL), count(*) FILTER (event_date >= born AND event_date <= {as_of}),
  count(value), count(*) FILTER (value IS NOT NULL AND unit IS NOT NULL),
  count(*) FILTER (event_date IS NOT NULL AND recorded_date IS NOT NULL), count(*) FILTER (recorded_date >= event_date)
FROM {events} e LEFT JOIN p ON p.pid = e.patient_id LEFT JOIN c ON c.v = e.code GROUP BY 1;
-- rules: records/issue-code-valid records/issue-not-future
SELECT coalesce(p.pr, i.practice_id), count(i.dmd_code), count(*) FILTER (d.ok), count(issue_date), count(*) FILTER (issue_date <= {as_of})
FROM {issues} i LEFT JOIN p ON p.pid = i.patient_id LEFT JOIN d ON d.dmd_code = i.dmd_code GROUP BY 1;
-- rules: records/indication-recorded
SELECT coalesce(p.pr, m.practice_id), count(*), count(indication_problem_id) FROM {medications} m LEFT JOIN p ON p.pid = m.patient_id GROUP BY 1;
