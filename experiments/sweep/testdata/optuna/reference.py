#!/usr/bin/python3
"""Reference results of Optuna 3.1 (Debian: python3-optuna, python3-sklearn).

  optuna.py search      the best value of each of 20 seeds on three problems
  optuna.py importance  trials of Optuna's samplers with its importances

The output is JSON, kept beside this file in search.json and
importance.json. The objectives are also in problems_test.go.
"""
import json
import math
import sys
import warnings

import optuna

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
    """Effects that fall from a to e, without interactions."""
    x = [t.suggest_float(n, 0, 1) for n in "abcde"]
    return sum(w * (v - 0.3) ** 2 for w, v in zip([8, 4, 2, 1, 0], x))


def ordered(t):
    kind = t.suggest_categorical("kind", ["u", "v", "w"])
    rate, size = t.suggest_float("rate", 1e-4, 1, log=True), t.suggest_int("size", 1, 9)
    return 3 * (math.log10(rate) + 2) ** 2 + 0.1 * (size - 4) ** 2 + {"u": 0, "v": 3, "w": 6}[kind]


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
            })
    return studies


json.dump({"search": search, "importance": importance}[sys.argv[1]](), sys.stdout, indent=None)
print()
