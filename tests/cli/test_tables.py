"""Tables as people have them, learnt without an option: what networks without a constant input, scaled by minimum and
maximum, could not learn; and regression in the user's units.

ctest-timeout: 600
"""
import json
import random

from program import SANITIZED, answer, good, main, refused, run, without_sanitizers

FAILED, USAGE = 1, 2


def write(name, header, rows):
    with open(name, "w", encoding="utf-8") as file:
        file.write(header + "\n" + "".join(",".join(map(str, row)) + "\n" for row in rows))
    return name


def learn(name, *options):
    """A search as the user types it, on one thread; the mean training and validation accuracy of its members."""
    result = answer("search", name, "--threads", 1, "--study", name + ".aann", "--quiet", *options)
    members = result["members"]
    assert result["complete"] and all(member["state"] == "done" for member in members)
    return [sum(member[key] for member in members) / len(members) for key in ("train_accuracy", "validation_accuracy")]


def normal(draw, count):
    return [[round(draw.gauss(0, 1), 3) for _ in range(count)] for _ in range(600)]


@without_sanitizers
def test_xor():
    """T21: 51.6 to 60.7 percent without a constant input."""
    draw = random.Random(1)
    points = [[round(draw.uniform(-1, 1), 4) for _ in range(2)] for _ in range(600)]
    rows = [(*point, int((point[0] > 0) != (point[1] > 0))) for point in points]
    train, validation = learn(write("xor.csv", "a,b,label", rows))
    assert train > 0.97 and validation > 0.93, (train, validation)


@without_sanitizers
def test_a_column_of_ones():
    """T22: a constant column said nothing, and was encoded as 0; it does no harm now."""
    draw = random.Random(1)
    points = [[round(draw.uniform(-1, 1), 4) for _ in range(2)] for _ in range(600)]
    rows = [(*point, 1, int((point[0] > 0) != (point[1] > 0))) for point in points]
    train, validation = learn(write("ones.csv", "a,b,one,label", rows))
    assert train > 0.97 and validation > 0.93, (train, validation)
    refused(FAILED, "same.csv: no column says anything", "search",
            write("same.csv", "a,b,label", [(7, 3, i % 2) for i in range(50)]), "--study", "never.aann")


@without_sanitizers
def test_bands_of_one_feature():
    """T23: 65 percent, because the middle class could not win."""
    values = [round(random.Random(2).uniform(-3, 3), 4)] + [round(-3 + 0.01 * i, 4) for i in range(600)]
    random.Random(3).shuffle(values)
    rows = [(value, 0 if value < -1 else 1 if value < 1 else 2) for value in values]
    train, validation = learn(write("bands.csv", "a,label", rows))
    assert train > 0.96 and validation > 0.93, (train, validation)


@without_sanitizers
def test_a_sum_above_a_limit():
    """T24: 85.6 percent."""
    rows = [(*row, int(row[0] + row[1] > 0)) for row in normal(random.Random(4), 3)]
    train, validation = learn(write("sum.csv", "a,b,c,label", rows))
    assert train > 0.97 and validation > 0.88, (train, validation)


@without_sanitizers
def test_wild_values():
    """T25: two wild cells of 1,800 took 85.6 percent to 53."""
    rows = [[*row, int(row[0] + row[1] > 0)] for row in normal(random.Random(4), 3)]
    rows[17][0] = 1e6
    rows[200][1] = -9999
    train, validation = learn(write("wild.csv", "a,b,c,label", rows))
    assert train > 0.97 and validation > 0.88, (train, validation)
    # 'feature' leaves them out of its ranges, too.
    encoding = answer("search", "wild.csv", "--encoding", "feature", "--steps", 100, "--members", 1, "--study",
                      "w.aann")["data"]["encoding"]
    assert encoding["kind"] == "feature" and encoding["maximum"][0] < 20 and encoding["minimum"][1] > -20, encoding


@without_sanitizers
def test_unix_seconds():
    """T26: as float32, two minutes were one value."""
    draw = random.Random(5)
    seconds = [1700000000 + draw.randrange(600) for _ in range(600)]
    rows = [(second, int(second - 1700000000 > 200) + int(second - 1700000000 > 400)) for second in seconds]
    train, validation = learn(write("seconds.csv", "t,label", rows))
    assert train > 0.95 and validation > 0.9, (train, validation)


