#!/usr/bin/env python3
"""An exported network on chips, in emulators: flash, RAM, instructions, and whether every logit is right.

    bench/chips.py STUDY ID --data FILE [--tests N] [--chips m0plus,m4] [--tables KIND,...] [--cmsis FOLDER] [--json]

Flash and RAM are those of a program that only runs the network, linked for the chip. Instructions are what QEMU counts
for one sample, not cycles; of an AVR simavr counts cycles. With --cmsis, a checkout of ARM's CMSIS-NN, the same network
runs in int8 with that library, too, where its shapes allow: padded square kernels, square pools, one dense layer.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy

ROOT = pathlib.Path(__file__).resolve().parent.parent
AANN = os.environ.get("AANN", str(ROOT / "build" / "aann"))
sys.path.insert(0, str(ROOT / "tests" / "export"))

from chips import CHIPS, run  # noqa: E402  pylint: disable=wrong-import-position

CMSIS_FOLDERS = ("ConvolutionFunctions", "FullyConnectedFunctions", "PoolingFunctions", "NNSupportFunctions")


def aann(*arguments):
    """The standard output of a command."""
    return subprocess.run([AANN, *map(str, arguments)], check=True, capture_output=True, text=True).stdout


# ---- CMSIS-NN --------------------------------------------------------------------------------------------------------

def array(kind, name, values):
    """A C array."""
    return f"static const {kind} {name}[] = {{{', '.join(str(int(value)) for value in numpy.ravel(values))}}};\n"


def parse(spec, shape):
    """Layers of a network that CMSIS-NN is asked to run, or None: (channels, height, width, units, kernel, pool)."""
    channels, height, width = shape
    layers = []
    for part in spec.split("-"):
        word = part.split("@")[0]
        if word.startswith("MP") and word[2:].isdigit() and layers:
            layers[-1][5] *= int(word[2:])
            height, width = height // int(word[2:]), width // int(word[2:])
        elif word.isdigit():
            layers.append([channels * height * width, 1, 1, int(word), 1, 0])
            channels, height, width = int(word), 1, 1
        elif word.count("C") == 1 and word.replace("C", "").isdigit():
            units, kernel = map(int, word.split("C"))
            if kernel % 2 == 0:
                return None
            layers.append([channels, height, width, units, kernel, 1])
            channels = units
        else:
            return None
    dense = [layer for layer in layers if layer[5] == 0]
    return layers if len(dense) == 1 and layers[-1][5] == 0 else None


def channels_last(layer, weights, before):
    """Weights in CMSIS-NN's order: [units][rows][columns][channels]."""
    channels, _, _, units, kernel, pool = layer
    if pool:
        return weights.reshape(units, channels, kernel, kernel).transpose(0, 2, 3, 1)
    height, width, depth = before
    return weights.reshape(units, depth, height, width).transpose(0, 2, 3, 1)


