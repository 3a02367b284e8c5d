// Runs a script of SQL in ClickHouse's embedded engine and prints the rows of its results as JSON.
// usage: node chdb.mjs SCRIPT.json
import { Session, version } from "chdb";
import { readFileSync, writeSync } from "node:fs";

const script = JSON.parse(readFileSync(process.argv[2], "utf8"));
const session = new Session();
try {
  session.query(`SET max_threads = ${script.threads}, join_use_nulls = 1, session_timezone = 'UTC'`);
  for (const step of script.steps) session.query(step);
  const rows = script.results.map((result) => {
    const out = JSON.parse(session.query(result.sql, "JSONCompact"));
    return out.data.map((row) => row.map((v, i) => (i === 0 ? v : Number(v))));
  });
  writeSync(1, JSON.stringify({ version: typeof version === "function" ? String(version()) : "", rows }) + "\n");
} finally {
  session.cleanup();
}
