"""Data of reports, made up: every kind of family, of one to a thousand members, always the same.

The shapes are those that the program writes; the networks are random ones with exact counts, and
curves and answers look like those of searches. Nothing here is a result.
"""

from __future__ import annotations

import base64
import json
import sys
from typing import Any

import numpy as np

HOSTILE = '</script><script>document.title="owned"</script><img src=x onerror="document.title=1">'


def pack(weights: np.ndarray) -> str:
    """2 bits a weight, 4 in a byte, low bits first: 0, +1 as 1, -1 as 3."""
    codes = np.where(weights == 1, 1, np.where(weights == -1, 3, 0)).astype(np.uint8).ravel()
    codes = np.concatenate([codes, np.zeros(-len(codes) % 4, np.uint8)]).reshape(-1, 4)
    return base64.b64encode((codes << np.array([0, 2, 4, 6], np.uint8)).sum(1, np.uint8)).decode()


def layer(name: str, kind: str, units: int, inputs: int, kernel: list[int], zeros: float) -> dict:
    """A layer with weights; `zeros` is the share of 0."""
    count = units * inputs * kernel[0] * kernel[1]
    each = round(count * (1 - zeros) / 2)
    return {
        "name": name,
        "kind": kind,
        "units": units,
        "inputs": inputs,
        "kernel": kernel,
        "weights": count,
        "minus": each,
        "zero": count - 2 * each,
        "plus": each,
        "shift": 0,
        "stride": 1,
    }


PICTURE_LAYERS = [
    layer("16C5", "convolution", 16, 1, [5, 5], 0.5),
    {"name": "MP2", "kind": "pool", "kernel": [2, 2]},
    layer("32C5", "convolution", 32, 16, [5, 5], 0.9),
    {"name": "MP2", "kind": "pool", "kernel": [2, 2]},
    layer("10", "dense", 10, 32, [7, 7], 0.9),
]


def network(rng: np.random.Generator, layers: list[dict]) -> list[str]:
    """The packed weights of a random network with the layers' counts."""
    packed = []
    for one in layers:
        if one["kind"] != "pool":
            weights = np.zeros(one["weights"], np.int8)
            weights[: one["plus"]] = 1
            weights[one["plus"] : one["plus"] + one["minus"]] = -1
            packed.append(pack(rng.permutation(weights)))
    return packed


def frame(name: str, members: int, task: str, layers: list[dict], **more: Any) -> dict:
    """What every report has."""
    weighted = [one for one in layers if one["kind"] != "pool"]
    return {
        "format": 1,
        "aann": "0.2.0",
        "made": "2026-11-28T19:05:00Z",
        "live": None,
        "study": {
            "name": f"{name}.aann",
            "families": [{"id": 1, "name": name, "task": task, "members": members}],
        },
        "family": {
            "id": 1,
            "name": name,
            "task": task,
            "data": name,
            "kind": "search",
            "spec": "-".join(one["name"] for one in layers),
            "input": {"channels": 1, "height": 28, "width": 28, "names": None},
            "classes": None,
            "targets": None,
            "layers": layers,
            "weights": sum(one["weights"] for one in weighted),
            "synapses": sum(one["plus"] + one["minus"] for one in weighted),
            "finished": members,
            "planned": members,
            "failed": 0,
            "seconds": 20.4 * members,
            "options": [
                ["steps", "150000"],
                ["temperature", "0.0001"],
                ["cooling", "2"],
                ["rejection-z", "1"],
                ["within-unit", "0.8"],
                ["seed", "1"],
            ],
            "created": "2026-11-28T18:00:00Z",
            "software": "aann 0.2.0",
            "origin_note": None,
            **more,
        },
    }


def member_list(rng: np.random.Generator, count: int) -> list[dict]:
    """Members with figures around 97 %."""
    test = np.round(0.9745 + 0.0022 * rng.standard_normal(count), 4)
    return [
        {
            "id": i + 1,
            "index": i,
            "seed": 1,
            "hash": f"{int(rng.integers(2**62)):016x}",
            "state": "done",
            "origin": "random",
            "parent": None,
            "swaps_from_parent": 0,
            "loss": float(0.085 - (test[i] - 0.9745) * 2 + 0.002 * rng.standard_normal()),
            "train": float(np.round(test[i] + 0.002, 4)),
            "validation_loss": 0.09,
            "validation": float(np.round(test[i] + 0.001 * rng.standard_normal(), 4)),
            "test_loss": 0.1,
            "test": float(test[i]),
            "steps": 150000,
            "accepted": int(10000 + 300 * rng.standard_normal()),
            "seconds": float(20 + rng.random() * 4),
            "progress": None,
        }
        for i in range(count)
    ]


