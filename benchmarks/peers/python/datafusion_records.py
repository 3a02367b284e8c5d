"""The ten rules over a practice's records in DataFusion."""
import datafusion
import pyarrow as pa

from identifiers import FORMAT, THREADS, columns_of, path, show
from sql_records import count

DATES = {"birth_date", "death_date", "event_date", "recorded_date", "issue_date"}
context = datafusion.SessionContext(datafusion.SessionConfig().with_target_partitions(THREADS))
for table in ("patients", "events", "issues", "medications"):
    if FORMAT == "parquet":
        context.register_parquet(table, path(table))
    else:
        schema = pa.schema([(c, pa.date32() if c in DATES else pa.string()) for c in columns_of(table)])
        context.register_csv(table, path(table), schema=schema, has_header=True)


def query(sql):
    for batch in context.sql(sql).collect():
        yield from zip(*(column.to_pylist() for column in batch.columns))


show(datafusion.__version__, count(query))