def test_words_booleans_and_missing_cells():
    """T10, T32: all refused. The class follows from a word, a boolean, and whether a number is there."""
    draw = random.Random(6)
    rows = []
    for _ in range(600):
        colour, flag, number = draw.choice(["red", "green", "blue", ""]), draw.random() < 0.5, draw.gauss(0, 1)
        missing = draw.random() < 0.3
        rows.append((colour, flag, "NA" if missing else f"{number:.3f}",
                     "yes" if (colour == "red" and flag) or missing else "no"))
    name = write("mixed.csv", "colour,flag,number,label", rows)
    train, validation = learn(name, *(["--members", 1] if SANITIZED else []))
    assert train > 0.97 and validation > 0.95, (train, validation)
    columns = answer("list", "mixed.csv.aann")["families"][0]["data"]["encoding"]["columns"]
    assert [column["kind"] for column in columns] == ["words", "boolean", "number"], columns
    assert columns[0]["levels"] == ["blue", "green", "red"] and columns[0]["missing"] and columns[2]["missing"], columns
    # The same from another file, whose words come in another order, and with one that nobody knows; and from a model.
    write("new.csv", "colour,flag,number", [("violet", "True", 1), ("red", "true", 2), ("blue", "FALSE", "")])
    lines = good("predict", "mixed.csv.aann", 1, "--data", "new.csv").split()
    assert lines == ["no", "yes", "yes"], lines
    good("save", "mixed.csv.aann", 1, "--out", "mixed.aannm")
    assert good("predict", "mixed.aannm", "--data", "new.csv").split() == lines
    assert "encoding: table" in good("show", "mixed.aannm")


@without_sanitizers
def test_the_same_members_as_with_all_options_given():
    """What the program chooses can be typed, and gives the same networks; resuming finds the same samples."""
    rows = [(*row, int(row[0] + row[1] > 0)) for row in normal(random.Random(4), 2)]
    write("same.csv", "a,b,label", rows)
    chosen = answer("search", "same.csv", "--study", "a.aann", "--quiet")
    options = chosen["options"]
    typed = answer("search", "--data", "same.csv", "--net", chosen["spec"], "--members", options["members"], "--steps",
                   options["steps"], "--loss-scale", options["loss_scale"], "--encoding", "table", "--constant", "on",
                   "--study", "b.aann", "--quiet")
    hashes = [[member["hash"] for member in result["members"]] for result in (chosen, typed)]
    assert hashes[0] == hashes[1] and len(set(hashes[0])) == options["members"], hashes
    more = answer("resume", "a.aann", "--members", options["members"] + 1, "--quiet")
    assert [member["hash"] for member in more["members"]][:-1] == hashes[0]


def test_tables_only_have_a_usual_network():
    refused(USAGE, "there is no file 'nothing.csv'", "search", "nothing.csv")


def measurements(mean, deviation, seed=7):
    draw = random.Random(seed)
    rows = []
    for _ in range(300):
        a, b = draw.uniform(-1, 1), draw.uniform(-1, 1)
        rows.append((round(a, 4), round(b, 4), float(f"{mean + deviation * (a + b / 2 + draw.gauss(0, 0.05)):.7g}")))
    return rows


def regress(name, *options):
    return answer("search", name, "--target-columns", "t", "--threads", 1, "--study", name + ".aann", "--quiet", *options)


@without_sanitizers
def test_targets_far_from_zero():
    """T55: 293 K with a deviation of 3 gave a loss of -2048, and "done"."""
    errors = []
    for name, mean, deviation in (("kelvin.csv", 293, 3), ("celsius.csv", 20, 3), ("m46.csv", 46, 1), ("tiny.csv", 1e-9, 1e-9)):
        rows = measurements(mean, deviation)
        result = regress(write(name, "a,b,t", rows))
        for member in result["members"]:
            assert 0 <= member["train_loss"] < 0.05 and 0 <= member["validation_loss"] < 0.2, (name, member)
        errors.append(result["members"][0]["validation_rmse"] / deviation)
        values = [value[0] for value in answer("predict", name + ".aann", 1, "--data", name)["values"]]
        worst = max(abs(value - row[2]) for value, row in zip(values, rows))
        assert worst < deviation, (name, worst)
    assert max(errors) < 0.3 and max(errors[:3]) - min(errors[:3]) < 0.05, errors


