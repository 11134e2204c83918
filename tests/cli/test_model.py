"""A member saved as a model, and predict, eval and show of the file, against those of the member."""
import base64
import pathlib
import shutil

import numpy

from program import NET, SEARCH, TEST, answer, good, main, refused, run


def study():
    if not pathlib.Path("s.aann").exists():
        good(*SEARCH, "--steps", 300, "--members", 1, "--study", "s.aann", "--name", "digits")
        good("save", "s.aann", 1, "--out", "m.bin")
    return "s.aann"


def test_save():
    name = study()
    saved = answer("save", name, 1, "--out", "again.aannm")
    assert saved["hash"] == answer("list", name)["families"][0]["members"][0]["hash"]
    assert saved["bytes"] == pathlib.Path("again.aannm").stat().st_size
    assert pathlib.Path("again.aannm").read_bytes() == pathlib.Path("m.bin").read_bytes()
    assert str(pathlib.Path.cwd()).encode() not in pathlib.Path("m.bin").read_bytes()


def test_the_file_alone_is_enough():
    name = study()
    pathlib.Path("elsewhere").mkdir()
    shutil.copy("m.bin", "elsewhere/m")
    good("predict", name, 1, "--data", TEST, "--logits", "member.npy")
    assert good("predict", "m", "--data", TEST, "--logits", "model.npy", cwd="elsewhere")
    assert (numpy.load("member.npy") == numpy.load("elsewhere/model.npy")).all()
    assert good("predict", name, 1, "--data", TEST) == good("predict", "m.bin", "--data", TEST)
    assert answer("predict", name, 1, "--data", TEST) == answer("predict", "m.bin", "--data", TEST)


def test_eval():
    name = study()
    member = answer("eval", name, 1, "--data", TEST)
    model = answer("eval", "m.bin", "--data", TEST)
    assert {key: member[key] for key in model} == model
    assert "samples, accuracy" in good("eval", "m.bin", "--data", TEST)


def test_show():
    study()
    shown = answer("show", "m.bin")
    assert shown["input"] == [1, 28, 28] and shown["task"] == "classification"
    assert '"family":"digits"' in shown["provenance"]
    assert NET.split("-")[0] in good("show", "m.bin")


def test_words_and_regression():
    rows = [f"{i % 7},{i % 5},{'high' if i % 7 > 3 else 'low'}" for i in range(200)]
    pathlib.Path("w.csv").write_text("\n".join(["a,b,kind", *rows]) + "\n", encoding="utf-8")
    pathlib.Path("p.csv").write_text("a,b\n6,1\n0,1\n", encoding="utf-8")
    good("search", "--data", "w.csv", "--net", "8-2", "--steps", 2000, "--members", 1, "--study", "w.aann")
    good("save", "w.aann", 1, "--out", "w.aannm")
    assert good("predict", "w.aannm", "--data", "p.csv") == good("predict", "w.aann", 1, "--data", "p.csv")
    assert good("predict", "w.aannm", "--data", "p.csv").split() == ["high", "low"]
    rows = [f"{i % 11 - 5},{(i % 11 - 5) / 5}" for i in range(200)]
    pathlib.Path("r.csv").write_text("\n".join(["x,y", *rows]) + "\n", encoding="utf-8")
    good("search", "--data", "r.csv", "--target-columns", "y", "--net", "4-1", "--steps", 500, "--members", 1,
         "--study", "r.aann")
    good("save", "r.aann", 1, "--out", "r.aannm")
    pathlib.Path("x.csv").write_text("x\n-5\n0\n5\n", encoding="utf-8")
    losses = []
    for weight in (1, 3):  # of the error of y: the same search with all losses times three
        good("search", "--data", "r.csv", "--target-columns", "y", "--net", "4-1", "--steps", 500, "--members", 1,
             "--study", f"r{weight}.aann", "--target-weight", weight, "--validation", "0", "--temperature", 0)
        good("save", f"r{weight}.aann", 1, "--out", "weighted.aannm")
        losses.append([answer("eval", *where, "--data", "r.csv", "--target-columns", "y")["loss"]
                       for where in ([f"r{weight}.aann", 1], ["weighted.aannm"])])
        train = answer("show", f"r{weight}.aann", 1)["train_loss"]
        assert abs(losses[-1][0] - train) < 1e-5 * train, (losses, train)
    assert all(abs(b - 3 * a) < 1e-9 * b for a, b in zip(*losses)), losses
    assert good("predict", "r.aannm", "--data", "x.csv") == good("predict", "r.aann", 1, "--data", "x.csv")


