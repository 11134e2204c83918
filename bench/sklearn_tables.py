#!/usr/bin/env python3
"""SenseClassifier of aann.sklearn beside three classifiers of scikit-learn, on ten tables, the same splits.

    bench/sklearn_tables.py                  ten tables, 3 splits each; some minutes
    bench/sklearn_tables.py --regression     SenseRegressor beside three regressors on twelve tables of numbers: R2
    bench/sklearn_tables.py iris wine        only these

All have the parameters that they have without being asked, but for more iterations, so that none warns. The others get
numbers standardised and words one-hot, in a pipeline; SenseClassifier gets the data frame as it is. A quarter of the rows
is held back for the test (by seed, of each class its share). Accuracy or R2 in percent, in brackets the standard
deviation over the splits. Seconds are processor time of fit, one thread. Bytes: of the model files of all members, and
of the others' pickled pipelines.

Needs the package aann, and those that bench/tables.py names.
"""
import argparse
import os
import pickle
import statistics
import sys
import time
import warnings

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
warnings.filterwarnings("ignore")

import tables  # noqa: E402 - bench/tables.py

TEN = ("iris", "wine", "breast cancer", "digits", "penguins", "seattle-weather", "segment", "phishing", "titanic", "Hdma")
METHODS = ("aann", "linear", "tree", "mlp")
TITLES = {"aann": "SenseClassifier", "linear": "LogisticRegression", "tree": "DecisionTree", "mlp": "MLP"}
TITLES_REGRESSION = TITLES | {"aann": "SenseRegressor", "linear": "RidgeCV"}


def make(method, columns, seed, regression):
    """An estimator that reads the data frame."""
    if method == "aann":
        from aann.sklearn import SenseClassifier, SenseRegressor
        return (SenseRegressor if regression else SenseClassifier)(random_state=seed)
    from sklearn.compose import TransformedTargetRegressor, make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler
    numbers = [c for c in columns if columns[c].dtype.kind in "fiu"]
    words = [c for c in columns if c not in numbers]
    prepare = make_column_transformer(
        (make_pipeline(SimpleImputer(), StandardScaler()), numbers),
        (make_pipeline(SimpleImputer(strategy="constant", fill_value="missing"),
                       OneHotEncoder(handle_unknown="ignore")), words))
    model = tables.estimator(method, seed, len(columns), regression)
    if regression:
        model = TransformedTargetRegressor(model, transformer=StandardScaler())
    return make_pipeline(prepare, model)


def prepared(columns, method):
    """Words as the others' imputer wants them."""
    if method == "aann":
        return columns
    words = [c for c in columns if columns[c].dtype.kind not in "fiu"]
    columns = columns.copy()
    columns[words] = columns[words].astype(object).where(columns[words].notna(), "missing").astype(str)
    return columns


def size(model, method):
    """Bytes of what has to be kept to predict."""
    if method == "aann":
        return sum(len(member.to_bytes()) for member in model.models_)
    return len(pickle.dumps(model))


def measure(name, seed, regression):
    """method -> score, seconds, bytes on one split."""
    columns, answers = tables.load(tables.NUMBERS if regression else tables.CLASSES, name)
    train, test = tables.split(answers, seed, regression)
    results = {}
    for method in METHODS:
        rows = prepared(columns, method)
        model = make(method, columns, seed, regression)
        began = time.process_time()
        model.fit(rows.iloc[train], answers.iloc[train])
        seconds = time.process_time() - began
        results[method] = (100 * model.score(rows.iloc[test], answers.iloc[test]), seconds, size(model, method))
    return results, columns.shape


def show(name, source, splits, shape):
    cells = [name, source, f"{shape[0]:,}", str(shape[1])]
    for method in METHODS:
        values = [one[method][0] for one in splits]
        spread = statistics.stdev(values) if len(values) > 1 else 0.0
        cells.append(f"{statistics.mean(values):.1f} ({spread:.1f})")
    cells.append(" / ".join(f"{statistics.mean(one[method][1] for one in splits):.2f}" for method in METHODS))
    cells.append(" / ".join(f"{statistics.mean(one[method][2] for one in splits) / 1000:.1f}" for method in METHODS))
    print("| " + " | ".join(cells) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", help="names of tables; see bench/tables.py")
    parser.add_argument("--regression", action="store_true")
    parser.add_argument("--seeds", type=int, default=3)
    arguments = parser.parse_args()
    regression = arguments.regression
    known = tables.NUMBERS if regression else tables.CLASSES
    unknown = [name for name in arguments.tables if name not in known]
    if unknown:
        sys.exit(f"no table is called {unknown[0]}: {', '.join(known)}")
    titles = TITLES_REGRESSION if regression else TITLES
    print("| table | from | rows | columns | " + " | ".join(titles[m] for m in METHODS) + " | seconds | kB |")
    print("|---|---|---|---|" + "---|" * (len(METHODS) + 2))
    everything = []
    measure("tips" if regression else "iris", 0, regression)  # imports and caches
    for name in arguments.tables or (known if regression else TEN):
        found = [measure(name, seed, regression) for seed in range(arguments.seeds)]
        everything += [splits for splits, _ in found]
        show(name, known[name][0], [splits for splits, _ in found], found[0][1])
    means = [statistics.mean(one[method][0] for one in everything) for method in METHODS]
    print("| **mean** | | | | " + " | ".join(f"**{value:.1f}**" for value in means) + " | | |")


if __name__ == "__main__":
    main()
