"""Six rules over a practice's records in Soda Core, over DuckDB and its views of the files."""
import importlib.metadata
import os
import tempfile

import duckdb
from soda_core.contracts import verify_contract_locally
from soda_duckdb import DuckDBDataSource

from identifiers import AS_OF, THREADS, path, show_failures

RULES = {
    "patients": {"birth-date-plausible": f"birth_date < DATE '1880-01-01' OR birth_date > DATE '{AS_OF}'",
                 "number-unique": "nhs_number_key IN (SELECT nhs_number_key FROM patients GROUP BY nhs_number_key HAVING count(*) > 1)"},
    "events": {"unit-recorded": "value IS NOT NULL AND unit IS NULL", "recorded-after-event": "recorded_date < event_date"},
    "issues": {"issue-not-future": f"issue_date > DATE '{AS_OF}'"},
    "medications": {"indication-recorded": "indication_problem_id IS NULL"},
}
cursor = duckdb.connect(config={"threads": THREADS}).cursor()
source = DuckDBDataSource.from_existing_cursor(cursor, name="practice")
failures = {}
for table, rules in RULES.items():
    cursor.execute(f"CREATE VIEW {table} AS FROM read_parquet('{path(table)}')")
    text = f"dataset: practice/memory/main/{table}\ncolumns: []\nchecks:\n"
    for rule, fails in rules.items():
        text += f"  - failed_rows:\n      name: {rule}\n      qualifier: {rule}\n      expression: \"{fails}\"\n"
    with tempfile.NamedTemporaryFile("w", suffix=".yml", delete=False) as file:
        file.write(text)
    result = verify_contract_locally(data_sources=[source], contract_file_path=file.name, publish=False)
    os.unlink(file.name)
    for check in result.contract_verification_results[0].check_results:
        failures[check.check.name] = check.threshold_value
show_failures(importlib.metadata.version("soda-core"), failures)
