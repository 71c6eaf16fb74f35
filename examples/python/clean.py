"""clean.py TABLE OUT --metrics FILE

Removes duplicates, converts square feet to square metres and fills gaps with
the median of their column.
"""

import argparse
import csv
import json
import statistics

NUMERIC = ["area", "rooms", "age", "distance_km"]


def number(text):
    """Returns a cell as a number, None if it is empty."""
    if text == "":
        return None
    if text.endswith(" sqft"):
        return float(text.removesuffix(" sqft")) / 10.7639
    return float(text)


def main():
    cli = argparse.ArgumentParser()
    cli.add_argument("table")
    cli.add_argument("out")
    cli.add_argument("--metrics", required=True)
    args = cli.parse_args()

    with open(args.table, newline="") as f:
        rows = list(csv.DictReader(f))
    unique = list({row["id"]: row for row in rows}.values())
    gaps = 0
    for column in NUMERIC:
        for row in unique:
            row[column] = number(row[column])
        known = [row[column] for row in unique if row[column] is not None]
        middle = statistics.median(known)
        for row in unique:
            if row[column] is None:
                row[column] = middle
                gaps += 1

    with open(args.out, "w", newline="") as f:
        out = csv.DictWriter(f, list(unique[0]), lineterminator="\n")
        out.writeheader()
        for row in unique:
            out.writerow(row | {column: f"{row[column]:.6g}" for column in NUMERIC})
    with open(args.metrics, "w") as f:
        json.dump({"rows": len(unique), "duplicates": len(rows) - len(unique), "gaps": gaps}, f)


if __name__ == "__main__":
    main()
