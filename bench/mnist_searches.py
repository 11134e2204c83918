"""What the studies of searches on MNIST share: one member by the program, and the spread over seeds."""
import json
import os
import pathlib
import statistics
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
AANN = os.environ.get("AANN", str(ROOT / "build" / "aann"))


def add_arguments(parser, steps, sparsity_help="of all layers"):
    """Options that all have: the network and the budget."""
    parser.add_argument("--net", default="8C5s2-MP2-16C3-MP2-10")
    parser.add_argument("--sparsity", default="90", help=sparsity_help)
    parser.add_argument("--steps", type=int, default=steps)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--json", action="store_true")


def search(arguments, words, seed, study):
    """One member: validation and test accuracy in percent, training loss, samples evaluated, seconds."""
    # 8 is the scale at which the figures of docs/ were measured; a small network has another by default.
    scale = [] if "--loss-scale" in words else ["--loss-scale", "8"]
    sparsity = "--sparsity-per-layer" if "," in arguments.sparsity else "--sparsity"
    subprocess.run([AANN, "search", "mnist", "--net", arguments.net, sparsity, arguments.sparsity, *words, *scale, "--seed",
                    str(seed), "--threads", "1", "--study", str(study), "--quiet"], check=True,
                   stdout=subprocess.DEVNULL)
    shown = subprocess.run([AANN, "show", str(study), "1", "--json"], check=True, capture_output=True, text=True)
    member = json.loads(shown.stdout.splitlines()[-1])
    return {"seed": seed, "loss": member["train_loss"], "validation": 100 * member["validation_accuracy"],
            "test": 100 * member["test_accuracy"], "samples": member["trace"][-1]["evaluated_samples"],
            "seconds": member["seconds"]}


def spread(members, key):
    """Mean and standard deviation over members, 0 of one."""
    values = [member[key] for member in members]
    return statistics.mean(values), statistics.stdev(values) if len(values) > 1 else 0.0