def test_constant_targets():
    """T55: constant 100 overflowed; the answer is 100."""
    write("constant.csv", "a,b,t", [(row[0], row[1], 100) for row in measurements(0, 1)])
    regress("constant.csv", "--net", "8-1", "--steps", 5000)
    values = [float(line) for line in good("predict", "constant.csv.aann", 1, "--data", "constant.csv").split()]
    assert max(abs(value - 100) for value in values) < 1, max(values)


def test_a_wild_target():
    """One target at 1,000 deviations neither overflows nor hides the others."""
    rows = measurements(0, 1)
    rows[5] = (*rows[5][:2], 1000)
    result = regress(write("wildtarget.csv", "a,b,t", rows))
    assert all(0 <= member["train_loss"] < 100 for member in result["members"]), result["members"]


def test_units():
    """T56, T57: the predictions of targets from 25 to 346 were all 1.0, and the R2 of the default was 0.14."""
    rows = measurements(150, 77)
    result = regress(write("units.csv", "a,b,t", rows))
    member = result["members"][0]
    evaluated = answer("eval", "units.csv.aann", member["id"], "--split", "train")
    fit = evaluated["fits"][0]
    assert fit["r2"] > 0.95 and abs(fit["rmse"] - member["train_rmse"]) < 1e-3 * fit["rmse"], (fit, member)
    assert abs(1 - member["train_loss"] - fit["r2"]) < 1e-3, (fit, member)  # the loss is 1 - R2
    values = [float(line) for line in good("predict", "units.csv.aann", 1, "--data", "units.csv").split()]
    rmse = (sum((value - row[2]) ** 2 for value, row in zip(values, rows)) / len(rows)) ** 0.5
    whole = answer("eval", "units.csv.aann", 1, "--data", "units.csv")["fits"][0]["rmse"]
    assert abs(rmse - whole) < 1e-4 * rmse, (rmse, whole)
    for count in range(2, 12):  # the mean of equal targets is rounded: R2 was -8e21 for some of these
        write("equal.csv", "a,b,t", [(*row[:2], 103.1) for row in rows[:count]])
        fit = answer("eval", "units.csv.aann", 1, "--data", "equal.csv")["fits"][0]
        assert fit["r2"] is None and fit["rmse"] > 0, (count, fit)
    assert "in units of the target" in good("list", "units.csv.aann")
    assert "R2" in good("eval", "units.csv.aann", 1, "--split", "train")
    assert result["data"]["targets"] == "standardised", result["data"]


def test_regression_in_json():
    """T58: there were no outputs at all. Several targets have a unit each."""
    rows = [(a, b, t, 1000 - 2 * t) for a, b, t in measurements(50, 10)]
    answer("search", write("two.csv", "a,b,t,u", rows), "--target-columns", "t,u", "--study", "two.aann", "--quiet",
           "--threads", 1, "--members", 1)
    found = answer("predict", "two.aann", 1, "--data", "two.csv")
    assert found["answers"] is None and len(found["values"]) == 300, found.keys()
    for value, row in zip(found["values"], rows):
        assert abs(value[0] - row[2]) < 15 and abs(value[1] - row[3]) < 30, (value, row)
    fits = answer("eval", "two.aann", 1, "--split", "train")["fits"]
    assert len(fits) == 2 and all(fit["r2"] > 0.8 for fit in fits), fits
    good("save", "two.aann", 1, "--out", "two.aannm")
    write("inputs.csv", "a,b", [row[:2] for row in rows])
    assert answer("predict", "two.aannm", "--data", "inputs.csv")["values"] == found["values"]


def test_targets_that_do_not_fit_are_refused():
    """A weight that would overflow the loss is refused, not wrapped around."""
    write("weights.csv", "a,b,t", measurements(0, 1))
    result = run("search", "weights.csv", "--target-columns", "t", "--target-weight", "1e6", "--study", "never.aann", "--quiet")
    assert result.returncode == USAGE and "too far from -1 to 1" in result.stderr, result
    assert json.loads(json.dumps(result.stderr)).count("\n") == 1, result.stderr


if __name__ == "__main__":
    main(globals())
