# Writes kappa.csv: kappa, its interval and exact intervals by other programs.
#   python3 -m venv venv && venv/bin/pip install statsmodels scikit-learn
#   venv/bin/python kappa.py > kappa.csv
import warnings
import numpy as np
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.proportion import proportion_confint

warnings.simplefilter("ignore")
print("met_agree,met_differ,fail_agree,fail_differ,kappa,sklearn,normal_low,normal_high,met_low,met_high,fail_low,fail_high")
tables = [(20, 0, 20, 0), (19, 1, 20, 0), (20, 0, 19, 1), (18, 2, 17, 3), (15, 5, 16, 4), (20, 0, 3, 0), (20, 0, 2, 1), (17, 3, 1, 1),
          (10, 10, 10, 10), (5, 15, 4, 16), (0, 20, 0, 20), (20, 0, 0, 20), (1, 0, 20, 0), (12, 7, 9, 11), (3, 4, 13, 1), (19, 1, 1, 0)]
for a, b, d, c in tables:
    r = cohens_kappa(np.array([[a, b], [c, d]]))
    program = [1] * (a + b) + [0] * (c + d)
    reader = [1] * a + [0] * b + [1] * c + [0] * d
    met = proportion_confint(a, a + b, method="beta")
    fail = proportion_confint(d, c + d, method="beta")
    row = [r.kappa, cohen_kappa_score(program, reader), r.kappa_low, r.kappa_upp, *met, *fail]
    print(",".join([str(v) for v in (a, b, d, c)] + ["%.10f" % v for v in row]))
