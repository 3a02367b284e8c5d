"""Judges many practices with Apache Spark: a task for each shard runs paperlight on it.

Spark decides which worker reads which shard, and reads it again where one is lost. What a
shard is, what became of an extract, and how the states are joined is paperlight's
(docs/fleet.md). Run by spark-submit; README.md beside this file says how.
"""

import argparse
import ctypes
import fcntl
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pyspark import SparkContext, TaskContext
from pyspark.sql import SparkSession

import tables

# Exit codes after which the same run would end the same: done, refused, a privacy stop,
# wrong usage.
FINAL = {0, 3, 4, 64}
REASONS = {0: "", 3: "input refused", 4: "privacy stop", 5: "a limit reached", 7: "output could not be written",
           64: "wrong usage or rule set", 70: "internal error"}
ENDED, TOO_LONG = "its worker was ended each time", "it took longer than the limit"
MOST_WORDS = 4096  # bytes that are kept of what paperlight says of a shard
MOST_LINES = 64 << 20  # bytes that are read of its lines, one an extract
MARK = "paperlight-shard-"

Row = dict[str, Any]


@dataclass(frozen=True)
class Shard:
    """Extracts of the plan; or, of a bucket, what lies below one name, planned where it is read."""

    number: int
    bytes: int
    extracts: tuple[tuple[int, int], ...] = ()  # number and bytes of each
    name: str = ""


@dataclass(frozen=True)
class Job:
    """What each task is told."""

    paperlight: str
    bring: str
    address: str
    plan: str
    states: str
    scratch: str
    plan_flags: tuple[str, ...]
    shard_flags: tuple[str, ...]
    limit: float  # seconds for a shard
    most: int  # bytes that are brought from a bucket for a shard
    runs: int  # of a shard that does not end well


def read(job: Job, shard: Shard) -> list[Row]:
    """One attempt at a shard: a row for each extract. An error has Spark try again."""
    context = TaskContext.get()
    before = context.attemptNumber() if context else 0
    if before >= job.runs:  # nobody was left to say so: one more run would end this worker too
        return finished(shard, {}, None, ENDED, "", before)
    folder, held = scratch_folder(job.scratch)
    try:
        rows, code, reason, words = run(job, shard, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)
    if code not in FINAL and before + 1 < job.runs:
        raise RuntimeError(f"shard {shard.number} ended with {code}: {reason or reason_of(code)}")
    return finished(shard, rows, code, reason, words, before + 1)


def run(job: Job, shard: Shard, folder: Path) -> tuple[dict[int, Row], int, str, str]:
    """Runs paperlight on a shard: what it said of extracts, its exit code, and why it gave that."""
    plan, number, until = job.plan, shard.number, time.monotonic() + job.limit
    if shard.name:
        plan, number = str(folder / "plan.json"), 1
        for args in ([job.bring, "copy", job.address, shard.name, str(folder), str(job.most)],
                     [job.paperlight, "plan", str(folder / shard.name), "--size", str(1 << 60), "--out", plan, *job.plan_flags]):
            code, reason, _, words = ended(args, folder, until)
            if code != 0:
                return {}, code, reason, words
    states = job.states or str(folder / "states")
    code, reason, lines, words = ended([job.paperlight, "shard", plan, str(number), "--out", states, *job.shard_flags], folder, until)
    rows: dict[int, Row] = {}
    for extract, became, what in (line.split() for line in lines.splitlines()):
        row: Row = {"became": became, "exit_code": 0, "key": what, "state": None}
        if became == "refused":
            row.update(exit_code=int(what), key=None)
        else:
            row["state"] = (Path(states) / f"{what}.state").read_bytes()
        rows[int(extract)] = row
    planned = dict(shard.extracts) if not shard.name else {x["number"]: x["bytes"] for x in json.loads(Path(plan).read_text())["extracts"]}
    if code in (0, 3, 4) and rows.keys() != planned.keys():
        code = 70  # it ended well, and did not say what became of each
    for number, size in planned.items():
        rows.setdefault(number, {})["bytes"] = size
    return rows, code, reason, words


