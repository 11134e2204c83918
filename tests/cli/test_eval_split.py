"""Which images `eval --data mnist --split ...` evaluates: the family's own splits of the set it was searched on, and
whole files of a set it was not searched on.

The sets here are the small sample of MNIST, put into a data folder.
"""
import gzip
import os
import pathlib

from program import NET, SAMPLES, answer, main, refused

FILES = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"]


def data_folder():
    """A data folder with both sets in it; the environment that leads to it."""
    for name in ["mnist", "fashion-mnist"]:
        folder = pathlib.Path("data") / name
        folder.mkdir(parents=True)
        for file in FILES:
            with gzip.open(SAMPLES / f"{file}.gz") as source:
                (folder / file).write_bytes(source.read())
    return dict(os.environ, AANN_DATA=str(pathlib.Path("data").resolve()))


def test_a_family_s_own_splits():
    environment = data_folder()
    answer("search", "--data", "mnist:train", "--test", "mnist:test", "--net", NET, "--sparsity", "60", "--steps",
           "500", "--validation", "100", "--samples", "300", "--study", "s.aann", env=environment)
    for split, count in [("train", 300), ("validation", 100), ("test", 256)]:
        own = answer("eval", "s.aann", "1", "--split", split, env=environment)
        named = answer("eval", "s.aann", "1", "--data", "mnist", "--split", split, env=environment)
        assert named["count"] == count, f"{split}: {named['count']} samples, expected {count}"
        assert named == own, f"{split}: {named} is not {own}"
    other = answer("eval", "s.aann", "1", "--data", "fashion-mnist", "--split", "train", env=environment)
    assert other["count"] == 512, other["count"]
    refused(2, "was not searched on fashion-mnist, which has no validation split; expected train or test",
            "eval", "s.aann", "1", "--data", "fashion-mnist", "--split", "validation", env=environment)


if __name__ == "__main__":
    main(globals())