def write_cmsis(folder, study, member, layers, inputs, logits):
    """cmsis_data.h: the network and the samples. Inputs are encoded already, [count][channels][height][width]."""
    aann("weights", study, member, "--npz", folder / "weights.npz")
    weights = numpy.load(folder / "weights.npz")
    text, rows, before = "", [], (1, 1, 1)
    for i, layer in enumerate(layers):
        channels, height, width, units, kernel, pool = layer
        text += array("int8_t", f"cmsis_weights_{i}", channels_last(layer, weights[f"layer{i}"], before))
        rows.append(f"{{{channels}, {height}, {width}, {units}, {kernel}, {kernel // 2}, {pool}, cmsis_weights_{i}}}")
        if pool:
            before = (height // pool, width // pool, units)
    most = max(layer[3] for layer in layers)
    hidden = layers[:-1]
    sizes = {
        "LAYERS": len(layers), "OUTPUTS": logits.shape[1], "INPUTS": inputs[0].size, "TESTS": len(inputs),
        "WIDE": max(layer[3] * layer[1] * layer[2] for layer in hidden),
        "NARROW": max(layer[3] * (layer[1] // layer[5]) * (layer[2] // layer[5]) for layer in hidden),
        # Two columns of 16-bit inputs, as arm_convolve_s8_get_buffer_size says; sums of the dense layer's weights.
        "SCRATCH": max(max(4 * -(-layer[0] * layer[4] ** 2 // 4) * 4 for layer in hidden), 4 * layers[-1][3]),
    }
    text = "".join(f"#define CMSIS_{name} {size}\n" for name, size in sizes.items()) + text
    text += f"static const cmsis_layer cmsis_layers[] = {{{', '.join(rows)}}};\n"
    text += array("int32_t", "cmsis_multipliers", [1 << 30] * most) + array("int32_t", "cmsis_shifts", [1] * most)
    text += array("int32_t", "cmsis_biases", [0] * most)
    text += array("int8_t", "cmsis_inputs", inputs.transpose(0, 2, 3, 1))
    text += array("int8_t", "cmsis_expected", numpy.clip(numpy.round(logits / 128), -128, 127))
    (folder / "cmsis_data.h").write_text(text, encoding="utf-8")


def build_cmsis(folder, chip, cmsis, optimise):
    """The library as an archive."""
    sources = [path for name in CMSIS_FOLDERS for path in sorted((cmsis / "Source" / name).glob("*.c"))
               if not re.search(r"_f(16|32)", path.name)]
    objects = folder / f"objects{optimise}"
    objects.mkdir(exist_ok=True)
    archive = folder / f"cmsis_{chip.name}{optimise}.a"
    archive.unlink(missing_ok=True)
    for begin in range(0, len(sources), 16):
        subprocess.run([f"{chip.prefix}gcc", "-std=gnu11", *chip.flags, optimise, "-ffunction-sections", "-fdata-sections",
                        "-I", cmsis / "Include", "-c", *sources[begin:begin + 16]], check=True, cwd=objects)
    run(f"{chip.prefix}ar", "rcs", archive, *sorted(objects.glob("*.o")))
    return archive


# ---- measuring -------------------------------------------------------------------------------------------------------

def measure(folder, chip, name, optimise, more=()):
    """Flash, RAM, what is counted, wrong logits."""
    size = chip.linked_size(folder, name, [optimise], more)
    return {"chip": chip.name, "optimise": optimise, **size, **chip.self_test(folder, name, [optimise], more),
            "unit": chip.unit}


def show(result):
    print(f"{result['network']:<10} {result['chip']:<9} {result['optimise']}  flash {result['flash']:>7,}  "
          f"RAM {result['ram']:>7,}  {result['counted']:>11,} {result['unit']}  "
          f"{result['wrong']} of {result['tests']} samples' logits wrong", flush=True)


def compare(results):
    """How much smaller and faster than CMSIS-NN, for each chip and way of optimising."""
    found = {(row["network"], row["chip"], row["optimise"]): row for row in results}
    for (network, chip, optimise), other in found.items():
        own = found.get(("aann", chip, optimise))
        if network == "cmsis" and own:
            print(f"{chip} {optimise}: {other['flash'] / own['flash']:.1f} times smaller, {other['ram'] / own['ram']:.1f} "
                  f"times less RAM, {other['counted'] / own['counted']:.1f} times fewer {own['unit']} than CMSIS-NN")


def measure_all(options, folder):
    tests = options.tests
    arguments = ["--data", options.data, "--tables", options.tables]
    aann("export", "c", options.study, options.member, "--out", folder / "net.h", "--self-test", tests, *arguments)
    aann("export", "c", options.study, options.member, "--out", folder / "few.h", "--self-test", min(tests, 3), *arguments)
    results = []
    for chip in [CHIPS[name] for name in options.chips.split(",")]:
        if chip.missing():
            print(f"{chip.name}: skipped, there is no {chip.missing()}", flush=True)
            continue
        for optimise in ("-Os", "-O2"):
            name = "few" if chip.unit == "cycles" else "net"
            results.append({"network": "aann", **measure(folder, chip, name, optimise)})
            show(results[-1])
            if options.cmsis and chip.prefix.startswith("arm"):
                results.append({"network": "cmsis", **measure_cmsis(options, folder, chip, optimise)})
                show(results[-1])
    return results


def measure_cmsis(options, folder, chip, optimise):
    """The same network with CMSIS-NN."""
    if not (folder / "cmsis_data.h").exists():
        aann("save", options.study, options.member, "--out", folder / "net.aannm")
        shown = json.loads(aann("show", folder / "net.aannm", "--json").splitlines()[-1])
        layers = parse(shown["spec"], shown["input"])
        if layers is None:
            sys.exit(f"bench/chips.py: {shown['spec']} has layers that this cannot run with CMSIS-NN")
        aann("export", "c", options.study, options.member, "--out", folder / "coded.h", "--input", "encoded", "--self-test",
             options.tests, "--data", options.data)
        inputs = read_array(folder / "coded.h", "coded_test_inputs").reshape(options.tests, *shown["input"])
        logits = read_array(folder / "coded.h", "coded_test_logits").reshape(options.tests, -1)
        write_cmsis(folder, options.study, options.member, layers, inputs, logits)
    cmsis = pathlib.Path(options.cmsis).resolve()
    archive = build_cmsis(folder, chip, cmsis, optimise)
    more = ["-I", cmsis / "Include", "-I", ROOT / "bench", archive, "-lc", "-lgcc"]
    (folder / "cmsis.h").write_text('#include "cmsis_network.h"\n', encoding="utf-8")
    return measure(folder, chip, "cmsis", optimise, more)


def read_array(path, name):
    """The numbers of an array in an exported header."""
    text = path.read_text(encoding="utf-8")
    start = text.index(f" {name}[]")
    return numpy.array([int(word) for word in text[text.index("{", start) + 1:text.index("}", start)].split(",")])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study")
    parser.add_argument("member")
    parser.add_argument("--data", required=True)
    parser.add_argument("--tests", type=int, default=20)
    parser.add_argument("--chips", default=",".join(CHIPS))
    parser.add_argument("--tables", default="auto")
    parser.add_argument("--cmsis")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = measure_all(options, pathlib.Path(folder))
    compare(results)
    if options.json:
        print(json.dumps(results))
    sys.exit(1 if any(row["wrong"] for row in results) else 0)


if __name__ == "__main__":
    main()
