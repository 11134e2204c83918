"""Exported C on chips, in emulators: every logit of real samples is that of predict, and the machine code has no
multiplication, no division, no float and no call into a library.

A Cortex-M4 runs in QEMU; for the other chips of chips.py that have a compiler here, the machine code is looked at, and
with AANN_ALL_CHIPS=1 they run, too. Where the tools for the M4 are missing, the test is skipped."""
# ctest-labels: slow release
# ctest-timeout: 600
# ctest-needs: cli
import os
import pathlib
import sys

from chips import CHIPS
from networks import PICTURES, TABLES, gallery, gallery_samples, good, make, make_table
from program import TEST, TRAIN, main

TESTS = 6
READING = ("--label-column", "--target-columns", "--drop-columns", "--window")
ALL = bool(os.environ.get("AANN_ALL_CHIPS"))


def check_code(chip, name):
    """The network alone, and where multiplications are likely with both ways of optimising."""
    for optimise in ("-Os", "-O2") if chip.name in ("m0plus", "m4") else ("-Os",):
        found = chip.compile(pathlib.Path.cwd(), name, [optimise])
        assert not found["undefined"] and not found["forbidden"], f"{name} on {chip.name}, {optimise}: {found}"


def check_run(chip, name):
    result = chip.self_test(pathlib.Path.cwd(), name, ["-Os"])
    assert result["tests"] == TESTS and result["wrong"] == 0, f"{name} on {chip.name}: {result}"


def check(name, chips=tuple(CHIPS.values())):
    """An exported network with a self-test on all of these chips that can be emulated here."""
    for chip in chips:
        if not chip.missing():
            check_code(chip, name)
            if chip.name == "m4" or ALL:
                check_run(chip, name)


def test_pictures():
    for name, *network in PICTURES:
        make(name, *network)
        good("export", "c", f"{name}.aannm", "--out", f"{name}.h", "--data", f"{name}.npz", "--self-test", TESTS)
        check(name)


def test_tables():
    for name, regression, arguments in TABLES:
        make_table(name, regression, arguments)
        reading = [word for key, value in zip(arguments[::2], arguments[1::2]) if key in READING for word in (key, value)]
        good("export", "c", f"{name}.aannm", "--out", f"{name}.h", "--data", f"{name}.csv", "--self-test", TESTS, *reading)
        check(name)


def test_digits():
    """A network that knows digits, with each kind of table."""
    good("search", "--data", TRAIN, "--net", "6C5@50-MP2-8C5@90-MP2-10@90", "--steps", 300, "--members", 1, "--study",
         "digits.aann", "--quiet")
    for tables in ("rice", "delta", "index"):
        good("export", "c", "digits.aann", 1, "--out", "digits.h", "--data", TEST, "--self-test", TESTS, "--tables", tables)
        check("digits")


def test_the_gallery():
    """What comes with aann, on the chips that have the memory for it: a driver needs 13 KiB, an ATmega2560 has 8."""
    for entry in gallery():
        name = entry.replace("-", "_")
        good("export", "c", f"gallery:{entry}", "--out", f"{name}.h", "--data", gallery_samples(entry, TESTS),
             "--self-test", TESTS)
        check(name, [chip for chip in CHIPS.values() if (name[:6], chip.name) != ("driver", "avr")])


def test_a_multiplication_is_found():
    """The look at the machine code can fail."""
    name, *network = PICTURES[3]
    make(name, *network)
    good("export", "c", f"{name}.aannm", "--out", f"{name}.h")
    header = pathlib.Path(f"{name}.h")
    text = header.read_text(encoding="utf-8")
    for change in ("logits[0] *= logits[1]", "logits[0] /= logits[1]", "logits[0] = (int32_t)((float)logits[0] * 0.3f)"):
        header.write_text(text.replace("(logits);\n}", f"(logits);\n    {change};\n}}"), encoding="utf-8")
        for chip in CHIPS.values():
            if not chip.missing():
                found = chip.compile(pathlib.Path.cwd(), name, ["-Os"])
                assert found["undefined"] or found["forbidden"], f"{change} on {chip.name}: {found}"


if __name__ == "__main__":
    missing = CHIPS["m4"].missing()
    if missing:
        print(f"skipped: there is no {missing}")
        sys.exit(77)
    main(globals())
