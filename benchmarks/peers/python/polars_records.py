"""The ten rules over a practice's records in Polars, lazily, with its streaming engine: each file is read once."""
import polars as pl

from identifiers import AS_OF, BLOOD_PRESSURE, FORMAT, add, concept, path, show, years_before

DATES = {"birth_date", "death_date", "event_date", "recorded_date", "issue_date"}


def scan(table, *columns):
    if FORMAT == "parquet":
        return pl.scan_parquet(path(table)).select(columns)
    if FORMAT == "arrow":
        return pl.scan_ipc(path(table)).select(columns)
    types = {c: pl.Date if c in DATES else pl.String for c in columns}
    return pl.scan_csv(path(table), schema_overrides=types, infer_schema_length=0).select(columns)


col = pl.col
patients = scan("patients", "patient_id", "practice_id", "birth_date", "death_date", "nhs_number_key")
of_patient = patients.select("patient_id", col("practice_id").alias("pr"), col("birth_date").alias("born"))


def of(table, *columns):
    rows = scan(table, "patient_id", "practice_id", *columns).join(of_patient, on="patient_id", how="left")
    return rows.with_columns(pl.coalesce("pr", "practice_id").alias("pr"))


def both(a, b):
    return col(a).is_not_null() & col(b).is_not_null()


def true(condition):
    return condition.fill_null(False).sum()


events = of("events", "code", "code_system", "event_date", "recorded_date", "value", "unit")
issues = of("issues", "dmd_code", "issue_date")
measured = pl.any_horizontal([(col("code_system") == system) & col("code").is_in(codes) for system, codes in BLOOD_PRESSURE.items()])
frames = [
    events.group_by("pr").agg(
        true(both("event_date", "born")).alias("dated"), true((col("event_date") >= col("born")) & (col("event_date") <= AS_OF)).alias("in_life"),
        col("value").count().alias("valued"), true(both("value", "unit")).alias("with_unit"),
        true(both("event_date", "recorded_date")).alias("both_dates"), true(col("recorded_date") >= col("event_date")).alias("ordered")),
    events.filter((col("code_system") == "sct") & col("code").is_not_null()).group_by("pr", "code").agg(pl.len().alias("n")),
    events.filter((col("event_date") > years_before(5)) & (col("event_date") <= AS_OF) & measured).select("patient_id").unique(),
    issues.group_by("pr").agg(col("issue_date").count().alias("dated"), true(col("issue_date") <= AS_OF).alias("past")),
    issues.filter(col("dmd_code").is_not_null()).group_by("pr", "dmd_code").agg(pl.len().alias("n")),
    of("medications", "indication_problem_id").group_by("pr").agg(pl.len().alias("n"), col("indication_problem_id").count().alias("indicated")),
    patients,
]
by_practice, by_code, with_pressure, by_day, by_product, medicines, people = pl.collect_all(frames, engine="streaming")

counts = {}
for pr, dated, in_life, valued, with_unit, both_dates, ordered in by_practice.iter_rows():
    add(counts, "dated-in-life", pr, dated, in_life)
    add(counts, "unit-recorded", pr, valued, with_unit)
    add(counts, "recorded-after-event", pr, both_dates, ordered)
for pr, code, n in by_code.iter_rows():
    add(counts, "code-valid", pr, n, n if concept(code) else 0)
for pr, dated, past in by_day.iter_rows():
    add(counts, "issue-not-future", pr, dated, past)
for pr, code, n in by_product.iter_rows():
    add(counts, "issue-code-valid", pr, n, n if concept(code) else 0)
for pr, n, indicated in medicines.iter_rows():
    add(counts, "indication-recorded", pr, n, indicated)
people = people.join(with_pressure.with_columns(measured=True), on="patient_id", how="left")
older = col("death_date").is_null() & (col("birth_date") <= years_before(40))
for pr, born, plausible, old, taken in people.group_by("practice_id").agg(
        col("birth_date").count(), true((col("birth_date") >= pl.date(1880, 1, 1)) & (col("birth_date") <= AS_OF)).alias("plausible"),
        true(older).alias("older"), true(older & col("measured")).alias("taken")).iter_rows():
    add(counts, "birth-date-plausible", pr, born, plausible)
    add(counts, "blood-pressure-recent", pr, old, taken)
numbers = people.filter(col("nhs_number_key").is_not_null()).group_by("practice_id", "nhs_number_key").agg(pl.len().alias("n"))
for pr, _, n in numbers.iter_rows():
    add(counts, "number-unique", pr, n, 1 if n == 1 else 0)
show(pl.__version__, counts)
