#!/usr/bin/env python3
"""Writes houses.csv, the table of this example: invented houses and prices.

The same seed gives the same table; the standard library alone is needed. Like
a table from life it has gaps, duplicates and two units in one column.
"""

import csv
import pathlib
import random

ROWS = 400
SEED = 7
DISTRICTS = {"harbour": 420, "hill": 610, "mill": 300, "station": 350}


def main():
    rng = random.Random(SEED)
    rows = []
    for number in range(ROWS):
        area = min(max(rng.gauss(95, 32), 25), 240)
        rooms = max(1, round(area / 27 + rng.gauss(0, 0.8)))
        age = int(rng.expovariate(1 / 35))
        distance = rng.uniform(0.2, 14)
        district = rng.choice(sorted(DISTRICTS))
        price = (
            38000
            + area * 2450
            + area * DISTRICTS[district]
            + rooms * 4200
            - age * 520
            + 1.9 * max(0, age - 80) ** 2
            - distance * 7800
            + rng.gauss(0, 21000)
        )
        row = [number + 1, f"{area:.1f}", rooms, age, f"{distance:.2f}", district, int(price)]
        if rng.random() < 0.06:
            row[1] = f"{area * 10.7639:.0f} sqft"
        for column in (2, 3, 4):
            if rng.random() < 0.03:
                row[column] = ""
        rows.append(row)
        if rng.random() < 0.02:
            rows.append(row)
    path = pathlib.Path(__file__).with_name("houses.csv")
    with open(path, "w", newline="") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(["id", "area", "rooms", "age", "distance_km", "district", "price"])
        out.writerows(rows)


if __name__ == "__main__":
    main()
