"""A Spark master and two workers on this computer, each a process of its own, for the trial."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import pyspark

HERE = Path(__file__).resolve().parent
SPARK = Path(pyspark.__file__).parent
# For runs of a minute: what a long-running cluster gains from the second compiler is lost here.
JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def answers(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Waits until something listens there."""
    for _ in range(1500):
        if process.poll() is not None:
            sys.exit(f"{process.args!r} ended with {process.returncode}")
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    sys.exit(f"nothing listens on port {port}")


@dataclass
class Cluster:
    """Everything it starts listens on 127.0.0.1 only, and is ended with it."""

    work: Path
    started: list["subprocess.Popen[bytes]"] = field(default_factory=list)
    master: str = ""

    def __enter__(self) -> "Cluster":
        self.env = os.environ | {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_HOSTNAME": "127.0.0.1", "SPARK_HOME": str(SPARK),
                                 "PYSPARK_PYTHON": sys.executable, "PYSPARK_DRIVER_PYTHON": sys.executable,
                                 "SPARK_DAEMON_MEMORY": "512m", "SPARK_DAEMON_JAVA_OPTS": JAVA + " -Dspark.master.rest.enabled=false", "SPARK_LOG_DIR": str(self.work),
                                 "AWS_ACCESS_KEY_ID": "trial", "AWS_SECRET_ACCESS_KEY": "trial-of-the-fleet", "AWS_EC2_METADATA_DISABLED": "true"}
        port = free_port()
        self.master = f"spark://127.0.0.1:{port}"
        answers(port, self.start("master", ["org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"]))
        for name in ("worker-1", "worker-2"):
            self.start(name, ["org.apache.spark.deploy.worker.Worker", "--host", "127.0.0.1", "--webui-port", "0", "--cores", "1", "--memory", "1g",
                              "--work-dir", str(self.work / name), self.master])
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for process in reversed(self.started):
            process.terminate()
        for process in self.started:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def start(self, name: str, args: list[str], program: str = "") -> "subprocess.Popen[bytes]":
        with open(self.work / f"{name}.log", "ab") as log:
            process = subprocess.Popen([program or str(SPARK / "bin" / "spark-class"), *args], env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.started.append(process)
        return process

    def submit(self, name: str, args: list[str], executors: int = 2, master: str = "") -> "Submitted":
        events = self.work / f"{name}-events"
        events.mkdir()
        conf = {"spark.cores.max": str(executors), "spark.executor.cores": "1", "spark.executor.memory": "512m", "spark.driver.memory": "768m",
                "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false",
                "spark.eventLog.enabled": "true", "spark.eventLog.dir": events.as_uri(), "spark.eventLog.compress": "false",
                "spark.eventLog.rolling.enabled": "false", "spark.driver.extraJavaOptions": JAVA, "spark.executor.extraJavaOptions": JAVA,
                # Nothing begins before both executors are there, so that what is measured is of both.
                "spark.scheduler.minRegisteredResourcesRatio": "1", "spark.scheduler.maxRegisteredResourcesWaitingTime": "300s",
                **{f"spark.executorEnv.{k}": self.env[k] for k in self.env if k.startswith("AWS_")}}
        words = self.work / f"{name}.log"
        options = [o for k, v in conf.items() for o in ("--conf", f"{k}={v}")]
        with open(words, "wb") as log:
            process = subprocess.Popen([str(SPARK / "bin" / "spark-submit"), "--master", master or self.master, *options, str(HERE / "fleet.py"), *args],
                                       env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        return Submitted(process, events, words, time.monotonic())


@dataclass
class Task:
    """One attempt at a shard, from Spark's own log."""

    shard: int  # index of its partition
    attempt: int
    ended: str  # Success, ExecutorLostFailure, ExceptionFailure
    seconds: float
    within: float  # seconds in the executor's own count
    began: float
    finished: float


@dataclass
class Submitted:
    process: "subprocess.Popen[bytes]"
    events: Path
    words: Path
    began: float
    seconds: float = 0

    def wait(self) -> int:
        code = self.process.wait(1500)
        self.seconds = time.monotonic() - self.began
        return code

    def tasks(self) -> list[Task]:
        """The attempts of the first job, which reads the shards. Others write tables."""
        out = []
        (log,) = [p for p in self.events.iterdir() if p.is_file() and not p.name.startswith(".")]
        for line in log.read_text().splitlines():
            e = json.loads(line)
            if e["Event"] == "SparkListenerTaskEnd" and e["Stage ID"] == 0:
                t, m = e["Task Info"], e.get("Task Metrics") or {}
                out.append(Task(t["Index"], t["Attempt"], e["Task End Reason"]["Reason"], (t["Finish Time"] - t["Launch Time"]) / 1000,
                                m.get("Executor Run Time", 0) / 1000, t["Launch Time"] / 1000, t["Finish Time"] / 1000))
        return out


@dataclass
class Reading:
    """A paperlight that reads a shard for an executor, and the processes between and below."""

    shard: str
    executor: int
    below: list[tuple[int, str]]  # pids that must end, with the time each started


def processes() -> dict[int, tuple[int, list[str], str]]:
    """Parent, arguments and start of every process."""
    out = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
                out[int(entry.name)] = (int(stat[1]), (entry / "cmdline").read_bytes().decode(errors="replace").split("\0"), stat[19])
            except OSError:
                continue
    return out


def readings(cluster: Cluster) -> list[Reading]:
    """The shards that executors of this cluster read at this moment."""
    every = processes()
    ours = {p.pid for p in cluster.started}
    out = []
    for pid, (parent, args, _) in every.items():
        if args[1:2] != ["shard"]:
            continue
        executor = parent
        while executor in every and not any("CoarseGrainedExecutorBackend" in a for a in every[executor][1]):
            executor = every[executor][0]
        if executor in every and every[executor][0] in ours:
            children = [p for p in every if every[p][0] == pid]
            between = []
            at = parent
            while at != executor:
                between.append(at)
                at = every[at][0]
            out.append(Reading(f"{args[2]} {args[3]}", executor, [(p, every[p][2]) for p in (pid, *children, *between)]))
    return out


def kill_one(cluster: Cluster, chance: random.Random, not_again: set[str], job: Submitted) -> Reading | None:
    """Kills an executor in the middle of a shard, at a moment by chance. None: the job ended first."""
    while job.process.poll() is None:
        choice = [r for r in readings(cluster) if r.shard not in not_again]
        if choice:
            one = chance.choice(sorted(choice, key=lambda r: r.shard))
            time.sleep(chance.uniform(0, 0.2))
            if killed_reading(cluster, one):
                return one
        time.sleep(0.02)
    return None


def killed_reading(cluster: Cluster, one: Reading) -> bool:
    """Kills the executor if it still reads the shard. It is halted first: meanwhile it can report nothing as done."""
    try:
        os.kill(one.executor, signal.SIGSTOP)
    except ProcessLookupError:
        return False
    reads = any(r.shard == one.shard and r.executor == one.executor for r in readings(cluster))
    os.kill(one.executor, signal.SIGKILL if reads else signal.SIGCONT)
    return reads


def orphans(one: Reading) -> list[int]:
    """Waits for the processes below a killed executor to end, and returns those that stay."""
    for _ in range(150):
        every = processes()
        left = [pid for pid, start in one.below if pid in every and every[pid][2] == start and every[pid][1] != [""]]
        if not left:
            return []
        time.sleep(0.1)
    return left
