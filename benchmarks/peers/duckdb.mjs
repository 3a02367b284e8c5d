// Runs a script of SQL in DuckDB and prints the rows of its results as JSON.
// usage: node duckdb.mjs SCRIPT.json
import { DuckDBInstance } from "@duckdb/node-api";
import { readFileSync, writeSync } from "node:fs";

const script = JSON.parse(readFileSync(process.argv[2], "utf8"));
const db = await DuckDBInstance.create(":memory:", { threads: String(script.threads), preserve_insertion_order: "false" });
const connection = await db.connect();
for (const step of script.steps) await time(step, () => connection.run(step));
const rows = [];
for (const result of script.results) {
  const read = await time(result.sql, () => connection.runAndReadAll(result.sql));
  rows.push(read.getRows().map((row) => row.map((v) => (typeof v === "bigint" ? Number(v) : v?.value !== undefined ? Number(v.value) : v))));
}
const version = (await connection.runAndReadAll("SELECT version()")).getRows()[0][0];
writeSync(1, JSON.stringify({ version, rows }) + "\n");

async function time(sql, run) {
  const started = performance.now(), before = process.cpuUsage();
  const out = await run();
  if (process.env.PEERS_TRACE) {
    const used = process.cpuUsage(before);
    console.error(((performance.now() - started) / 1000).toFixed(2) + " s wall, " + ((used.user + used.system) / 1e6).toFixed(2) + " s CPU: " + sql.slice(0, 100).replaceAll("\n", " "));
  }
  return out;
}
