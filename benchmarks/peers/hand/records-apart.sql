-- A query a rule, as many people write them.
CREATE VIEW p AS SELECT patient_id AS pid, practice_id AS pr, birth_date AS born, nhs_number_key AS number,
  death_date IS NULL AND birth_date <= {as_of} - INTERVAL 40 YEAR AS older FROM {patients};
CREATE VIEW e AS SELECT coalesce(p.pr, e.practice_id) AS pr, p.born, e.* FROM {events} e LEFT JOIN p ON p.pid = e.patient_id;
CREATE VIEW i AS SELECT coalesce(p.pr, i.practice_id) AS pr, i.* FROM {issues} i LEFT JOIN p ON p.pid = i.patient_id;
-- rules: records/birth-date-plausible
SELECT pr, count(born), count(*) FILTER (born >= DATE '1880-01-01' AND born <= {as_of}) FROM p GROUP BY pr;
-- rules: records/blood-pressure-recent
SELECT pr, count(*), count(*) FILTER (EXISTS (FROM {events} e WHERE e.patient_id = p.pid AND event_date > {as_of} - INTERVAL 60 MONTH AND event_date <= {as_of} AND (code_system = 'sct' AND code IN ({blood_pressure.sct}) OR code_system = 'read2' AND code IN ({blood_pressure.read2})))) FROM p WHERE older GROUP BY pr;
-- rules: records/number-unique
SELECT pr, sum(n), count(*) FILTER (n = 1) FROM (SELECT pr, number, count(*) AS n FROM p WHERE number IS NOT NULL GROUP BY pr, number) GROUP BY pr;
-- rules: records/code-valid
SELECT pr, sum(n), sum(n) FILTER (sctid_concept(code)) FROM (SELECT pr, code, count(*) AS n FROM e WHERE code_system = 'sct' AND code IS NOT NULL GROUP BY pr, code) GROUP BY pr;
-- rules: records/dated-in-life
SELECT pr, count(*), count(*) FILTER (event_date >= born AND event_date <= {as_of}) FROM e WHERE event_date IS NOT NULL AND born IS NOT NULL GROUP BY pr;
-- rules: records/unit-recorded
SELECT pr, count(*), count(unit) FROM e WHERE value IS NOT NULL GROUP BY pr;
-- rules: records/recorded-after-event
SELECT pr, count(*), count(*) FILTER (recorded_date >= event_date) FROM e WHERE event_date IS NOT NULL AND recorded_date IS NOT NULL GROUP BY pr;
-- rules: records/issue-code-valid
SELECT pr, sum(n), sum(n) FILTER (sctid_concept(dmd_code)) FROM (SELECT pr, dmd_code, count(*) AS n FROM i WHERE dmd_code IS NOT NULL GROUP BY pr, dmd_code) GROUP BY pr;
-- rules: records/issue-not-future
SELECT pr, count(*), count(*) FILTER (issue_date <= {as_of}) FROM i WHERE issue_date IS NOT NULL GROUP BY pr;
-- rules: records/indication-recorded
SELECT coalesce(p.pr, m.practice_id), count(*), count(indication_problem_id) FROM {medications} m LEFT JOIN p ON p.pid = m.patient_id GROUP BY 1;