def test_a_regression_as_in_its_study():
    """Equal data give equal figures, and targets of many values are no obstacle to a prediction."""
    header = "a,kind,on,left,t"
    lines = []
    for i in range(400):
        a, kind = (i * 37 % 101) / 7, "uvw"[i * 5 % 3] if i < 380 else "u"
        left = "" if i % 11 == 0 else (i * 13 % 29) / 3
        t = 293 + a * 1.7 - (3 if kind == "u" else 0) + (i % 2) + (0 if left == "" else left / 9) + (i * 7 % 17) / 10 + i * 1e-5
        lines.append(f"{a!r},{kind},{'true' if i % 2 else 'false'},{left},{t!r}")
    pathlib.Path("all.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    pathlib.Path("last.csv").write_text("\n".join([header, *lines[-80:]]) + "\n", encoding="utf-8")
    assert len({line.rsplit(",", 1)[1] for line in lines}) > 256
    for more in ([], ["--target-weight", 2.5]):
        good("search", "--data", "all.csv", "--target-columns", "t", "--net", "16-1", "--steps", 3000, "--study", "k.aann", "--quiet",
             "--split-by", "last", "--validation", 80, *more)
        member = answer("list", "k.aann")["families"][-1]["members"][0]["id"]
        good("save", "k.aann", member, "--out", "k.aannm")
        figures = [answer("eval", *where) for where in (
            ["k.aann", member, "--split", "validation"], ["k.aann", member, "--data", "last.csv"],
            ["k.aannm", "--data", "last.csv", "--target-columns", "t"])]
        for figure in figures:
            assert figure["loss"] == figures[0]["loss"] and figure["fits"] == figures[0]["fits"], figures
        study = good("predict", "k.aann", member, "--data", "all.csv")
        assert len(study.split()) == 400
        for option in ([], ["--target-columns", "t"], ["--label-column", "t"]):
            assert good("predict", "k.aannm", "--data", "all.csv", *option) == study, option


def test_units_that_fall():
    """Models by hand: one output that is 1 - 2 x, and one that is always 1."""
    start = ("iUFBTk0NChoBAAAATkVUVwEAAAAkAAAAAAAAAAEAAAABAAAAAQAAAAMAAAAxQDAAAAAAAADwPzI6GLIEyAInAVRBU0sBAAAAFAAAAAAAAAABAA"
             "AAAAAAAAAAIEAAAAAAAADwP0VOQ08BAAAAFAAAAAAAAAACAAAAAAAAAAAA8D8BAAAAAAAAAFRBUkcBAAAAEAAAAAAAAAAAAAAAAADwPwAAAAAA")
    for name, end in (("falls", "AADA1GHz0Lp3LyE="), ("same", "AAAAlKxsl3ohleE=")):
        pathlib.Path(f"{name}.aannm").write_bytes(base64.b64decode(start + end))
    pathlib.Path("u.csv").write_text("a,y\n1,-1\n0,1\n-1,3.5\n", encoding="utf-8")
    reading = ["--data", "u.csv", "--target-columns", "y"]
    assert good("predict", "falls.aannm", *reading).split() == ["-1", "1", "3"]
    fit = answer("eval", "falls.aannm", *reading)["fits"][0]
    assert abs(fit["rmse"] - (0.25 / 3) ** 0.5) < 1e-7 and abs(fit["mae"] - 0.5 / 3) < 1e-7, fit
    assert good("predict", "same.aannm", *reading).split() == ["1", "1", "1"]
    refused(1, "output 0 of the model has the scale 0", "eval", "same.aannm", *reading)


def test_refused():
    name = study()
    refused(2, "--out FILE is missing", "save", name, 1)
    refused(1, "has no member 9", "save", name, 9, "--out", "x")
    refused(2, "no ID is expected", "predict", "m.bin", 1, "--data", TEST)
    refused(2, "the ID of a member is missing", "show", name)
    refused(2, "--data FILE is missing", "eval", "m.bin")
    refused(2, "not for a model", "eval", "m.bin", "--data", TEST, "--lesion", 5)
    refused(2, "not for a model", "eval", "m.bin", "--data", TEST, "--split", "test")
    bytes_ = bytearray(pathlib.Path("m.bin").read_bytes())
    bytes_[100] ^= 1
    pathlib.Path("damaged.aannm").write_bytes(bytes_)
    refused(1, "damaged.aannm: the model is damaged: its check sum is wrong", "show", "damaged.aannm")
    pathlib.Path("c.csv").write_text("a,b,kind\n1,2,x\n", encoding="utf-8")
    refused(2, "cannot be seen as 1 x 28 x 28", "predict", "m.bin", "--data", "c.csv")
    kept = pathlib.Path("m.bin").read_bytes()
    assert run("save", name, 9, "--out", "m.bin").returncode == 1
    assert pathlib.Path("m.bin").read_bytes() == kept


if __name__ == "__main__":
    main(globals())
