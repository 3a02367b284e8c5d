// The ten rules in Polars, lazily, with the streaming engine. Prints the counts as duckdb.mjs does.
// usage: POLARS_MAX_THREADS=2 node polars.mjs FOLDER FORMAT AS_OF [streaming|in-memory]
import pl from "nodejs-polars";
import { join } from "node:path";
import { writeSync } from "node:fs";

const [folder, format, asOf, engine = "streaming"] = process.argv.slice(2);
const { col, lit, when } = pl;
const collect = (frame) => frame.collectSync({ engine });
const day = (text) => lit(new Date(text)).cast(pl.Date);

function scan(table, dates, bools = []) {
  const file = join(folder, table + "." + format);
  if (format === "parquet") return pl.scanParquet(file);
  if (format === "arrow") return pl.scanIPC(file);
  let frame = pl.scanCSV(file, { inferSchemaLength: 0 }); // every column is text
  const casts = dates.map((name) => col(name).str.strptime(pl.Date, "%Y-%m-%d"));
  casts.push(...bools.map((name) => col(name).eq(lit("true"))));
  return frame.withColumns(...casts);
}

// The check digit of a dm+d code, worked out once a distinct code.
const D = ["0123456789", "1234067895", "2340178956", "3401289567", "4012395678", "5987604321", "6598710432", "7659821043", "8765932104", "9876543210"];
const P = ["0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258"];
function concept(code) {
  if (!/^[1-9][0-9]{5,17}$/.test(code) || code[code.length - 2] !== "0") return false;
  const format = code[code.length - 3];
  if (format !== "0" && !(format === "1" && code.length >= 11)) return false;
  let c = 0;
  for (let i = 0; i < code.length; i++) c = +D[c][+P[i % 8][+code[code.length - 1 - i]]];
  return c === 0;
}

const count = (cond, name) => cond.fillNull(false).cast(pl.UInt32).sum().alias(name);
const codes = collect(scan("medications", []).select("dmd_code").unique()).getColumn("dmd_code").toArray().filter((c) => c !== null);
const valid = pl.DataFrame({ dmd_code: codes, is_concept: codes.map(concept) }).lazy();

const medications = scan("medications", ["start_date", "end_date", "last_issue_date"])
  .select("patient_id", "practice_id", "dmd_code", "prescription_type", "status", "start_date", "end_date", "last_issue_date", "indication_problem_id")
  .join(valid, { on: "dmd_code", how: "left" });
const repeat = col("prescription_type").eq(lit("repeat")).or(col("prescription_type").eq(lit("repeat_dispensing")))
  .and(col("status").eq(lit("active"))).and(col("end_date").isNull().or(col("end_date").gt(day(asOf))));
const yearBefore = new Date(asOf);
yearBefore.setUTCFullYear(yearBefore.getUTCFullYear() - 1); // an as-of date is never 29 February here
const recent = col("last_issue_date").gtEq(lit(yearBefore).cast(pl.Date)).and(col("last_issue_date").ltEq(day(asOf)));
const dated = col("start_date").isNotNull().and(col("end_date").isNotNull());
const byPatient = collect(medications.groupBy("patient_id").agg(
  col("practice_id").first().alias("own"),
  pl.len().alias("n"),
  count(col("dmd_code").isNotNull(), "coded"),
  count(col("is_concept"), "concept"),
  count(col("indication_problem_id").isNotNull(), "indicated"),
  count(dated, "dated"),
  count(dated.and(col("end_date").gtEq(col("start_date"))), "ordered"),
  repeat.fillNull(false).max().alias("on_repeat"),
  repeat.and(recent).fillNull(false).max().alias("issued"),
));
const allergies = scan("allergies", []).select("patient_id").unique().withColumns(lit(true).alias("has_allergy"));

const digits = col("nhs_number").str.extract("^([0-9]{10})$", 1).cast(pl.Int64);
let sum = digits.modulo(lit(10));
for (let w = 2, p = 10; w <= 10; w++, p *= 10) sum = sum.plus(digits.modulo(lit(p * 10)).minus(digits.modulo(lit(p))).div(lit(p)).cast(pl.Int64).multiplyBy(lit(w)));
const dummy = digits.modulo(lit(1111111111)).eq(lit(0));
const state = when(col("nhs_number").isNull()).then(lit("missing")).when(digits.isNull()).then(lit("bad_form"))
  .when(dummy).then(lit("dummy")).when(sum.modulo(lit(11)).eq(lit(0))).then(lit("valid")).otherwise(lit("bad_check"));
const people = collect(scan("patients", ["birth_date"], ["is_deceased"]).select(col("patient_id"), col("practice_id"), col("birth_date"), col("is_deceased"),
  state.alias("state"), when(dummy).then(lit(null)).otherwise(digits).alias("key"))
  .join(byPatient.lazy(), { on: "patient_id", how: "left" })
  .join(allergies, { on: "patient_id", how: "left" }));

const is = (...names) => names.map((name) => col("state").eq(lit(name))).reduce((a, b) => a.or(b));
const plausible = col("birth_date").gtEq(day("1880-01-01")).and(col("birth_date").ltEq(day(asOf)));
const living = col("is_deceased").fillNull(false).not();
const keyed = people.lazy().filter(col("key").isNotNull()).groupBy(["practice_id", "key"]).agg(pl.len().alias("same"))
  .filter(col("same").eq(lit(1))).groupBy("practice_id").agg(pl.len().alias("n_unique"));
const ofPatients = collect(people.lazy().groupBy("practice_id").agg(
  pl.len().alias("d0"), count(is("valid", "bad_check", "dummy"), "n0"),
  count(is("valid", "bad_check"), "d1"), count(is("valid"), "n1"),
  count(col("key").isNotNull(), "d2"),
  count(col("birth_date").isNotNull(), "d3"), count(plausible, "n3"),
  count(living, "d4"), count(living.and(col("has_allergy")), "n4"),
  count(col("on_repeat"), "d5"), count(col("on_repeat").and(col("issued")), "n5"),
).join(keyed, { on: "practice_id", how: "left" }));
const ofRows = collect(byPatient.lazy().join(people.lazy().select(col("patient_id"), col("practice_id"), lit(true).alias("known")), { on: "patient_id", how: "left" })
  .withColumns(col("practice_id").fillNull(col("own")).alias("practice_id"))
  .groupBy("practice_id").agg(
    col("coded").sum(), col("concept").sum(), col("n").sum(), col("indicated").sum(),
    when(col("known").isNotNull()).then(col("n")).otherwise(lit(0)).sum().alias("owned"), col("dated").sum(), col("ordered").sum()));

const rows = [[], []];
for (const r of ofPatients.toRecords()) {
  const pairs = [[r.d0, r.n0], [r.d1, r.n1], [r.d2, r.n_unique], [r.d3, r.n3], [r.d4, r.n4], [r.d5, r.n5]];
  rows[0].push([r.practice_id, ...pairs.flatMap(([d, n]) => [Number(d), Number(n ?? 0), 0, 0, 0])]);
}
for (const r of ofRows.toRecords()) {
  const pairs = [[r.coded, r.concept], [r.n, r.indicated], [r.n, r.owned], [r.dated, r.ordered]];
  rows[1].push([r.practice_id, ...pairs.flatMap(([d, n]) => [Number(d), Number(n), 0, 0, 0])]);
}
writeSync(1, JSON.stringify({ version: pl.version ?? "", rows }) + "\n");
