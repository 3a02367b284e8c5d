-- What paperlight's report says of each table beside the rules: rows, rows without their patient, record ids that repeat within a patient.
CREATE TEMP TABLE known AS SELECT DISTINCT patient_id AS pid FROM {patients};
-- rules: intake/issues-orphans intake/issues-repeated
SELECT 'all', n, orphans, n, n - ids FROM (SELECT count(*) AS n, count(*) FILTER (known.pid IS NULL) AS orphans, count(DISTINCT hash(patient_id, issue_id)) AS ids FROM {issues} t LEFT JOIN known ON known.pid = t.patient_id);
-- rules: intake/medications-orphans intake/medications-repeated
SELECT 'all', n, orphans, n, n - ids FROM (SELECT count(*) AS n, count(*) FILTER (known.pid IS NULL) AS orphans, count(DISTINCT hash(patient_id, medication_id)) AS ids FROM {medications} t LEFT JOIN known ON known.pid = t.patient_id);
-- rules: intake/consultations-orphans intake/consultations-repeated
SELECT 'all', n, orphans, n, n - ids FROM (SELECT count(*) AS n, count(*) FILTER (known.pid IS NULL) AS orphans, count(DISTINCT hash(patient_id, consultation_id)) AS ids FROM {consultations} t LEFT JOIN known ON known.pid = t.patient_id);
-- rules: intake/problems-orphans intake/problems-repeated
SELECT 'all', n, orphans, n, n - ids FROM (SELECT count(*) AS n, count(*) FILTER (known.pid IS NULL) AS orphans, count(DISTINCT hash(patient_id, problem_id)) AS ids FROM {problems} t LEFT JOIN known ON known.pid = t.patient_id);
-- rules: intake/allergies-orphans intake/allergies-repeated
SELECT 'all', n, orphans, n, n - ids FROM (SELECT count(*) AS n, count(*) FILTER (known.pid IS NULL) AS orphans, count(DISTINCT hash(patient_id, allergy_id)) AS ids FROM {allergies} t LEFT JOIN known ON known.pid = t.patient_id);
-- rules: intake/events-orphans
SELECT 'all', sum(n), sum(n) FILTER (known.pid IS NULL) FROM (SELECT patient_id AS pid, count(*) AS n FROM {events} GROUP BY ALL) t LEFT JOIN known ON known.pid = t.pid;
