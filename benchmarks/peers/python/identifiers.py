"""What the scripts beside this file share: check digits, the command line, and how counts are printed.

usage of each: SCRIPT FOLDER FORMAT AS_OF CODES.json
"""
import datetime
import json
import os
import re
import sys

D = ["0123456789", "1234067895", "2340178956", "3401289567", "4012395678", "5987604321", "6598710432", "7659821043", "8765932104", "9876543210"]
P = ["0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258"]
SHAPE = re.compile(r"[1-9][0-9]{5,17}\Z")


def concept(code):
    """Whether a SNOMED CT identifier is well formed and names a concept: partition 00 or 10, Verhoeff's check digit."""
    if not SHAPE.match(code) or code[-2] != "0" or not (code[-3] == "0" or code[-3] == "1" and len(code) >= 11):
        return False
    check = 0
    for i, digit in enumerate(reversed(code)):
        check = int(D[check][int(P[i % 8][int(digit)])])
    return check == 0


FOLDER, FORMAT, AS_OF = sys.argv[1], sys.argv[2], datetime.date.fromisoformat(sys.argv[3])
THREADS = int(os.environ.get("PEERS_THREADS", "2"))
with open(sys.argv[4]) as file:
    BLOOD_PRESSURE = json.load(file)  # codes by system


def years_before(years):
    return AS_OF.replace(year=AS_OF.year - years)  # no as-of date here is 29 February


def path(table):
    return os.path.join(FOLDER, table + "." + FORMAT)


def columns_of(table):
    """The names of the columns of a CSV file."""
    with open(path(table)) as file:
        return file.readline().strip().split(",")


def add(counts, rule, practice, denominator, numerator):
    of = counts.setdefault("records/" + rule, {})
    had = of.get(practice or "", (0, 0))
    of[practice or ""] = (had[0] + int(denominator or 0), had[1] + int(numerator or 0))


def show(version, counts):
    print("\n" + json.dumps({"version": version, "counts": counts}), flush=True)


def show_failures(version, failures):
    """For tools that tell how many rows fail a check, and not of how many: by rule, over all practices."""
    print("\n" + json.dumps({"version": version, "failures": {"records/" + rule: int(n) for rule, n in failures.items()}}), flush=True)
