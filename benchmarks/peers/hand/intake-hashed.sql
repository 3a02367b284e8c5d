-- What paperlight's report says of each table beside the rules: rows, rows without their patient, record ids that repeat within a patient.
CREATE TEMP TABLE known AS SELECT DISTINCT patient_id AS pid FROM {patients};
-- rules: intake/issues-orphans intake/issues-repeated
SELECT 'all', sum(n), sum(n) FILTER (known.pid IS NULL), sum(n), sum(n - d) FROM (SELECT patient_id AS pid, count(*) AS n, count(DISTINCT hash(issue_id)) AS d FROM {issues} GROUP BY ALL) t LEFT JOIN known ON known.pid = t.pid;
-- rules: intake/medications-orphans intake/medications-repeated
SELECT 'all', sum(n), sum(n) FILTER (known.pid IS NULL), sum(n), sum(n - d) FROM (SELECT patient_id AS pid, count(*) AS n, count(DISTINCT hash(medication_id)) AS d FROM {medications} GROUP BY ALL) t LEFT JOIN known ON known.pid = t.pid;
-- rules: intake/consultations-orphans intake/consultations-repeated
SELECT 'all', sum(n), sum(n) FILTER (known.pid IS NULL), sum(n), sum(n - d) FROM (SELECT patient_id AS pid, count(*) AS n, count(DISTINCT hash(consultation_id)) AS d FROM {consultations} GROUP BY ALL) t LEFT JOIN known ON known.pid = t.pid;
-- rules: intake/problems-orphans intake/problems-repeated
SELECT 'all', sum(n), sum(n) FILTER (known.pid IS NULL), sum(n), sum(n - d) FROM (SELECT patient_id AS pid, count(*) AS n, count(DISTINCT hash(problem_id)) AS d FROM {problems} GROUP BY ALL) t LEFT JOIN known ON known.pid = t.pid;
-- rules: intake/allergies-orphans intake/allergies-repeated
SELECT 'all', sum(n), sum(n) FILTER (known.pid IS NULL), sum(n), sum(n - d) FROM (SELECT patient_id AS pid, count(*) AS n, count(DISTINCT hash(allergy_id)) AS d FROM {allergies} GROUP BY ALL) t LEFT JOIN known ON known.pid = t.pid;
-- rules: intake/events-orphans
SELECT 'all', sum(n), sum(n) FILTER (known.pid IS NULL) FROM (SELECT patient_id AS pid, count(*) AS n FROM {events} GROUP BY ALL) t LEFT JOIN known ON known.pid = t.pid;
