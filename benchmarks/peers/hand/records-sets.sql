-- One scan a table with grouping sets: by code, so that codes are judged afterwards, and by patient. No file is read twice.
CREATE TEMP TABLE p AS SELECT patient_id AS pid, practice_id AS pr, birth_date AS born, nhs_number_key AS number,
  death_date IS NULL AND birth_date <= {as_of} - INTERVAL 40 YEAR AS older FROM {patients};
CREATE TEMP TABLE l AS SELECT 'sct' AS code_system, unnest([{blood_pressure.sct}]) AS code UNION ALL SELECT 'read2', unnest([{blood_pressure.read2}]);
CREATE TEMP TABLE e AS SELECT GROUPING(pid) AS by_code, pid, pr, code,
  count(*) FILTER (code_system = 'sct') AS coded,
  count(*) FILTER (event_date IS NOT NULL AND born IS NOT NULL) AS dated, count(*) FILTER (event_date >= born AND event_date <= {as_of}) AS in_life,
  count(value) AS valued, count(*) FILTER (value IS NOT NULL AND unit IS NOT NULL) AS with_unit,
  count(*) FILTER (event_date IS NOT NULL AND recorded_date IS NOT NULL) AS both_dates, count(*) FILTER (recorded_date >= event_date) AS ordered,
  bool_or(event_date > {as_of} - INTERVAL 60 MONTH AND event_date <= {as_of} AND taken) AS measured
FROM (SELECT e.patient_id AS pid, coalesce(p.pr, e.practice_id) AS pr, born, e.code, e.code_system, event_date, recorded_date, value, unit, l.code_system IS NOT NULL AS taken
  FROM {events} e LEFT JOIN p ON p.pid = e.patient_id LEFT JOIN l ON l.code_system = e.code_system AND l.code = e.code)
GROUP BY GROUPING SETS ((pr, code), (pr, pid));
CREATE TEMP TABLE i AS SELECT coalesce(p.pr, i.practice_id) AS pr, dmd_code, count(*) AS n, count(issue_date) AS dated, count(*) FILTER (issue_date <= {as_of}) AS past
FROM {issues} i LEFT JOIN p ON p.pid = i.patient_id GROUP BY 1, 2;
-- rules: records/birth-date-plausible records/blood-pressure-recent
SELECT p.pr, count(born), count(*) FILTER (born >= DATE '1880-01-01' AND born <= {as_of}), count(*) FILTER (older), count(*) FILTER (older AND e.measured)
FROM p LEFT JOIN (FROM e WHERE by_code = 0) e ON e.pid = p.pid GROUP BY p.pr;
-- rules: records/number-unique
SELECT pr, sum(n), count(*) FILTER (n = 1) FROM (SELECT pr, number, count(*) AS n FROM p WHERE number IS NOT NULL GROUP BY pr, number) GROUP BY pr;
-- rules: records/code-valid
SELECT pr, sum(coded), sum(coded) FILTER (ok) FROM e LEFT JOIN (SELECT code, sctid_concept(code) AS ok FROM (SELECT DISTINCT code FROM e WHERE by_code = 1 AND coded > 0)) c ON c.code = e.code
WHERE by_code = 1 AND e.code IS NOT NULL GROUP BY pr;
-- rules: records/dated-in-life records/unit-recorded records/recorded-after-event
SELECT pr, sum(dated), sum(in_life), sum(valued), sum(with_unit), sum(both_dates), sum(ordered) FROM e WHERE by_code = 0 GROUP BY pr;
-- rules: records/issue-code-valid records/issue-not-future
SELECT pr, sum(n) FILTER (i.dmd_code IS NOT NULL), sum(n) FILTER (ok), sum(dated), sum(past)
FROM i LEFT JOIN (SELECT dmd_code, sctid_concept(dmd_code) AS ok FROM (SELECT DISTINCT dmd_code FROM i)) d ON d.dmd_code = i.dmd_code GROUP BY pr;
-- rules: records/indication-recorded
SELECT coalesce(p.pr, m.practice_id), count(*), count(indication_problem_id) FROM {medications} m LEFT JOIN p ON p.pid = m.patient_id GROUP BY 1;
