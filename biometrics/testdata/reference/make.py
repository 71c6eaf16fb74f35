#!/usr/bin/env python3
"""Make scores.json: scores with ties, and what scikit-learn makes of them.

Run with Debian's python3-sklearn from this folder: ./make.py
"""
import json

import numpy as np
import sklearn
from sklearn import metrics
from sklearn.calibration import _SigmoidCalibration, calibration_curve
from sklearn.isotonic import IsotonicRegression

# Log odds in steps of 1/8, so that many scores are equal.
rng = np.random.RandomState(19795)
labels = (rng.uniform(size=400) < 0.4).astype(int)
odds = np.round(8 * (rng.normal(size=400) * 1.5 + np.where(labels, 1.2, -1.2))) / 8
scores = 1 / (1 + np.exp(-odds))

fpr, tpr, _ = metrics.roc_curve(labels, scores, drop_intermediate=False)
precision, recall, _ = metrics.precision_recall_curve(labels, scores)
decisions = (scores >= 0.5).astype(int)
sigmoid = _SigmoidCalibration().fit(odds, labels)
isotonic = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(scores, labels)
at = np.linspace(0, 1, 41)
share, mean = calibration_curve(labels, scores, n_bins=15)

json.dump({
    "source": "scikit-learn " + sklearn.__version__,
    "labels": labels.tolist(),
    "odds": odds.tolist(),
    "scores": scores.tolist(),
    "roc_auc": metrics.roc_auc_score(labels, scores),
    "average_precision": metrics.average_precision_score(labels, scores),
    "confusion_matrix_at_0_5": metrics.confusion_matrix(labels, decisions).tolist(),
    "accuracy": metrics.accuracy_score(labels, decisions),
    "precision": metrics.precision_score(labels, decisions),
    "recall": metrics.recall_score(labels, decisions),
    "f1": metrics.f1_score(labels, decisions),
    "roc_fpr": fpr.tolist(),
    "roc_tpr": tpr.tolist(),
    "pr_precision": precision.tolist(),
    "pr_recall": recall.tolist(),
    "log_loss": metrics.log_loss(labels, scores),
    "brier": metrics.brier_score_loss(labels, scores),
    "platt": [-sigmoid.a_, -sigmoid.b_],  # scikit-learn has 1 / (1 + exp(a*score + b))
    "isotonic_at": at.tolist(),
    "isotonic": isotonic.predict(at).tolist(),
    "reliability_mean": mean.tolist(),
    "reliability_genuine": share.tolist(),
}, open("scores.json", "w"), indent=0)