def ended(args: list[str], folder: Path, until: float) -> tuple[int, str, str, str]:
    """Runs a program until then at most: its exit code, why it was ended from here, its lines, and its words."""
    with open(folder / "lines", "w+b") as lines, open(folder / "words", "w+b") as words:
        with subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=lines, stderr=words, preexec_fn=end_with_parent) as process:
            reason = ""
            try:
                process.wait(max(0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                reason = TOO_LONG
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
        code = process.wait()
        lines.seek(0)
        words.seek(0)
        # Of lines that were cut off in the middle, the last may say less than it means.
        whole = lines.read(MOST_LINES).decode().rpartition("\n")[0]
        return 5 if reason else code, reason, whole, words.read(MOST_WORDS).decode(errors="replace")


def end_with_parent() -> None:
    """Has Linux end this process with the task that started it, which Spark may end at any time."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def scratch_folder(below: str) -> tuple[Path, int]:
    """A folder for a shard, held as long as the descriptor is open. What killed tasks left is removed."""
    base = Path(below or os.getcwd())
    base.mkdir(parents=True, exist_ok=True)
    for left in base.glob(MARK + "*"):
        try:
            descriptor = os.open(left, os.O_RDONLY)
        except OSError:
            continue  # somebody else removed it
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left, ignore_errors=True)
        except OSError:
            pass  # it is in use
        finally:
            os.close(descriptor)
    while True:
        folder = Path(tempfile.mkdtemp(prefix=MARK, dir=base))
        try:
            held = os.open(folder, os.O_RDONLY)
            fcntl.flock(held, fcntl.LOCK_EX)
        except OSError:
            continue
        if folder.exists():  # not taken for a left one before it was held
            return folder, held
        os.close(held)


def finished(shard: Shard, rows: dict[int, Row], code: int | None, reason: str, words: str, attempts: int) -> list[Row]:
    """The rows of a shard: of extracts that nothing was said of, that they were refused or lost."""
    sizes = dict(shard.extracts) or {n: row.get("bytes", 0) for n, row in rows.items()} or {1: shard.bytes}
    became = "refused" if code in FINAL else "lost"
    out = []
    for number, size in sizes.items():
        row: Row = {"became": became, "exit_code": code, "key": None, "state": None} | rows.get(number, {})
        row["reason"] = reason if row["became"] == "lost" and reason else reason_of(row["exit_code"])
        out.append(row | {"shard": shard.number, "extract": number, "bytes": size, "attempts": attempts,
                          "words": words if row["became"] in ("refused", "lost") else ""})
    return out


def reason_of(code: int | None) -> str:
    if code is None:
        return ENDED
    return REASONS.get(code, "it was ended by a signal" if code < 0 else "it crashed")


def shards_of(args: argparse.Namespace, job: Job) -> tuple[list[Shard], dict[int, str]]:
    """The shards, and the names of extracts or, in a bucket, of shards."""
    if "://" in args.extracts:
        listed = subprocess.run([job.bring, "list", args.extracts], stdout=subprocess.PIPE, text=True)
        units = [json.loads(line) for line in listed.stdout.splitlines()]
        if listed.returncode != 0 or not units:
            print("nothing is at the address of the bucket", file=sys.stderr)
            sys.exit(listed.returncode or 3)
        return [Shard(i, u["bytes"], (), u["name"]) for i, u in enumerate(units, 1)], {i: u["name"] for i, u in enumerate(units, 1)}
    code = subprocess.run([job.paperlight, "plan", args.extracts, "--size", args.size, "--out", job.plan, *job.plan_flags]).returncode
    if code != 0:
        sys.exit(code)
    plan = json.loads(Path(job.plan).read_text())
    size = {x["number"]: x["bytes"] for x in plan["extracts"]}
    shards = [Shard(s["number"], s["bytes"], tuple((n, size[n]) for n in s["extracts"])) for s in plan["shards"]]
    return shards, {x["number"]: x["name"] for x in plan["extracts"]}


def keep(out: Path, rows: list[Row]) -> None:
    """Writes the states that came back, and what became of each extract, as assess does."""
    states = out / "states"
    states.mkdir(exist_ok=True)
    for row in rows:
        path = states / f"{row['key']}.state"
        if row["state"] is not None and not (path.exists() and path.read_bytes() == row["state"]):
            replace(path, row["state"])
    ran = [{"number": r["extract"]} | ({"key": r["key"]} if r["key"] else {"exit_code": r["exit_code"] if r["exit_code"] in REASONS else 70})
           for r in rows]
    replace(out / "run.json", (json.dumps({"format": "paperlight run", "version": 1, "extracts": ran}, indent=2) + "\n").encode())


def replace(path: Path, content: bytes) -> None:
    staged = path.with_name(path.name + ".new")
    staged.write_bytes(content)
    os.replace(staged, path)


def asked() -> argparse.Namespace:
    p = argparse.ArgumentParser(description="Judge the extracts of many practices with Apache Spark.")
    p.add_argument("extracts", help="a folder that all workers see, or the address of a bucket (s3://bucket?prefix=march/)")
    p.add_argument("--out", required=True, help="folder for all that is written, kept between runs; on a cluster all workers see it")
    p.add_argument("--tables", help="where the Parquet tables go, for Spark's writers (default: tables below --out)")
    p.add_argument("--states", default="", help="folder that all workers see; extracts whose states lie there are not read again")
    p.add_argument("--paperlight", default="paperlight", help="the program, by its path on the workers")
    p.add_argument("--bring", default="bring", help="the program that copies from a bucket, by its path on the workers")
    p.add_argument("--scratch", default="", help="folder on each worker for a shard of a bucket (default: where Spark runs the task)")
    p.add_argument("--size", default="0", help="bytes of a shard, as plan has it; 0 has each extract apart")
    p.add_argument("--runs", type=int, default=3, help="runs of a shard that does not end well, before its extracts are given up")
    p.add_argument("--limit", type=float, default=3600, help="seconds for a run of a shard")
    p.add_argument("--most", type=int, default=64 << 30, help="bytes that are brought from a bucket for a shard")
    for verb in ("plan", "shard", "merge"):
        p.add_argument(f"--{verb}-flags", default="", type=shlex.split, help=f"further flags of paperlight {verb}, as one text")
    return p.parse_args()


def main() -> int:
    args = asked()
    bucket = "://" in args.extracts
    if not bucket:  # paths stand in a plan as they are given, and workers have other folders of their own
        args.extracts = os.path.abspath(args.extracts)
    out = Path(args.out).resolve()
    out.mkdir(parents=True, exist_ok=True)
    # One attempt more than runs: it reads nothing, and writes the row of a shard that ended every worker.
    spark = SparkSession.builder.appName("paperlight").config("spark.task.maxFailures", args.runs + 1).getOrCreate()
    context: SparkContext = spark.sparkContext
    master = context.master or ""
    alone = master.startswith("local") and not master.startswith("local-cluster")
    job = Job(args.paperlight, args.bring, args.extracts, str(out / "plan.json"), args.states, args.scratch,
              tuple(args.plan_flags), tuple(args.shard_flags), args.limit, args.most, 1 if alone else args.runs)
    shards, names = shards_of(args, job)
    largest_first = sorted(shards, key=lambda s: (-s.bytes, s.number))
    rows = context.parallelize(largest_first, max(1, len(shards))).flatMap(partial(read, job)).collect()
    rows.sort(key=lambda r: (r["shard"], r["extract"]))
    for number, row in enumerate(rows, 1):
        row["extract"] = number
    for row in rows:
        if row["became"] in ("refused", "lost"):
            name = names[row["shard" if bucket else "extract"]]
            print(f"extract {row['extract']} ({name!r}): {row['became']}, {row['reason']}\n{row['words']}", file=sys.stderr)
    keep(out, rows)
    code = subprocess.run([job.paperlight, "merge", str(out / "states"), "--run", str(out / "run.json"), "--out", str(out / "practices"),
                           *args.merge_flags]).returncode
    tables.write(spark, args.tables or (out / "tables").as_uri(), rows, out / "practices" if code in REASONS else None)
    spark.stop()
    return 64 if any(r["exit_code"] == 64 for r in rows) else code


if __name__ == "__main__":
    sys.exit(main())
