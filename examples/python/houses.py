"""The features and the model, which fit.py and evaluate.py share."""

import csv

import numpy as np

NUMERIC = ["area", "rooms", "age", "distance_km"]
DISTRICTS = ["harbour", "hill", "mill", "station"]


def read(path, degree):
    """Returns a matrix of features with a row a house, and the prices.

    The features are powers of the numeric columns up to degree, the district
    as four columns of 0 or 1, and these times the area.
    """
    with open(path, newline="") as f:
        rows = list(csv.DictReader(f))
    numeric = np.array([[float(row[c]) for c in NUMERIC] for row in rows])
    districts = np.array([[float(row["district"] == d) for d in DISTRICTS] for row in rows])
    prices = np.array([float(row["price"]) for row in rows])
    powers = [numeric**k for k in range(1, degree + 1)]
    return np.hstack([*powers, districts, districts * numeric[:, :1]]), prices


def design(features, mean, scale):
    """Returns the scaled features behind a column of ones."""
    return np.hstack([np.ones((len(features), 1)), (features - mean) / scale])


def rmse(predicted, actual):
    """Returns the root of the mean squared error."""
    return float(np.sqrt(np.mean((predicted - actual) ** 2)))