def traces(rng: np.random.Generator, members: list[dict]) -> dict:
    """Histories of 60 of the members, and bands when there are more."""
    steps = np.unique(np.round(np.linspace(200, 150000, 100) / 200) * 200)
    curves = 0.08 + 2.2 * np.exp(
        -np.outer(np.exp(0.1 * rng.standard_normal(len(members))), (steps / 2500) ** 0.55)
    )
    curves *= np.exp(0.03 * rng.standard_normal(curves.shape))
    accuracy = np.clip(1 - curves / 3.2 - 0.004, 0.08, 1)
    rows = []
    for m, member in list(enumerate(members))[:: max(1, -(-len(members) // 60))]:
        checks: list[float | None] = [None] * len(steps)
        for k in range(4, len(steps), 5):
            checks[k] = round(float(accuracy[m, k] - 0.002), 5)
        acceptance = 0.09 * np.exp(-steps / 60000) + 0.02
        rows.append(
            {
                "id": member["id"],
                "step": steps.astype(int).tolist(),
                "loss": np.round(curves[m], 5).tolist(),
                "accuracy": np.round(accuracy[m], 5).tolist(),
                "validation": checks,
                "temperature": (1e-4 * (1 - steps / 150000) ** 2).round(9).tolist(),
                "acceptance": acceptance.round(5).tolist(),
                "acceptance_layers": [(acceptance * f).round(5).tolist() for f in (0.3, 0.8, 1.4)],
            }
        )
    bands = None
    if len(members) > 60:
        names = {"q05": 5, "q25": 25, "q50": 50, "q75": 75, "q95": 95}
        bands = {"step": steps.astype(int).tolist()}
        for key, values in (("loss", curves), ("accuracy", accuracy)):
            bands[key] = {
                n: np.percentile(values, q, 0).round(5).tolist() for n, q in names.items()
            }
    return {"members": rows, "bands": bands}


def distances(rng: np.random.Generator, members: list[dict]) -> dict:
    """Distances about as far apart as chance says."""
    n = min(64, len(members))

    def square(middle: float, spread: float, diagonal: float) -> list[float]:
        matrix = middle + spread * rng.standard_normal((n, n))
        matrix = np.round((matrix + matrix.T) / 2, 4 if middle < 2 else 0)
        np.fill_diagonal(matrix, diagonal)
        return matrix.ravel().tolist()

    pairs = 5490 + 18 * rng.standard_normal(len(members) * (len(members) - 1) // 2)
    counts, edges = np.histogram(pairs, 40) if len(members) > 64 else ([], [0, 0])
    return {
        "id": [member["id"] for member in members[:n]],
        "raw": square(5490, 18, 0),
        "matched": square(5120, 20, 0),
        "answers": square(0.975, 0.002, 1),
        "errors": square(0.41, 0.02, 1),
        "raw_chance": {"mean": 5518.8, "sd": 25.9},
        "matched_chance": {"mean": 5167.4, "sd": 14.3},
        "histogram": {
            "raw": {
                "low": float(edges[0]),
                "high": float(edges[-1]),
                "count": [int(count) for count in counts],
            }
        }
        if len(counts)
        else None,
    }


def confusion(rng: np.random.Generator, classes: int, accuracy: float) -> list[int]:
    """A thousand samples of each class."""
    table = np.zeros((classes, classes), int)
    for true in range(classes):
        weights = rng.random(classes) ** 3
        weights[true] = 0
        weights = weights / weights.sum() * (1 - accuracy)
        weights[true] = accuracy
        table[true] = rng.multinomial(1000, weights)
    return table.ravel().tolist()


def strokes(rng: np.random.Generator, count: int) -> np.ndarray:
    """Pictures of 28 x 28 with a bent stroke, in place of digits."""
    rows, columns = np.mgrid[:28, :28]
    pictures = np.zeros((count, 28, 28))
    for picture in pictures:
        control = rng.uniform(6, 22, (4, 2))
        for t in np.linspace(0, 1, 60):
            b = np.array([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3]) @ control
            picture[:] = np.maximum(
                picture, np.exp(-((rows - b[0]) ** 2 + (columns - b[1]) ** 2) / 2.4)
            )
    return np.round(pictures * 255).astype(np.uint8)


def classification(count: int, seed: int = 1) -> dict:
    """A family on pictures, with everything that a search has."""
    rng = np.random.default_rng(seed)
    data = frame(
        "digits", count, "classification", PICTURE_LAYERS, classes=[str(k) for k in range(10)]
    )
    members = member_list(rng, count)
    ids = [member["id"] for member in members]
    networks = [network(rng, PICTURE_LAYERS) for _ in members[:64]]
    data["members"] = {"total": count, "shown": count, "list": members}
    data["traces"] = traces(rng, members)
    data["split"] = "test"
    if count > 1:
        sizes = list(range(1, min(count, 50) + 1))
        gain = [0.9745 + 0.011 * (1 - 1 / k) for k in sizes]
        data["votes"] = {
            "count": sizes,
            "mean": gain,
            "low": [g - 0.004 / k for g, k in zip(gain, sizes, strict=True)],
            "high": [g + 0.004 / k for g, k in zip(gain, sizes, strict=True)],
            "all": gain[-1],
        }
        angle = rng.random(count) * 2 * np.pi
        data["map"] = {
            "id": ids,
            "x": (np.cos(angle) + 0.2 * rng.standard_normal(count)).round(3).tolist(),
            "y": (np.sin(angle) + 0.2 * rng.standard_normal(count)).round(3).tolist(),
            "share": [0.35, 0.32],
        }
        data["distances"] = distances(rng, members)
    data["confusion"] = {
        "id": ids[:64],
        "counts": [confusion(rng, 10, 0.97) for _ in ids[:64]],
        "all": confusion(rng, 10, 0.98) if count > 1 else None,
    }
    data["errors"] = {
        "id": ids,
        "count": rng.integers(220, 300, count).tolist(),
        "only": rng.integers(0, 40, count).tolist(),
    }
    data["weights"] = {"id": ids[:64], "layers": [{"layer": 0, "packed": [n[0] for n in networks]}]}
    data["wiring"] = {
        "id": ids[:12],
        "layers": [{"layer": k, "packed": [n[k] for n in networks[:12]]} for k in range(3)],
    }
    if count > 1:
        labels = rng.integers(0, 10, 36)
        answers = np.where(
            rng.random((36, min(12, count))) < 0.55,
            labels[:, None],
            rng.integers(0, 10, (36, min(12, count))),
        )
        data["samples"] = {
            "kind": "picture",
            "channels": 1,
            "height": 28,
            "width": 28,
            "value": base64.b64encode(strokes(rng, 36).tobytes()).decode(),
            "label": labels.tolist(),
            "index": list(range(36)),
            "id": ids[:12],
            "answer": answers.tolist(),
            "vote": answers[:, 0].tolist(),
        }
    return data


def running() -> dict:
    """Four members, of which one is still being found and one has failed."""
    data = classification(4)
    data["live"] = {"running": True, "refresh_seconds": 1}
    data["family"].update(finished=2, failed=1, planned=6)
    data["members"]["list"][1]["state"] = "failed"
    last = data["members"]["list"][3]
    last.update(state="running", progress=0.4, test=None, validation=None)
    data["votes"] = {"absent": "Votes are counted when two members are finished."}
    return data


def regression() -> dict:
    """A table with named columns, one target, five members."""
    rng = np.random.default_rng(2)
    layers = [layer("32", "dense", 32, 7, [1, 1], 0.3), layer("1", "dense", 1, 32, [1, 1], 0.1)]
    names = ["cylinders", "displacement", "horsepower", "weight", "acceleration", "year", "origin"]
    data = frame(
        "mpg",
        5,
        "regression",
        layers,
        input={"channels": 1, "height": 1, "width": 7, "names": names},
        targets=[{"name": "mpg", "unit_mean": 23.5, "unit_scale": 7.8}],
    )
    members = member_list(rng, 5)
    for member in members:
        member.update(train=None, validation=None, test=None, test_loss=member["loss"] * 1.1)
    data["members"] = {"total": 5, "shown": 5, "list": members}
    data["traces"] = traces(rng, members)
    for trace in data["traces"]["members"]:
        trace.update(accuracy=None, validation=None)
    true = np.round(rng.gamma(9, 2.6, 78), 1)
    single = [np.round(true + 2.6 * rng.standard_normal(78), 2).tolist() for _ in members]
    data["scatter"] = [
        {
            "target": "mpg",
            "true": true.tolist(),
            "member": single,
            "r2": 0.871,
            "id": [2, 1, 3, 4, 5],
            "predicted": np.mean(single, 0).round(2).tolist(),
        }
    ]
    networks = [network(rng, layers) for _ in members]
    ids = [member["id"] for member in members]
    data["weights"] = {"id": ids, "layers": [{"layer": 0, "packed": [n[0] for n in networks]}]}
    data["wiring"] = {
        "id": ids,
        "layers": [{"layer": k, "packed": [n[k] for n in networks]} for k in (0, 1)],
    }
    data["distances"] = distances(rng, members)
    for key in ("answers", "errors"):
        data["distances"][key] = None
    data["split"] = "test"
    return data


def walk() -> dict:
    """Thirty networks, each a few hundred swaps from the one before."""
    data = classification(30, 3)
    data["family"]["kind"] = "walk"
    for member in data["members"]["list"]:
        member.update(origin="walk", parent=max(1, member["id"] - 1), swaps_from_parent=200)
    swaps = [200 * k for k in range(30)]
    rng = np.random.default_rng(4)
    data["walk"] = {
        "start": 1,
        "id": list(range(1, 31)),
        "swaps": swaps,
        "loss": (0.082 + 0.0015 * rng.standard_normal(30)).round(5).tolist(),
        "accuracy": (0.9762 + 0.0006 * rng.standard_normal(30)).round(5).tolist(),
        "distance": [round(5518 * (1 - np.exp(-s / 2600))) for s in swaps],
    }
    for key in ("traces", "votes"):
        data[key] = {
            "absent": "A walk has no learning curve: each network starts from the one before."
        }
    return data


def path() -> dict:
    """A path of 80 points between two members."""
    data = classification(2, 5)
    data["family"]["kind"] = "path"
    t = np.linspace(0, 1, 81)
    bump = 0.08 + 0.0132 * np.sin(np.pi * t) ** 1.5 + 0.0008 * np.sin(40 * t)
    data["path"] = {
        "from": 1,
        "to": 2,
        "position": (np.arange(81) / 81).round(6).tolist(),
        "swaps": [int(s) for s in np.round(2759 * t)],
        "loss": bump.round(5).tolist(),
        "accuracy": (0.9985 - bump * 0.28).round(5).tolist(),
        "distance": np.round(5518 * t).astype(int).tolist(),
        "barrier": round(float(bump.max() - bump[-1]), 5),
    }
    return data


def driving() -> dict:
    """Six drivers on ten tracks, and one drive."""
    rng = np.random.default_rng(6)
    layers = [
        layer("32C7vs4", "convolution", 32, 1, [7, 7], 0.6),
        {"name": "MP2", "kind": "pool", "kernel": [2, 2]},
        layer("64C5v", "convolution", 64, 32, [5, 5], 0.9),
        layer("100", "dense", 100, 64, [3, 3], 0.9),
        layer("3", "dense", 3, 100, [1, 1], 0.5),
    ]
    data = frame(
        "carracing",
        6,
        "driving",
        layers,
        input={"channels": 1, "height": 96, "width": 96, "names": None},
    )
    members = member_list(rng, 6)
    for member in members:
        member.update(train=None, validation=None, test=None)
    data["members"] = {"total": 6, "shown": 6, "list": members}
    data["traces"] = traces(rng, members)
    for trace in data["traces"]["members"]:
        trace.update(accuracy=None, validation=None, acceptance_layers=None)
    ids = [member["id"] for member in members]
    networks = [network(rng, layers) for _ in members]
    data["weights"] = {"id": ids, "layers": [{"layer": 0, "packed": [n[0] for n in networks]}]}
    data["wiring"] = {
        "id": ids,
        "layers": [{"layer": k, "packed": [n[k] for n in networks]} for k in range(4)],
    }
    angle = np.linspace(0, 2 * np.pi, 240, endpoint=False)
    radius = 110 + 30 * np.sin(3 * angle) + 18 * np.cos(5 * angle + 1)
    middle = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1)
    forward = np.roll(middle, -1, 0) - np.roll(middle, 1, 0)
    normal = np.stack([-forward[:, 1], forward[:, 0]], 1) / np.hypot(*forward.T)[:, None]
    along = np.linspace(0, 239.99, 1200) / 240 * 2 * np.pi
    r = 110 + 30 * np.sin(3 * along) + 18 * np.cos(5 * along + 1) + 1.5 * np.sin(17 * along)
    x, y = r * np.cos(along), r * np.sin(along)
    heading = np.unwrap(np.arctan2(np.gradient(y), np.gradient(x))) - np.pi / 2
    reward = np.round(860 + 60 * rng.standard_normal((6, 10)), 1).clip(-50, 935)
    data["drive"] = {
        "tracks": list(range(1000, 1010)),
        "id": ids,
        "reward": reward.tolist(),
        "finished": (reward > 880).tolist(),
        "replay": {
            "id": 3,
            "track": 1004,
            "reward": float(reward[2, 4]),
            "road": {
                "left": (middle + 6.7 * normal).round(1).ravel().tolist(),
                "right": (middle - 6.7 * normal).round(1).ravel().tolist(),
            },
            "x": x.round(2).tolist(),
            "y": y.round(2).tolist(),
            "angle": heading.round(3).tolist(),
            "steer": np.clip(-np.gradient(heading) * 12, -1, 1).round(2).tolist(),
            "gas": np.clip(0.6 + 0.4 * np.sin(8 * along), 0, 1).round(2).tolist(),
            "brake": np.clip(-np.sin(8 * along) - 0.6, 0, 1).round(2).tolist(),
            "dt": 0.02,
        },
    }
    return data


def experiment() -> dict:
    """Two questions, one with lines."""
    data = classification(4, 7)
    data["family"]["kind"] = "experiment"
    share = [0, 1, 2, 5, 10, 20, 30]
    data["experiment"] = [
        {
            "question": "Does the wiring matter, or only the counts?",
            "text": "Members beside networks with the same counts, wired at random.",
            "table": {
                "columns": ["networks", "members", "test accuracy", "loss"],
                "rows": [
                    ["found", 4, 0.9745, 0.0852],
                    ["shuffled", 20, 0.1013, 2.4129],
                    ["shuffled within units", 20, 0.1127, None],
                ],
            },
            "lines": None,
        },
        {
            "question": "How many synapses can be cut?",
            "text": "Synapses are deleted at random; the band is the standard deviation over members.",
            "table": {
                "columns": ["cut %", "member", "vote"],
                "rows": [[s, 0.9745 - 0.001 * s**1.5, 0.981 - 0.0006 * s**1.5] for s in share],
            },
            "lines": {
                "x": {"name": "% cut", "values": share, "log": False},
                "y": {"name": "accuracy", "share": True},
                "series": [
                    {
                        "name": "member",
                        "y": [0.9745 - 0.001 * s**1.5 for s in share],
                        "low": [0.97 - 0.0014 * s**1.5 for s in share],
                        "high": [0.979 - 0.0006 * s**1.5 for s in share],
                    },
                    {
                        "name": "vote",
                        "y": [0.981 - 0.0006 * s**1.5 for s in share],
                        "low": None,
                        "high": None,
                    },
                ],
            },
        },
    ]
    return data


def hostile() -> dict:
    """Names that are markup, everywhere a study can hold a name."""
    data = classification(4)
    family = data["family"]
    family.update(
        name=HOSTILE,
        data=HOSTILE,
        spec=HOSTILE,
        origin_note=HOSTILE,
        software=HOSTILE,
        classes=[HOSTILE] * 10,
        options=[[HOSTILE, HOSTILE]],
    )
    family["input"]["names"] = [HOSTILE]
    family["layers"] = [{**one, "name": HOSTILE} for one in family["layers"]]
    data["study"] = {
        "name": HOSTILE,
        "families": [{"id": 2, "name": HOSTILE, "task": HOSTILE, "members": 1}],
    }
    for member in data["members"]["list"]:
        member.update(hash=HOSTILE, origin=HOSTILE, state=HOSTILE)
    data["votes"] = {"absent": HOSTILE}
    data["experiment"] = [
        {
            "question": HOSTILE,
            "text": HOSTILE,
            "lines": None,
            "table": {"columns": [HOSTILE], "rows": [[HOSTILE]]},
        }
    ]
    data["scatter"] = [
        {"target": HOSTILE, "true": [1, 2], "predicted": [1, 2], "member": None, "r2": 0.5}
    ]
    return data


def empty() -> dict:
    """A family whose search has just begun."""
    data = frame("digits", 0, "classification", PICTURE_LAYERS)
    data["family"].update(finished=0, planned=4)
    data["live"] = {"running": True, "refresh_seconds": 1}
    data["members"] = {"total": 0, "shown": 0, "list": []}
    data["traces"] = {"members": [], "bands": None}
    for key in ("votes", "map", "distances", "confusion", "samples"):
        data[key] = {"absent": "The search has not finished a member yet."}
    return data


KINDS = {
    "one": lambda: classification(1),
    "four": lambda: classification(4),
    "hundred": lambda: classification(100),
    "thousand": lambda: classification(1000),
    "running": running,
    "regression": regression,
    "walk": walk,
    "path": path,
    "driving": driving,
    "experiment": experiment,
    "hostile": hostile,
    "empty": empty,
}

if __name__ == "__main__":
    json.dump(KINDS[sys.argv[1]](), sys.stdout)
