#!/usr/bin/env python3
"""How fast everything is, in one run, side by side with what one would use instead, and how far from the machine's limits.

    bench/run.py                a table; about two minutes
    bench/run.py --json         one JSON object
    bench/run.py --quick        a tenth of the time, for a first look
    bench/run.py --searches     also: time and candidates to 95, 97, 98, 98.5 % (validation), bench/accuracy.py
    bench/run.py --scaling      also: 2 threads against 1 late in a real search, bench/scaling.py

What is not installed is left out and said: PyTorch (Debian: python3-torch), ONNX Runtime (pip install onnxruntime onnx),
valgrind (instruction counts). $AANN is the program (build/aann), $AANN_BENCH_PYTHON a python3 that has
the packages.

Rates of one thread are per second of its own processor time, so that other programs on the machine count little.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
AANN = os.environ.get("AANN", str(ROOT / "build" / "aann"))
INSTRUCTION_SETS = ("baseline", "avx2", "avx512", "neon")
WIDTH = 6  # instructions a cycle that Zen 3, Zen 4 and Golden Cove can issue
CANDIDATES_PER_PASS = 256  # of `aann bench engine`, per block
LAST_LAYER_BYTES = 1568 + 10 * 8 + 16  # a sample: activations; output and power of each; label, loss, ...


def run(*command):
    """The JSON that a program prints last, or None if it fails."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, cwd=ROOT)
    return json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 and done.stdout.strip() else None


def python_with(*packages):
    for python in (os.environ.get("AANN_BENCH_PYTHON"), "/usr/bin/python3", "python3"):
        code = "; ".join(f"import {package}" for package in packages)
        if python and subprocess.run([python, "-c", code], capture_output=True).returncode == 0:
            return python
    return None


def others(seconds, left_out):
    """Forward passes by other programs."""
    results = []
    for script, packages in (("pytorch_forward.py", ["torch"]), ("onnxruntime_forward.py", ["onnxruntime", "onnx"])):
        python = python_with(*packages)
        result = run(python, ROOT / "bench" / script, seconds) if python else None
        if result:
            results.append(result)
        else:
            left_out.append(" and ".join(packages) + ": not installed")
    return results


def copies(count, isa, seconds):
    """Image-candidates per second of `count` programs at once, added up, layer by layer."""
    command = [AANN, "bench", "engine", "--json", "--isa", isa, "--seconds", str(seconds)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(count)]
    results = [json.loads(program.communicate()[0]) for program in running]
    return [sum(r["layers"][i]["image_candidates_per_second"] for r in results)
            for i in range(len(results[0]["layers"]))]


def instructions_by_callgrind(command, functions):
    """Instructions executed inside these functions, and what the program printed."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", "--collect-atstart=no"]
            + [f"--toggle-collect={name}" for name in functions] + command, capture_output=True, text=True)
        collected = re.search(r"Collected\s*:\s*(\d+)", done.stderr)
        if done.returncode != 0 or not collected:
            return None
        return int(collected.group(1)), json.loads(done.stdout.splitlines()[-1])


def account(engine, machine, left_out):
    """Instructions per cycle of the AVX2 kernels (callgrind knows no AVX-512), against the width of the machine."""
    if not shutil.which("valgrind"):
        left_out.append("valgrind: not installed, so no instruction counts")
        return []
    avx2 = next((r for r in engine if r["isa"] == "avx2"), None)
    if avx2 is None:
        left_out.append("instruction counts: no AVX2 here")
        return []
    clock = machine["cycles_per_second"]
    rows = []

    def add(name, counted, images, rate):
        per_image = counted / images
        rows.append({"what": name, "isa": "avx2", "instructions_per_image": per_image,
                     "cycles_per_image": clock / rate, "instructions_per_cycle": per_image * rate / clock,
                     "share_of_width": per_image * rate / clock / WIDTH})

    counted = instructions_by_callgrind(
        [AANN, "bench", "forward", "--isa", "avx2", "--seconds", "0.01", "--json"],
        ["aann_forward_fill", "aann_forward_batch"])
    if counted:
        add("forward", counted[0], counted[1]["images_evaluated"], avx2["forward_images_per_second_one_thread"])
    for index, layer in enumerate(avx2["layers"]):
        counted = instructions_by_callgrind(
            [AANN, "bench", "engine", "--isa", "avx2", "--seconds", "0.01", "--steps", "0", "--layer", str(index),
             "--json"], ["aann_engine_changes"])
        if counted:
            images = counted[1]["layers"][0]["block_candidates_evaluated"] * 64
            add("candidate " + layer["name"], counted[0], images, layer["image_candidates_per_second"])
    return rows


def traffic(best, machine):
    """What passes over the blocks would read from memory at most (nothing but the caches' contents is saved), against what
    the memory gives. A candidate of the last layer can only read that layer's inputs and what the loss keeps."""
    rows = []
    for layer in best["layers"]:
        last = layer is best["layers"][-1]
        passes = layer["image_candidates_per_second"] / CANDIDATES_PER_PASS  # samples a second
        read = passes * (LAST_LAYER_BYTES if last else best["bytes_per_sample"])
        rows.append({"name": layer["name"], "bytes_per_second_at_most": read,
                     "share_of_memory": read / machine["read_bytes_per_second_one_thread"]})
    return rows


def measure(options):
    seconds = 0.1 if options.quick else 1.0
    left_out = []
    threads = len(os.sched_getaffinity(0))
    machine = run(AANN, "bench", "machine", "--json", "--threads", threads, "--seconds", seconds)
    if machine is None:
        sys.exit(f"{AANN} does not run: build it first, or set AANN")
    engine = [run(AANN, "bench", "engine", "--json", "--isa", isa, "--threads", threads, "--seconds", seconds)
              for isa in INSTRUCTION_SETS]
    engine = [result for result in engine if result]
    best = max(engine, key=lambda r: r["forward_images_per_second_one_thread"])
    report = {
        "processor": processor(), "machine": machine, "engine": engine, "best": best["isa"],
        "copies": {"count": threads, "image_candidates_per_second": copies(threads, best["isa"], seconds)},
        "forward": [run(AANN, "bench", "forward", "--json", "--preset", preset, "--seconds", seconds)
                    for preset in ("mnist", "carracing")],
        "others": others(5 * seconds, left_out),
        "traffic": traffic(best, machine),
        "account": account(engine, machine, left_out),
        "left_out": left_out,
    }
    if options.scaling:
        report["scaling"] = run(sys.executable, ROOT / "bench" / "scaling.py", "--json")
    if options.searches:
        report["searches"] = run(sys.executable, ROOT / "bench" / "accuracy.py", "--json")
    return report


def processor():
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return "unknown"
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "unknown")


