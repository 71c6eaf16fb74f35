"""evaluate.py MODEL TEST PLOT --metrics FILE

Measures the model on houses that it has not seen, and draws predicted over
actual prices as an SVG image.
"""

import argparse
import json

import numpy as np

import houses

SIZE, MARGIN = 420, 52


def plot(actual, predicted):
    """Returns a scatter plot with the line on which predictions are exact."""
    low, high = 0.0, float(max(actual.max(), predicted.max())) * 1.05

    def at(value):
        return MARGIN + (value - low) / (high - low) * (SIZE - 2 * MARGIN)

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIZE}" height="{SIZE}" font-family="sans-serif" font-size="12">',
        f'<rect width="{SIZE}" height="{SIZE}" fill="white"/>',
        f'<line x1="{at(low):.1f}" y1="{SIZE - at(low):.1f}" x2="{at(high):.1f}" y2="{SIZE - at(high):.1f}" stroke="#999"/>',
    ]
    for tick in np.linspace(low, high, 5):
        out.append(f'<text x="{at(tick):.1f}" y="{SIZE - MARGIN + 18}" text-anchor="middle">{tick / 1000:.0f}</text>')
        out.append(f'<text x="{MARGIN - 8}" y="{SIZE - at(tick) + 4:.1f}" text-anchor="end">{tick / 1000:.0f}</text>')
    for a, p in zip(actual, predicted):
        out.append(f'<circle cx="{at(a):.1f}" cy="{SIZE - at(p):.1f}" r="3" fill="#1f6feb" fill-opacity="0.6"/>')
    out.append(f'<text x="{SIZE / 2:.0f}" y="{SIZE - 12}" text-anchor="middle">actual price, thousands</text>')
    middle = f"14 {SIZE / 2:.0f}"
    out.append(f'<text transform="translate({middle}) rotate(-90)" text-anchor="middle">predicted price, thousands</text>')
    return "\n".join(out) + "\n</svg>\n"


def main():
    cli = argparse.ArgumentParser()
    for name in ("model", "test", "plot"):
        cli.add_argument(name)
    cli.add_argument("--metrics", required=True)
    args = cli.parse_args()

    with open(args.model) as f:
        model = json.load(f)
    features, actual = houses.read(args.test, model["degree"])
    predicted = houses.design(features, np.array(model["mean"]), np.array(model["scale"])) @ np.array(model["weights"])
    error = predicted - actual
    metrics = {
        "rmse": houses.rmse(predicted, actual),
        "mae": float(np.mean(np.abs(error))),
        "r2": float(1 - np.sum(error**2) / np.sum((actual - actual.mean()) ** 2)),
    }
    with open(args.metrics, "w") as f:
        json.dump(metrics, f)
    with open(args.plot, "w") as f:
        f.write(plot(actual, predicted))


if __name__ == "__main__":
    main()
