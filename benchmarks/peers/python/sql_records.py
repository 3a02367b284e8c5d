"""The queries of the ten rules over a practice's records for engines that speak SQL, in a form that both DataFusion and ClickHouse take:
patients first, then each large table once by practice and once by code, so that codes are judged afterwards."""
from identifiers import AS_OF, BLOOD_PRESSURE, add, concept, years_before


def day(of):
    return f"CAST('{of}' AS DATE)"


def counted(condition):
    return f"sum(CASE WHEN {condition} THEN 1 ELSE 0 END)"


MEASURED = " OR ".join(f"code_system = '{system}' AND code IN ({', '.join(repr(c) for c in codes)})" for system, codes in sorted(BLOOD_PRESSURE.items()))


def of(table, columns):
    """Rows of a table with the practice of their patient, else their own, and the day of birth."""
    return f"(SELECT {columns}, t.patient_id AS pid, coalesce(p.practice_id, t.practice_id) AS pr, p.birth_date AS born FROM {table} t LEFT JOIN patients p ON p.patient_id = t.patient_id) x"


def count(query, day=day):
    """Runs the queries; query gives the rows of one, day writes a date."""
    counts = {}
    as_of = day(AS_OF)
    for pr, dated, in_life, valued, with_unit, both_dates, ordered in query(f"""SELECT pr, {counted('event_date IS NOT NULL AND born IS NOT NULL')},
        {counted(f'event_date >= born AND event_date <= {as_of}')}, count(value), {counted('value IS NOT NULL AND unit IS NOT NULL')},
        {counted('event_date IS NOT NULL AND recorded_date IS NOT NULL')}, {counted('recorded_date >= event_date')}
        FROM {of('events', 'event_date, recorded_date, value, unit')} GROUP BY pr"""):
        add(counts, "dated-in-life", pr, dated, in_life)
        add(counts, "unit-recorded", pr, valued, with_unit)
        add(counts, "recorded-after-event", pr, both_dates, ordered)
    for pr, code, n in query(f"SELECT pr, code, count(*) FROM {of('events', 'code, code_system')} WHERE code_system = 'sct' AND code IS NOT NULL GROUP BY pr, code"):
        add(counts, "code-valid", pr, n, n if concept(code) else 0)
    for pr, dated, past in query(f"SELECT pr, count(issue_date), {counted(f'issue_date <= {as_of}')} FROM {of('issues', 'issue_date')} GROUP BY pr"):
        add(counts, "issue-not-future", pr, dated, past)
    for pr, code, n in query(f"SELECT pr, dmd_code, count(*) FROM {of('issues', 'dmd_code')} WHERE dmd_code IS NOT NULL GROUP BY pr, dmd_code"):
        add(counts, "issue-code-valid", pr, n, n if concept(code) else 0)
    for pr, n, indicated in query(f"SELECT pr, count(*), count(indication_problem_id) FROM {of('medications', 'indication_problem_id')} GROUP BY pr"):
        add(counts, "indication-recorded", pr, n, indicated)
    older = f"p.death_date IS NULL AND p.birth_date <= {day(years_before(40))}"
    for pr, born, plausible, old, taken in query(f"""SELECT p.practice_id, count(p.birth_date), {counted(f"p.birth_date >= {day('1880-01-01')} AND p.birth_date <= {as_of}")},
        {counted(older)}, {counted(older + ' AND m.pid IS NOT NULL')}
        FROM patients p LEFT JOIN (SELECT DISTINCT patient_id AS pid FROM events WHERE event_date > {day(years_before(5))} AND event_date <= {as_of} AND ({MEASURED})) m
        ON m.pid = p.patient_id GROUP BY p.practice_id"""):
        add(counts, "birth-date-plausible", pr, born, plausible)
        add(counts, "blood-pressure-recent", pr, old, taken)
    for pr, n, once in query(f"""SELECT pr, sum(n), {counted('n = 1')} FROM (SELECT practice_id AS pr, nhs_number_key, count(*) AS n FROM patients
        WHERE nhs_number_key IS NOT NULL GROUP BY practice_id, nhs_number_key) x GROUP BY pr"""):
        add(counts, "number-unique", pr, n, once)
    return counts
