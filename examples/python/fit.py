"""fit.py TRAIN VALIDATION MODEL --params FILE --metrics FILE --series FILE

Fits a ridge regression by stochastic gradient descent and keeps the weights of
the epoch with the smallest error on VALIDATION. The order of the rows depends
on the seed of the run, in WHORL_SEED.
"""

import argparse
import json
import os

import numpy as np

import houses

UNIT = 1000.0  # prices are fitted in thousands


def main():
    cli = argparse.ArgumentParser()
    for name in ("train", "validation", "model"):
        cli.add_argument(name)
    for name in ("--params", "--metrics", "--series"):
        cli.add_argument(name, required=True)
    args = cli.parse_args()
    with open(args.params) as f:
        p = json.load(f)

    features, prices = houses.read(args.train, p["degree"])
    mean, scale = features.mean(axis=0), features.std(axis=0)
    x, y = houses.design(features, mean, scale), prices / UNIT
    features, prices = houses.read(args.validation, p["degree"])
    vx, vy = houses.design(features, mean, scale), prices / UNIT

    rng = np.random.default_rng(int(os.environ["WHORL_SEED"]))
    w = np.zeros(x.shape[1])
    best, best_epoch, kept = np.inf, 0, w
    with open(args.series, "w") as series:
        series.write("step,loss,validation_rmse\n")
        for epoch in range(1, p["epochs"] + 1):
            for rows in np.array_split(rng.permutation(len(y)), max(1, len(y) // p["batch"])):
                error = x[rows] @ w - y[rows]
                penalty = p["alpha"] * w
                penalty[0] = 0  # the intercept is not penalised
                w = w - p["rate"] / (1 + epoch / 20) * (x[rows].T @ error / len(rows) + penalty)
            with np.errstate(over="ignore"):
                loss = float(np.mean((x @ w - y) ** 2) / 2)
            error = houses.rmse(vx @ w, vy) * UNIT
            if not loss < 1e12:
                raise SystemExit(f"the fit diverges in epoch {epoch}: set a smaller rate than {p['rate']}")
            if error < best:
                best, best_epoch, kept = error, epoch, w
            series.write(f"{epoch},{loss!r},{error!r}\n")
            series.flush()  # so that it can be watched
            print(f"whorl: progress {epoch}/{p['epochs']} loss={loss:.6g}", flush=True)

    model = {"degree": p["degree"], "mean": mean.tolist(), "scale": scale.tolist(), "weights": (kept * UNIT).tolist()}
    with open(args.model, "w") as f:
        json.dump(model, f, indent=1)
    with open(args.metrics, "w") as f:
        json.dump({"best_epoch": best_epoch, "best_rmse": best}, f)


if __name__ == "__main__":
    main()