def show(report):
    machine = report["machine"]
    print(f'{report["processor"]}, {machine["threads"]} threads, {machine["cycles_per_second"] / 1e9:.2f} GHz, '
          f'memory {machine["read_bytes_per_second_one_thread"] / 1e9:.1f} GB/s one thread, '
          f'{machine["read_bytes_per_second"] / 1e9:.1f} GB/s all\n')
    names = [layer["name"] for layer in report["engine"][0]["layers"]]
    print("million a second, one thread    candidates x images, by layer          whole network")
    print(f'{"":24}' + "".join(f"{name:>11}" for name in names) + f'{"many a call":>14}{"one a call":>12}')

    def line(name, rates):
        print(f"{name:24}" + "".join(f"{rate / 1e6:11.4g}" for rate in rates[:-2])
              + f"{rates[-2] / 1e6:14.4f}{rates[-1] / 1e6:12.4f}")

    for r in report["engine"]:
        line("aann " + r["isa"], [layer["image_candidates_per_second"] for layer in r["layers"]]
             + [r["forward_images_per_second_one_thread"], r["single_images_per_second"]])
    for o in report["others"]:
        line(o["name"], [o["forward_images_per_second"]] * (len(names) + 1) + [o["single_images_per_second"]])
    best = next(r for r in report["engine"] if r["isa"] == report["best"])
    for o in report["others"]:
        base = o["forward_images_per_second"]
        print(f'{"times " + o["name"]:24}'
              + "".join(f'{layer["image_candidates_per_second"] / base:11.0f}' for layer in best["layers"])
              + f'{best["forward_images_per_second_one_thread"] / base:14.1f}'
              + f'{best["single_images_per_second"] / o["single_images_per_second"]:12.1f}')
    copies_line = report["copies"]
    print(f'{copies_line["count"]} programs at once'.ljust(24)
          + "".join(f"{rate / 1e6:11.4g}" for rate in copies_line["image_candidates_per_second"]))
    print("\nforward pass, one thread, random inputs")
    for f in report["forward"]:
        print(f'  {f["net"]:30}{f["forward_images_per_second_one_thread"]:10.0f} images/s; one a call: '
              f'{f["single_images_per_second"]:.0f} images/s, {f["single_microseconds"]:.2f} microseconds')
    print("\nreading every block from memory would take, of what the memory gives to one thread")
    for t in report["traffic"]:
        print(f'  {t["name"]:8}{t["bytes_per_second_at_most"] / 1e9:8.2f} GB/s {100 * t["share_of_memory"]:6.1f} %')
    if report["account"]:
        print(f"\ninstructions (avx2, callgrind) against cycles, of {WIDTH} a cycle at most")
    for a in report["account"]:
        print(f'  {a["what"]:16}{a["instructions_per_image"]:10.1f} instructions{a["cycles_per_image"]:10.1f} cycles an image: '
              f'{a["instructions_per_cycle"]:5.2f} a cycle, {100 * a["share_of_width"]:4.0f} %')
    for key in ("scaling", "searches"):
        if report.get(key):
            print(f"\n{key}: {json.dumps(report[key])}")
    for what in report["left_out"]:
        print(f"left out: {what}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("json", "quick", "searches", "scaling"):
        parser.add_argument("--" + name, action="store_true")
    options = parser.parse_args()
    report = measure(options)
    if options.json:
        print(json.dumps(report))
    else:
        show(report)


main()
