"""Six rules over a practice's records in PyDeequ, on Spark. Its metrics are shares, so that the rows are counted beside them."""
import importlib.metadata

from identifiers import AS_OF, path, show_failures
from spark_session import deequ_jar, session

spark = session(deequ_jar())
from pydeequ.analyzers import AnalysisRunner, AnalyzerContext, Completeness, Compliance, Size, Uniqueness  # noqa: E402

failures = {}


def run(table, rules):
    frame = spark.read.parquet(path(table))
    runner = AnalysisRunner(spark).onData(frame)
    for rule, (analyzer, where) in rules.items():
        runner = runner.addAnalyzer(analyzer).addAnalyzer(Size(where))
    rows = AnalyzerContext.successMetricsAsDataFrame(spark, runner.run()).collect()
    shares = [row for row in rows if row["name"].split(" ")[0] != "Size"]
    sizes = {row["name"]: row["value"] for row in rows if row["name"].split(" ")[0] == "Size"}
    for rule, (analyzer, where) in rules.items():
        name = type(analyzer).__name__
        share = [row["value"] for row in shares if row["name"].split(" ")[0] == name and (name != "Compliance" or rule in row["instance"])]
        size = sizes[f"Size (where: {where})"] if f"Size (where: {where})" in sizes else list(sizes.values())[0]
        failures[rule] = round((1 - share[0]) * size)


def compliance(rule, predicate, where):
    return Compliance(rule, predicate, where), where


run("patients", {"birth-date-plausible": compliance("birth-date-plausible", f"birth_date >= DATE '1880-01-01' AND birth_date <= DATE '{AS_OF}'", "birth_date IS NOT NULL"),
                 "number-unique": (Uniqueness(["nhs_number_key"]), "nhs_number_key IS NOT NULL")})
run("events", {"unit-recorded": compliance("unit-recorded", "unit IS NOT NULL", "value IS NOT NULL"),
               "recorded-after-event": compliance("recorded-after-event", "recorded_date >= event_date", "recorded_date IS NOT NULL AND event_date IS NOT NULL")})
run("issues", {"issue-not-future": compliance("issue-not-future", f"issue_date <= DATE '{AS_OF}'", "issue_date IS NOT NULL")})
run("medications", {"indication-recorded": (Completeness("indication_problem_id"), "patient_id IS NOT NULL")})
show_failures(importlib.metadata.version("pydeequ"), failures)
spark.sparkContext._gateway.shutdown_callback_server()
spark.stop()
