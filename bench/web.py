"""How fast the library is as WebAssembly, beside the program: images, search steps, drives.

usage: web.py [--steps N] [--json]

Rates are per second, on one thread, one after the other: the program with its best instruction set
and with `baseline` (SSE2 on a PC: vectors as wide as WebAssembly's), node, and Chromium if it is
there. Searches are on the playground's digits, with equal hashes, or this fails.
Needs build/aann, node, and what scripts/build_web.sh needs.
"""

import argparse
import functools
import http.server
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/web"))
import browser as harness  # noqa: E402 (the path comes first)

AANN = os.environ.get("AANN", str(ROOT / "build/aann"))
SPEC = "16C5@50-MP2-32C5@90-MP2-10@90"
SEED, TRACK = 3, 1007


def run_json(*command):
    lines = subprocess.run(
        [str(word) for word in command], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    return json.loads(lines[-1])


def write_digits(folder):
    """The digits of the page in MNIST's format, by the page's decoder; options that name them."""
    script = f"""
        import {{ decodeDigits }} from "{ROOT}/web/playground/js/digits.js";
        import fs from "node:fs";
        const file = fs.readFileSync("{ROOT}/web/playground/data/digits.bin");
        const d = decodeDigits(new Uint8Array(file));
        fs.writeFileSync("{folder}/pixels", d.pixels);
        fs.writeFileSync("{folder}/labels", d.labels);"""
    subprocess.run(["node", "--input-type=module", "-e", script], check=True)
    pixels, labels = (folder / "pixels").read_bytes(), (folder / "labels").read_bytes()
    images = struct.pack(">4I", 0x803, len(labels), 28, 28) + pixels
    (folder / "images-idx3-ubyte").write_bytes(images)
    (folder / "labels-idx1-ubyte").write_bytes(struct.pack(">2I", 0x801, len(labels)) + labels)
    return ["--data", folder / "images-idx3-ubyte", "--labels", folder / "labels-idx1-ubyte"]


def measure_program(folder, data, isa, steps):
    forward = run_json(AANN, "bench", "forward", "--net", SPEC, "--isa", isa, "--json")
    found = run_json(
        AANN, "search", *data, "--validation", 500, "--net", SPEC, "--steps", steps, "--seed", SEED,
        "--study", folder / f"{isa}.aann", "--threads", 1, "--isa", isa, "--quiet", "--json",
    )["members"][0]  # fmt: skip
    return {
        "images": {
            "many": forward["forward_images_per_second_one_thread"],
            "single": forward["single_images_per_second"],
        },
        "search": {"steps": steps / found["seconds"], "hash": found["hash"]},
    }


def measure_node(steps):
    settings = json.dumps({"steps": steps, "seed": SEED, "track": TRACK})
    return run_json("node", ROOT / "bench/web_rates.mjs", ROOT / "build-web/playground", settings)


def measure_chromium(steps):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = functools.partial(Quiet, directory=str(ROOT))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    with harness.Browser(allow=lambda url: True) as browser:
        browser.open(f"{address}/web/playground/style.css")
        settings = json.dumps({"steps": steps, "seed": SEED, "track": TRACK})
        return browser.evaluate(f"""(async () => {{
            const {{ measure }} = await import("/bench/web_rates.mjs");
            const load = async (path) => new Uint8Array(
                await (await fetch(`/build-web/playground/${{path}}`)).arrayBuffer());
            return measure(load, {settings});
        }})()""")


def print_table(rows):
    print(f"{'':18} {'images/s':>10} {'one a call':>10} {'steps/s':>8} {'drive/s':>8}")
    for name, row in rows.items():
        drive = f"{row['drive']:8,.0f}" if "drive" in row else f"{'':8}"
        images = row["images"]
        print(
            f"{name:18} {images['many']:10,.0f} {images['single']:10,.0f} "
            f"{row['search']['steps']:8,.0f} {drive}"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=20_000)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    subprocess.run(["bash", str(ROOT / "scripts/build_web.sh")], check=True)
    steps = arguments.steps
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        data = write_digits(folder)
        best = subprocess.run(
            [AANN, "bench", "forward", "--seconds", "0.01", "--json"],
            check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
        best = json.loads(best)["isa"]
        rows = {
            f"program, {isa}": measure_program(folder, data, isa, steps)
            for isa in dict.fromkeys((best, "baseline"))
        }
    rows["node"] = measure_node(steps)
    if harness.find_chromium() is not None:
        rows["Chromium"] = measure_chromium(steps)
    hashes = {row["search"]["hash"] for row in rows.values()}
    if len(hashes) != 1:
        sys.exit(f"the searches found different networks: {hashes}")
    print(json.dumps(rows)) if arguments.json else print_table(rows)


if __name__ == "__main__":
    main()
