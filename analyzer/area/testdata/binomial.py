"""Exact binomial limits by another hand: writes binomial.csv beside it.

Repeat it with:  pip install scipy && python3 binomial.py
"""

import csv
import os
import random

import scipy
from scipy.stats import binom

random.seed(20050415)
rows = []
for n in [1, 2, 5, 10, 19, 30, 50, 99, 150, 400, 1000, 2500, 9973, 40000, 250000, 2000000]:
    for _ in range(8):
        of = random.randint(3, 100000)
        met = random.choice([random.randint(1, of - 1), max(1, of // 1000), of - max(1, of // 500)])
        for outside in (0.05, 0.002):
            low, high = binom.ppf([outside / 2, 1 - outside / 2], n, met / of)
            rows.append([n, met, of, outside, int(low), int(high)])

here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "binomial.csv"), "w", newline="", encoding="utf-8") as f:
    f.write("# scipy %s, scipy.stats.binom.ppf\n" % scipy.__version__)
    out = csv.writer(f, lineterminator="\n")
    out.writerow(["n", "met", "of", "outside", "low", "high"])
    out.writerows(rows)
