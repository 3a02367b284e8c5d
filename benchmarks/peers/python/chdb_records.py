"""The ten rules over a practice's records in ClickHouse's embedded engine."""
import json
import re

import chdb
from chdb import session

from identifiers import FORMAT, THREADS, columns_of, path, show
from sql_records import count

DATES = {"birth_date", "death_date", "event_date", "recorded_date", "issue_date"}


def source(table):
    if FORMAT == "parquet":
        return f"file('{path(table)}', Parquet)"
    if FORMAT == "arrow":
        return f"file('{path(table)}', Arrow)"
    types = ", ".join(f"{c} Nullable({'Date32' if c in DATES else 'String'})" for c in columns_of(table))
    return f"file('{path(table)}', CSVWithNames, '{types}')"


clickhouse = session.Session()
settings = f"max_threads = {THREADS}, join_use_nulls = 1, session_timezone = 'UTC', output_format_json_quote_64bit_integers = 0, schema_inference_make_columns_nullable = 1"


def query(sql):
    for table in ("patients", "events", "issues", "medications"):
        sql = re.sub(rf"\b(FROM|JOIN) {table}\b", lambda m: m[1] + " " + source(table), sql)
    return json.loads(str(clickhouse.query(f"{sql} SETTINGS {settings}", "JSONCompact")))["data"]


show(chdb.__version__, count(query, lambda of: f"toDate32('{of}')"))
