"""Makes Tests/CriteriaTests/AssignmentExpectations.swift: what SciPy's linear_sum_assignment chooses.

Run from the package's folder: python Tools/reference/assignment.py
Needs numpy and scipy. Costs are whole numbers below 4, so that many assignments are equally good, or below 1000.
"""
from pathlib import Path

import numpy as np
import scipy
from scipy.optimize import linear_sum_assignment

random = np.random.default_rng(16)
cases = [np.zeros((4, 4), int), np.ones((3, 5), int), np.ones((5, 3), int)]
for bound in (4, 1000):
    for rows, columns in [(1, 1), (1, 4), (4, 1), (3, 3), (5, 5), (4, 7), (7, 4), (8, 8), (12, 5), (20, 9)]:
        cases.append(random.integers(-bound // 4, bound, (rows, columns)))

parts = []
for costs in cases:
    rows, columns = linear_sum_assignment(costs)
    values = costs.flatten().tolist()
    lines = [", ".join(map(str, values[i:i + 18])) for i in range(0, len(values), 18)]
    parts.append(f"""    AssignmentExpectation(
        rows: {costs.shape[0]}, columns: {costs.shape[1]},
        costs: [
            {(',' + chr(10) + '            ').join(lines)}
        ],
        chosenRows: {rows.tolist()}, chosenColumns: {columns.tolist()}),
""")
Path("Tests/CriteriaTests/AssignmentExpectations.swift").write_text(
    f"""// Made by Tools/reference/assignment.py (scipy {scipy.__version__}).

let assignmentExpectations = [
{"".join(parts)}]
""")
