"""Six rules over a practice's records in pointblank, over Polars."""
import datetime

import pointblank as pb
import polars as pl

from identifiers import AS_OF, path, show_failures


def given(column):
    return lambda frame: frame.filter(pl.col(column).is_not_null())


def frame(table, *columns):
    return pl.read_parquet(path(table), columns=list(columns))


failures = {}


def run(plan, *rules):
    done = plan.interrogate(collect_extracts=False)
    for i, rule in enumerate(rules, 1):
        failures[rule] = done.n_failed(i=i, scalar=True)


run(pb.Validate(frame("patients", "birth_date", "nhs_number_key"))
    .col_vals_between(columns="birth_date", left=datetime.date(1880, 1, 1), right=AS_OF, na_pass=True)
    .rows_distinct(columns_subset="nhs_number_key", pre=given("nhs_number_key")), "birth-date-plausible", "number-unique")
run(pb.Validate(frame("events", "event_date", "recorded_date", "value", "unit"))
    .col_vals_not_null(columns="unit", pre=given("value"))
    .col_vals_ge(columns="recorded_date", value=pb.col("event_date"), na_pass=True), "unit-recorded", "recorded-after-event")
run(pb.Validate(frame("issues", "issue_date")).col_vals_le(columns="issue_date", value=AS_OF, na_pass=True), "issue-not-future")
run(pb.Validate(frame("medications", "indication_problem_id")).col_vals_not_null(columns="indication_problem_id"), "indication-recorded")
show_failures(pb.__version__, failures)
