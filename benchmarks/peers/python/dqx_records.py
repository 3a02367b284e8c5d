"""Six rules over a practice's records in Databricks DQX, on Spark, without a workspace: its client is a stand-in."""
import importlib.metadata
import json
from unittest.mock import MagicMock

from databricks.sdk import WorkspaceClient

from identifiers import AS_OF, path, show_failures
from spark_session import session

spark = session()
from databricks.labs.dqx import check_funcs  # noqa: E402
from databricks.labs.dqx.engine import DQEngineCore  # noqa: E402
from databricks.labs.dqx.metrics_observer import DQMetricsObserver  # noqa: E402
from databricks.labs.dqx.rule import DQDatasetRule, DQRowRule  # noqa: E402

failures = {}


def holds(rule, condition):
    return DQRowRule(name=rule, criticality="error", check_func=check_funcs.sql_expression, check_func_kwargs={"expression": f"coalesce({condition}, true)", "name": rule})


def run(table, *checks):
    engine = DQEngineCore(workspace_client=MagicMock(spec=WorkspaceClient), spark=spark, observer=DQMetricsObserver(name=table))
    frame, observation = engine.apply_checks(spark.read.parquet(path(table)), list(checks))
    frame.write.format("noop").mode("overwrite").save()
    for metric in json.loads(observation.get["check_metrics"]):
        failures[metric["check_name"]] = metric["error_count"]


run("patients", holds("birth-date-plausible", f"birth_date >= DATE '1880-01-01' AND birth_date <= DATE '{AS_OF}'"),
    DQDatasetRule(name="number-unique", criticality="error", check_func=check_funcs.is_unique, columns=["nhs_number_key"]))
run("events", DQRowRule(name="unit-recorded", criticality="error", check_func=check_funcs.is_not_null, column="unit", filter="value IS NOT NULL"),
    holds("recorded-after-event", "recorded_date >= event_date"))
run("issues", holds("issue-not-future", f"issue_date <= DATE '{AS_OF}'"))
run("medications", DQRowRule(name="indication-recorded", criticality="error", check_func=check_funcs.is_not_null, column="indication_problem_id"))
show_failures(importlib.metadata.version("databricks-labs-dqx"), failures)
spark.stop()
