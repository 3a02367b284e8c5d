"""A Spark of one machine, with as many threads as the other engines and nothing that waits for a cluster."""
import glob
import os

from identifiers import THREADS

os.environ["SPARK_VERSION"] = "3.5"
from pyspark.sql import SparkSession  # noqa: E402


def session(*jars):
    builder = SparkSession.builder.master(f"local[{THREADS}]").config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", str(THREADS))
    builder = builder.config("spark.driver.memory", "4g").config("spark.log.level", "ERROR")
    if jars:
        builder = builder.config("spark.jars", ",".join(jars))
    return builder.getOrCreate()


def deequ_jar():
    """The jar as Maven's client keeps it: mvn dependency:get -Dartifact=com.amazon.deequ:deequ:2.0.7-spark-3.5 -Dtransitive=false"""
    return sorted(glob.glob(os.path.expanduser("~/.m2/repository/com/amazon/deequ/deequ/*-spark-3.5/*.jar")))[-1]
