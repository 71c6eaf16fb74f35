"""split.py TABLE PARAMS TRAIN VALIDATION TEST

Deals the rows of TABLE to three tables. The seed of the run, in WHORL_SEED,
decides which row goes where.
"""

import csv
import json
import os
import random
import sys


def main():
    table, params, *outs = sys.argv[1:]
    with open(params) as f:
        params = json.load(f)
    with open(table, newline="") as f:
        header, *rows = csv.reader(f)
    random.Random(int(os.environ["WHORL_SEED"])).shuffle(rows)
    test = round(len(rows) * params["test"])
    validation = round(len(rows) * params["validation"])
    parts = [rows[test + validation :], rows[test : test + validation], rows[:test]]
    for out, part in zip(outs, parts, strict=True):
        with open(out, "w", newline="") as f:
            writer = csv.writer(f, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(part)


if __name__ == "__main__":
    main()
