"""The two tables of a run, for analysts: what became of each extract, and the outcome of each rule.

They hold what the reports of the level show, and no names of files.
"""

import json
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

EXTRACTS = """shard int, extract int, practices array<string>, became string, exit_code int, reason string,
    key string, digest string, bytes bigint, attempts int"""
RESULTS = """practice_id string, ods_code string, as_of string, registered_patients bigint, accreditation string, verdict string,
    score bigint, rule string, code string, title string, requirement string, severity string, threshold string, status string,
    numerator bigint, denominator bigint, excluded bigint, undetermined bigint, unknown bigint, failing bigint, to_fix bigint, key string"""

Row = dict[str, Any]


def write(spark: SparkSession, address: str, rows: list[Row], practices: Path | None) -> None:
    """Writes both below the address. practices is the folder that merge wrote; None where it failed."""
    judged = reports(practices) if practices else []
    of: dict[str, list[str]] = {}
    digest: dict[str, str] = {}
    for key, report in judged:
        of.setdefault(key, []).extend(p["practice_id"] for p in report["practices"])
        digest[key] = report["extract"]["sha256"]
    extracts = [row | {"practices": of.get(row["key"], []), "digest": digest.get(row["key"])} for row in rows]
    save(spark, f"{address}/extracts", EXTRACTS, extracts)
    save(spark, f"{address}/results", RESULTS, [r for key, report in judged for r in results(key, report)])


def save(spark: SparkSession, address: str, schema: str, rows: list[Row]) -> None:
    names = [field.split()[0] for field in schema.split(",")]
    spark.createDataFrame([tuple(row.get(n) for n in names) for row in rows], schema).coalesce(1).write.mode("overwrite").parquet(address)


def reports(practices: Path) -> list[tuple[str, Row]]:
    """The key of its state, and the report, of each practice that was judged."""
    table = json.loads((practices / "practices.json").read_text())
    if "json" not in table["reports"]:
        return []
    return [(p["state"], json.loads((practices / "reports" / f"{p['report']}.json").read_text())) for p in table["practices"] if p["report"]]


def results(key: str, report: Row) -> list[Row]:
    """A row for each accreditation and rule of the practice of a report."""
    texts = {t["rule"]: t for t in report["rule_texts"]}
    out = []
    for practice in report["practices"]:
        counts = {r["rule"]: r for r in practice["results"]}
        for a in practice["accreditations"]:
            for c in a["criteria"]:
                out.append(counts.get(c["rule"], {}) | c | {
                    "practice_id": practice["practice_id"], "ods_code": practice["ods_code"], "as_of": practice["as_of"],
                    "registered_patients": practice["registered_patients"], "accreditation": a["id"], "verdict": a["verdict"],
                    "score": a["score"], "code": texts[c["rule"]]["code"], "title": texts[c["rule"]]["title"], "key": key})
    return out
