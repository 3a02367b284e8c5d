"""Six rules over a practice's records in Great Expectations, over pandas, as most people run it."""
import datetime

import great_expectations as gx
import great_expectations.expectations as gxe
import pyarrow.parquet as pq

from identifiers import AS_OF, path, show_failures

context = gx.get_context(mode="ephemeral")
context.variables.progress_bars = {"globally": False}
source = context.data_sources.add_pandas("practice")
as_of = datetime.datetime.combine(AS_OF, datetime.time())
failures = {}


def check(table, columns, **expectations):
    frame = pq.read_table(path(table), columns=columns).to_pandas(date_as_object=False)
    batch = source.add_dataframe_asset(table).add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    suite = gx.ExpectationSuite(name=table)
    for expectation in expectations.values():
        suite.add_expectation(expectation)
    results = batch.validate(suite, result_format="BASIC").results
    of = {result.expectation_config.type + str(result.expectation_config.kwargs.get("column", "")): result for result in results}
    for rule, expectation in expectations.items():
        result = of[expectation.expectation_type + str(getattr(expectation, "column", ""))]
        if result.exception_info and "unexpected_count" not in result.result:
            raise RuntimeError(str(result.exception_info)[:600])
        failures[rule.replace("_", "-")] = result.result["unexpected_count"]


check("patients", ["birth_date", "nhs_number_key"],
      birth_date_plausible=gxe.ExpectColumnValuesToBeBetween(column="birth_date", min_value=datetime.datetime(1880, 1, 1), max_value=as_of),
      number_unique=gxe.ExpectColumnValuesToBeUnique(column="nhs_number_key"))
check("events", ["event_date", "recorded_date", "value", "unit"],
      unit_recorded=gxe.ExpectColumnValuesToNotBeNull(column="unit", row_condition="value.notnull()", condition_parser="pandas"),
      recorded_after_event=gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="recorded_date", column_B="event_date", or_equal=True, ignore_row_if="either_value_is_missing"))
check("issues", ["issue_date"], issue_not_future=gxe.ExpectColumnValuesToBeBetween(column="issue_date", max_value=as_of))
check("medications", ["indication_problem_id"], indication_recorded=gxe.ExpectColumnValuesToNotBeNull(column="indication_problem_id"))
show_failures(gx.__version__, failures)
