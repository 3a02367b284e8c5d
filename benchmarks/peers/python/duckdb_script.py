"""Runs a script of SQL in DuckDB and prints the rows of its results as JSON, as duckdb.mjs does.

usage: duckdb_script.py SCRIPT.json
"""
import json
import sys

import duckdb

with open(sys.argv[1]) as file:
    script = json.load(file)
db = duckdb.connect(config={"threads": script["threads"], "preserve_insertion_order": False})
for step in script["steps"]:
    db.execute(step)
rows = [[[int(v) if i and v is not None else v for i, v in enumerate(row)] for row in db.execute(result["sql"]).fetchall()] for result in script["results"]]
print(json.dumps({"version": duckdb.__version__, "rows": rows}))
