"""The trial of the fleet: a Spark cluster of processes on this computer, held to what assess gives.

Ends with 1 where anything is not as it must be. `make fleet` runs it; --smoke is what CI runs.
"""

import argparse
import filecmp
import json
import os
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb

from cluster import HERE, Cluster, Reading, Submitted, Task, answers, free_port, kill_one, orphans, processes

READ = ["--allow-test-numbers", "--quiet"]
QUERIES = re.compile(r"^ *```sql\n(.*?)```", re.DOTALL | re.MULTILINE)

# Stands in front of paperlight, which has no known input that crashes it or holds it up:
# what it does to an extract is told by the number of its shard.
POISON = """#!/bin/sh
if [ "$1" = shard ]; then
	case $3 in
	2) kill -9 $$ ;;
	3) while :; do sleep 1; done ;;
	4) ulimit -d 60000 ;;
	5) daemon=$(sed -n 's/^PPid:[[:space:]]*//p' /proc/$PPID/status)
	   kill -9 "$(sed -n 's/^PPid:[[:space:]]*//p' /proc/$daemon/status)"
	   exec sleep 86413 ;;
	esac
fi
exec "{paperlight}" "$@"
"""


class Trial:
    def __init__(self, args: argparse.Namespace, cluster: Cluster) -> None:
        self.args, self.cluster, self.work = args, cluster, cluster.work
        self.failed = 0
        self.extracts, self.one = self.work / "extracts", self.work / "assess"

    def must(self, holds: bool, says: str) -> None:
        print(f"  {'ok  ' if holds else 'FAIL'}  {says}", flush=True)
        self.failed += not holds

    def run(self, *args: str) -> int:
        return subprocess.run([self.args.paperlight, *args], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode

    def make(self, practices: int, patients: int) -> None:
        """Practices in a folder each, with an id and code of their own; the last is damaged."""
        for i in range(1, practices + 1):
            folder = self.extracts / f"mill-{i:02}"
            assert self.run("generate", str(folder), "--patients", str(patients), "--seed", str(i), "--quiet") == 0
            for file in folder.glob("*.csv"):
                text = file.read_text().replace("P00001", f"P{i:05}").replace("A80000", f"A8{i:04}")
                file.write_text(text)
        (self.extracts / f"mill-{practices:02}" / "patients.csv").write_text("patient_id,practice_id\n\x00\x01")

    def assess(self, jobs: int, out: Path) -> float:
        began = time.monotonic()
        code = self.run("assess", str(self.extracts), "--out", str(out), "--jobs", str(jobs), *READ)
        assert code == 3, f"assess ended with {code}"
        return time.monotonic() - began

    def submit(self, name: str, *args: str, extracts: str = "", executors: int = 2, paperlight: str = "", master: str = "") -> Submitted:
        return self.cluster.submit(name, [extracts or str(self.extracts), "--out", str(self.work / name), "--paperlight", paperlight or self.args.paperlight,
                                          "--bring", self.args.bring, "--shard-flags=" + " ".join(READ), "--merge-flags=--quiet", *args], executors, master)

    def same(self, name: str) -> None:
        """The folder of practices and run.json are those of assess, byte for byte."""
        differs = different(filecmp.dircmp(self.one / "practices", self.work / name / "practices"))
        if not filecmp.cmp(self.one / "run.json", self.work / name / "run.json", shallow=False):
            differs.append("run.json")
        files = sum(1 for p in (self.one / "practices").rglob("*") if p.is_file())
        self.must(not differs, f"{files} files of practices and run.json are those of assess, byte for byte{': ' * bool(differs)}{', '.join(differs[:5])}")

    def table(self, name: str, sql: str) -> list[tuple[Any, ...]]:
        return duckdb.execute(sql.replace("from extracts", f"from '{self.work / name}/tables/extracts/*.parquet'", 1)).fetchall()


def different(d: "filecmp.dircmp[str]") -> list[str]:
    _, unlike, unread = filecmp.cmpfiles(d.left, d.right, d.common_files, shallow=False)
    return [*d.left_only, *d.right_only, *unlike, *unread, *(n for s in d.subdirs.values() for n in different(s))]


def faultless(t: Trial, name: str, executors: int) -> list[Task]:
    print(f"no fault, {executors} executor{'s' * (executors > 1)}")
    job = t.submit(name, executors=executors)
    t.must(job.wait() == 3, "ends with 3, as assess does where an extract is refused")
    t.same(name)
    tasks = job.tasks()
    t.must([x.ended for x in tasks] == ["Success"] * len(list(t.extracts.iterdir())), f"{len(tasks)} shards, a run each, by Spark's log")
    figures = (f"whole job {job.seconds:.1f} s; from the first shard to the last {max(x.finished for x in tasks) - min(x.began for x in tasks):.1f} s; "
               f"of a shard {statistics.median(x.within for x in tasks):.2f} s in the executor (median), "
               f"and {statistics.median(x.seconds - x.within for x in tasks) * 1000:.0f} ms on the way there and back")
    print("        " + figures)
    return tasks


def kills(t: Trial, name: str, n: int, extracts: str = "") -> None:
    print(f"{n} executor{'s' * (n > 1)} killed in the middle of a shard{' that came from S3' * bool(extracts)}")
    chance = random.Random(t.args.seed)
    killed: list[Reading] = []
    before = time.monotonic()
    scratch = t.work / f"{name}-scratch"
    job = t.submit(name, "--scratch", str(scratch), extracts=extracts)
    while len(killed) < n and (one := kill_one(t.cluster, chance, {k.shard for k in killed}, job)):
        killed.append(one)
    stay = [pid for one in killed for pid in orphans(one)]
    t.must(job.wait() == 3, f"ends with 3, after {time.monotonic() - before:.0f} s")
    t.same(name)
    tasks = job.tasks()
    lost = [x for x in tasks if x.ended != "Success"]
    t.must(len(killed) == n, f"{len(killed)} kills; seed {t.args.seed}")
    t.must([x.ended for x in lost] == ["ExecutorLostFailure"] * n, f"{len(lost)} runs lost, each with its executor")
    shards = len(list(t.extracts.iterdir()))
    again = {x.shard for x in lost}
    runs = {s: sum(x.shard == s for x in tasks) for s in range(shards)}
    t.must(len(again) == n and all(runs[s] == 1 + (s in again) for s in runs),
           f"{len(tasks)} runs of {shards} shards: {sum(r == 2 for r in runs.values())} shards ran twice, the others once")
    attempts = t.table(name, "select shard, attempts from extracts")
    t.must(sum(a == 2 for _, a in attempts) == n and sum(a == 1 for _, a in attempts) == shards - n, "the table of extracts says so too")
    t.must(not stay, f"{sum(len(k.below) for k in killed)} processes below the executors, and none stayed{stay or ''}")
    t.must(not list(scratch.glob("*")) if scratch.exists() else False, "nothing stayed in the scratch folder")


def poisons(t: Trial, name: str) -> None:
    print("poisoned extracts: one ends itself, one never ends, one is out of memory, one kills its executor each time, one is damaged")
    stand_in = t.work / "stand-in"
    stand_in.write_text(POISON.format(paperlight=t.args.paperlight))
    stand_in.chmod(0o755)
    job = t.submit(name, "--runs", "2", "--limit", str(t.args.limit), paperlight=str(stand_in))
    code = job.wait()
    t.must(code == 70, f"the job ends by itself, and with 70: {code}")
    left = [p for p, (_, a, _) in processes().items() if str(stand_in) in a or a[:2] == ["sleep", "86413"]]
    t.must(not left, f"nothing that never ends stayed when its task or executor was gone{left or ''}")
    last = len(list(t.extracts.iterdir()))
    rows = t.table(name, "select extract, became, exit_code, reason, attempts from extracts where became <> 'read' order by extract")
    for row in rows:
        print("        ", *row, sep="  ")
    t.must([r[:2] for r in rows] == [(2, "lost"), (3, "lost"), (4, "lost"), (5, "lost"), (last, "refused")], "just these are not read, and are named by number")
    t.must([r[4] for r in rows] == [2, 2, 2, 2, 1], "each had two runs, and the damaged one, which is the same again, had one")
    t.must([r[2] for r in rows][1:] == [5, rows[2][2], None, 3] and rows[0][2] == -9 and rows[2][2] not in (0, 3, 4, 64), "the exit codes say what became of them")
    words = job.words.read_text()
    t.must(all(f"mill-{n:02}')" in words for n in (2, 3, 4, 5, last)), "the words of the job name them by their folders")
    others = [f"practice-A8{n:04}.{form}" for n in range(1, last) if n not in (2, 3, 4, 5) for form in ("html", "json")]
    reports = t.work / name / "practices" / "reports"
    t.must(sorted(p.name for p in reports.iterdir()) == others and
           not filecmp.cmpfiles(t.one / "practices" / "reports", reports, others, shallow=False)[1], f"{len(others)} reports of the others are those of assess")


def bucket(t: Trial) -> str:
    """Serves a copy of the extracts as S3, and returns its address."""
    served, port = t.work / "s3", free_port()
    shutil.copytree(t.extracts, served / "extracts" / "march")
    env = t.cluster.env
    gateway = t.cluster.start("s3", ["--port", f"127.0.0.1:{port}", "--access", env["AWS_ACCESS_KEY_ID"], "--secret", env["AWS_SECRET_ACCESS_KEY"],
                                     "posix", "--nometa", str(served)], program=t.args.versitygw)
    answers(port, gateway)
    return f"s3://extracts?prefix=march/&region=us-east-1&endpoint=http://127.0.0.1:{port}&use_path_style=true"


def queries(t: Trial, name: str) -> None:
    """Runs the queries of README.md over the tables of a run, and prints what they give."""
    print("the queries of README.md")
    texts = QUERIES.findall((HERE / "README.md").read_text())
    for text in texts:
        print(duckdb.sql(re.sub(r"'tables/", f"'{t.work / name}/tables/", text)))
    t.must(len(texts) == 3, f"{len(texts)} queries ran")


def smoke(t: Trial) -> None:
    t.make(6, 200)
    t.assess(2, t.one)
    kills(t, "killed", 1)
    queries(t, "killed")
    print("a folder read as a bucket, by a Spark of one process, after a run that kept its states")
    job = t.submit("bucket", "--states", str(t.work / "killed" / "states"), extracts=f"file://{t.extracts}", master="local[1]")
    t.must(job.wait() == 3, "ends with 3")
    t.same("bucket")
    became = [b for (b,) in t.table("bucket", "select became from extracts order by extract")]
    t.must(became == ["kept"] * 5 + ["refused"], "nothing was read twice")


def full(t: Trial) -> None:
    t.make(t.args.practices, t.args.patients)
    alone = {jobs: t.assess(jobs, t.work / f"assess-{jobs}") for jobs in (1, 2)}
    t.one = t.work / "assess-2"
    print(f"assess, with no Spark: {alone[1]:.1f} s with one process at a time, {alone[2]:.1f} s with two")
    faultless(t, "two", 2)
    queries(t, "two")
    faultless(t, "one", 1)
    kills(t, "killed", t.args.kills)
    poisons(t, "poisoned")
    address = bucket(t)
    kills(t, "bucket", 1, extracts=address)


def main() -> int:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--smoke", action="store_true", help="one kill, and a folder taken for a bucket")
    p.add_argument("--work", required=True, type=Path, help="folder for all of it; what is there is removed first")
    p.add_argument("--paperlight", required=True)
    p.add_argument("--bring", required=True)
    p.add_argument("--versitygw", default="", help="the S3 server; the full trial needs it")
    p.add_argument("--practices", type=int, default=24)
    p.add_argument("--patients", type=int, default=500)
    p.add_argument("--kills", type=int, default=10)
    p.add_argument("--limit", type=float, default=60, help="seconds after which a run is taken for one that never ends")
    p.add_argument("--seed", type=int, default=1)
    args = p.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the cluster is ended too
    args.work = args.work.resolve()
    shutil.rmtree(args.work, ignore_errors=True)
    args.work.mkdir(parents=True)
    with Cluster(args.work) as cluster:
        t = Trial(args, cluster)
        (smoke if args.smoke else full)(t)
    print("all holds" if t.failed == 0 else f"{t.failed} of these do not hold; the logs are in {os.path.relpath(args.work)}")
    return 1 if t.failed else 0


if __name__ == "__main__":
    sys.exit(main())
