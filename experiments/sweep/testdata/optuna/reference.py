#!/usr/bin/python3
"""Reference results of Optuna 3.1 (Debian: python3-optuna, python3-sklearn, python3-scipy).

  reference.py search      the best value of each of 20 seeds on three problems
  reference.py importance  trials of Optuna's samplers with its importances (fANOVA), and
                           those of PED-ANOVA, which Optuna has from 3.6 on, by SciPy

The output is JSON, kept beside this file in search.json and
importance.json. The objectives are also in problems_test.go.
"""
import json
import math
import sys
import warnings

import numpy as np
import optuna
from scipy.stats import truncnorm

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)
TRIALS, SEEDS = 60, 20


def branin(t):
    x, y = t.suggest_float("x", -5, 10), t.suggest_float("y", 0, 15)
    a = y - 5.1 / (4 * math.pi**2) * x**2 + 5 / math.pi * x - 6
    return a**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


def mixed(t):
    """A loss with categories, integers, logarithms and conditions; 0.05 at best."""
    schedule = t.suggest_categorical("schedule", ["constant", "step", "cosine"])
    rate = t.suggest_float("rate", 1e-5, 1e-1, log=True)
    depth = t.suggest_int("depth", 1, 8)
    loss = 0.1 + 0.3 * (math.log10(rate) + 2.5) ** 2 + 0.05 * (depth - 5) ** 2
    if schedule == "step":
        every, factor = t.suggest_int("every", 1, 10), t.suggest_float("factor", 0.1, 0.9)
        loss += -0.05 + 0.02 * abs(every - 4) + 0.5 * (factor - 0.5) ** 2
    elif schedule == "cosine":
        loss += 0.1 + 0.3 * (t.suggest_float("warmup", 0, 1) - 0.2) ** 2
    else:
        loss += 0.2
    return loss


def rosenbrock(t):
    x = [t.suggest_float(f"x{i}", -2.048, 2.048) for i in range(10)]
    return sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in zip(x, x[1:]))


PROBLEMS = {"branin": branin, "mixed": mixed, "rosenbrock": rosenbrock}


def best(problem, sampler):
    study = optuna.create_study(sampler=sampler)
    study.optimize(problem, n_trials=TRIALS)
    return study.best_value


def search():
    tpe = lambda seed: optuna.samplers.TPESampler(multivariate=True, group=True, constant_liar=True, seed=seed)
    return {
        name: {
            "tpe": [best(problem, tpe(s)) for s in range(SEEDS)],
            "random": [best(problem, optuna.samplers.RandomSampler(seed=s)) for s in range(SEEDS)],
        }
        for name, problem in PROBLEMS.items()
    }


def effects(t):
    """Effects that fall from a to d, without interactions."""
    x = [t.suggest_float(n, 0, 1) for n in "abcd"]
    return sum(w * (v - 0.3) ** 2 for w, v in zip([27, 9, 3, 0], x))


def ordered(t):
    kind = t.suggest_categorical("kind", ["u", "v", "w"])
    rate, size = t.suggest_float("rate", 1e-4, 1, log=True), t.suggest_int("size", 1, 9)
    return 3 * (math.log10(rate) + 2) ** 2 + 0.1 * (size - 4) ** 2 + {"u": 0, "v": 3, "w": 6}[kind]


def density(dist, values):
    """The probability of each cell of a parameter, as PED-ANOVA estimates it."""
    if isinstance(dist, optuna.distributions.CategoricalDistribution):
        n = len(dist.choices)
        counts = np.bincount([dist.choices.index(v) for v in values], minlength=n)
        used = np.flatnonzero(counts)
        parts = np.full((len(used) + 1, n), 1 / (len(used) + 1))
        parts[np.arange(len(used)), used] += 1
        parts /= parts.sum(axis=1, keepdims=True)
    else:
        scale = np.log if dist.log else np.asarray
        n = 50 if isinstance(dist, optuna.distributions.FloatDistribution) else min(50, dist.high - dist.low + 1)
        grid = np.linspace(scale(dist.low), scale(dist.high), n)
        cells = np.abs(scale(values)[:, None] - grid[None, :]).argmin(axis=1)
        counts = np.bincount(cells, minlength=n)
        used = np.flatnonzero(counts)
        total = len(cells)
        cumulated = np.cumsum(counts[used])
        q25 = used[np.searchsorted(cumulated, total // 4)]
        q75 = used[min(len(used) - 1, np.searchsorted(cumulated, total * 3 // 4, side="right"))]
        sigma = max(0.5 / 1.64, 1.059 * min((q75 - q25) / 1.34, np.std(cells, ddof=1)) * total**-0.2)
        mu = np.append(used, (n - 1) / 2)
        sd = np.append(np.full(len(used), sigma), n)
        edges = np.arange(n + 1) - 0.5
        parts = np.diff(truncnorm.cdf(edges[None, :], ((-0.5 - mu) / sd)[:, None], ((n - 0.5 - mu) / sd)[:, None],
                                      loc=mu[:, None], scale=sd[:, None]), axis=1)
    weights = np.append(counts[used], 1)
    return weights @ parts / weights.sum() + 1e-12


def ped_anova(study):
    """PED-ANOVA (Watanabe et al. 2023) with the settings of Optuna 3.6: the best tenth, within the trials."""
    values = np.array([t.value for t in study.trials])
    best_tenth = values <= np.sort(values)[max(2, math.ceil(0.1 * len(values))) - 1]
    divergence = {}
    for name, dist in study.trials[0].distributions.items():
        x = np.array([t.params[name] for t in study.trials])
        f, g = density(dist, x[best_tenth]), density(dist, x)
        divergence[name] = g @ (f / g - 1) ** 2
    return {k: v / sum(divergence.values()) for k, v in divergence.items()}


def importance():
    studies = []
    for name, problem in {"effects": effects, "ordered": ordered}.items():
        samplers = {
            "random": optuna.samplers.RandomSampler(seed=1),
            "tpe": optuna.samplers.TPESampler(multivariate=True, seed=1),
        }
        for method, sampler in samplers.items():
            study = optuna.create_study(sampler=sampler)
            study.optimize(problem, n_trials=200)
            fanova = optuna.importance.FanovaImportanceEvaluator(seed=1)
            studies.append({
                "problem": name, "method": method,
                "trials": [{"params": t.params, "value": t.value} for t in study.trials],
                "fanova": dict(optuna.importance.get_param_importances(study, evaluator=fanova)),
                "ped_anova": ped_anova(study),
            })
    return studies


json.dump({"search": search, "importance": importance}[sys.argv[1]](), sys.stdout, indent=None)
print()
