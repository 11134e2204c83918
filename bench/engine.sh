#!/usr/bin/env bash
# The engine's speed beside PyTorch's, in one run: image-candidates per second per layer and instruction set, forward
# passes per second, and the ratios. Takes about a minute. Processor time of one thread, so that other programs on the
# machine count little.
#
#   bench/engine.sh            a table
#   bench/engine.sh --json     one JSON object
#
# PyTorch is optional (Debian: python3-torch).
set -euo pipefail
cd "$(dirname "$0")/.."
json=false
[ "${1:-}" = "--json" ] && json=true
program=${AANN:-build/aann}
results=()
for isa in baseline avx2 avx512 neon; do
    if line=$("$program" bench engine --isa "$isa" --json 2>/dev/null); then
        results+=("$line")
    fi
done
torch=null
for python in /usr/bin/python3 python3; do
    if "$python" -c 'import torch' 2>/dev/null; then
        torch=$("$python" bench/pytorch_forward.py)
        break
    fi
done
/usr/bin/env python3 - "$json" "$torch" "${results[@]}" <<'PYTHON'
import json
import sys

as_json, torch, results = sys.argv[1] == "true", json.loads(sys.argv[2]), [json.loads(r) for r in sys.argv[3:]]
report = {"engine": results, "pytorch": torch}
best = max(results, key=lambda r: r["layers"][-1]["image_candidates_per_second"])
if torch:
    base = torch["forward_images_per_second"]
    report["ratio_to_pytorch"] = {
        "isa": best["isa"],
        "forward": best["forward_images_per_second_one_thread"] / base,
        "candidates": {l["name"]: l["image_candidates_per_second"] / base for l in best["layers"]},
    }
if as_json:
    print(json.dumps(report))
    sys.exit()
names = [layer["name"] for layer in results[0]["layers"]]
print(f'{"":10}' + "".join(f"{name:>12}" for name in names) + f'{"forward":>12}   million per second, one thread')
for r in results:
    rates = [l["image_candidates_per_second"] for l in r["layers"]] + [r["forward_images_per_second_one_thread"]]
    print(f'{r["isa"]:10}' + "".join(f"{rate / 1e6:12.3f}" for rate in rates))
if torch:
    print(f'{"PyTorch":10}' + f"{base / 1e6:12.4f}" * (len(names) + 1) + f'   {torch["torch"]}, a forward pass a candidate')
    print(f'{"ratio":10}' + "".join(f'{report["ratio_to_pytorch"]["candidates"][n]:12.0f}' for n in names)
          + f'{report["ratio_to_pytorch"]["forward"]:12.1f}')
PYTHON
