"""From recorded drives to a driver: aann car record, aann search, aann drive, with a network that is quickly searched.

ctest-timeout: 300
"""
import shlex
import signal
import subprocess
import time

import numpy as np

from program import PROGRAM, TRAIN, answer, good, hashes, main, run, without_sanitizers

NET = "4C7vs8-MP2-3"


def record(path, *more):
    return answer("car", "record", "--episodes", 2, "--every", 25, "--out", path, *more)


def search(data, study, *more):
    return answer("search", "--data", data, "--net", NET, "--steps", 400, "--threads", 1, "--quiet", "--study", study, *more)


def test_a_recording_is_what_it_says():
    said = record("one.npz")
    arrays = np.load("one.npz")
    inputs, targets = arrays["inputs"], arrays["targets"]
    assert inputs.shape == (said["count"], 96, 96) and inputs.dtype == np.uint8, inputs.shape
    assert targets.shape == (said["count"], 3) and targets.dtype == np.float32, targets.shape
    assert (inputs[:, 83:] == 0).all() and (inputs[:, :, 83:] == 0).all() and inputs[:, :71, :83].std() > 10
    assert np.abs(targets).max() <= 1
    assert 0.9 < np.abs(targets).max(axis=0).min(), "the scale does not reach to the outermost actions"
    actions = arrays["target_mean"] + arrays["target_scale"] * targets
    assert np.abs(actions[:, 0]).max() <= 0.4501 and actions[:, 1].min() > -1e-5 and actions[:, 1].max() < 1.00001
    assert actions[:, 2].max() > 0.02 and ((np.abs(actions[:, 2]) < 1e-5) | (actions[:, 2] > 0.0199)).all()
    assert np.allclose(said["mean"], arrays["target_mean"]) and np.allclose(said["scale"], arrays["target_scale"])
    record("two.npz")
    again = np.load("two.npz")
    assert all((arrays[name] == again[name]).all() for name in arrays.files)
    record("other.npz", "--seed", 2)
    assert np.load("other.npz")["targets"].shape != targets.shape or (np.load("other.npz")["targets"] != targets).any()
    record("teacher.npz", "--teacher")
    assert np.load("teacher.npz")["inputs"].shape[0] > inputs.shape[0], "the teacher is slower: more pictures"


def test_the_range_of_targets_reaches_the_weights():
    record("data.npz")
    search("data.npz", "range.aann")
    good("weights", "range.aann", 1, "--npz", "weights.npz")
    weights, data = np.load("weights.npz"), np.load("data.npz")
    assert (weights["target_mean"] == data["target_mean"]).all()
    assert (weights["target_scale"] == data["target_scale"]).all()


def test_outputs_have_a_scale():
    """Search, evaluation, prediction and exported weights all take a logit of 127 * 4 for an output of 1."""
    record("data.npz")
    search("data.npz", "scale.aann", "--output-scale", 4, "--validation", 0.2)
    good("predict", "scale.aann", 1, "--data", "data.npz", "--logits", "logits.npy")
    logits, targets = np.load("logits.npy"), np.load("data.npz")["targets"].astype(float)
    assert np.abs(logits).max() > 127
    z = np.clip(logits, -508, 508) / 508
    shown = [[float(x) for x in line.split()] for line in good("predict", "scale.aann", 1, "--data", "data.npz").splitlines()]
    arrays = np.load("data.npz")
    units = z if "target_mean" not in arrays else arrays["target_mean"] + arrays["target_scale"] * z
    assert np.abs(np.array(shown) - units).max() < 1e-6, "in the units of the task"
    assert np.abs(np.array(answer("predict", "scale.aann", 1, "--data", "data.npz")["values"]) - units).max() < 1e-9
    member, train = answer("show", "scale.aann", 1), answer("list", "scale.aann")["families"][0]["data"]["split"]["train"][1]
    weights = answer("list", "scale.aann")["families"][0]["options"]["target_weight"]
    errors = ((z - targets) ** 2 * weights).sum(axis=1)
    assert abs(answer("eval", "scale.aann", 1, "--split", "train")["loss"] - errors[:train].mean()) < 1e-9
    assert abs(member["validation_loss"] - errors[train:].mean()) < 1e-9
    assert member["validation_accuracy"] is None and member["trace"][-1]["validation_loss"] == member["validation_loss"]
    assert f'{member["validation_loss"]:.5f}' in good("list", "scale.aann"), "the table shows the loss"
    good("weights", "scale.aann", 1, "--npz", "weights.npz")
    assert np.load("weights.npz")["output_scale"] == 4


def test_a_search_can_begin_with_a_member():
    record("data.npz")
    search("data.npz", "first.aann", "--output-scale", 8)
    loss = answer("show", "first.aann", 1)["train_loss"]
    again = ["search", "--start", "first.aann:1", "--steps", 300, "--threads", 1, "--temperature", 0, "--first-samples", 0, "--quiet"]
    answer(*again, "--study", "second.aann", "--seed", 5)
    answer("search", "--start", "second.aann:1,1", "--steps", 40, "--quiet", "--study", "third.aann")
    answer("search", "--start", "third.aann:2,1", "--steps", 1, "--temperature", 0, "--quiet", "--study", "fourth.aann")
    ends, begins = hashes("third.aann"), hashes("fourth.aann")
    assert ends[0] != ends[1] and len(begins) == 2
    for index in range(2):  # one candidate can be accepted
        assert begins[index] == ends[1 - index] or answer("list", "fourth.aann")["families"][0]["members"][index]["accepted"] == 1
    compared = answer("geometry", "third.aann", "--no-match")
    assert compared["accuracy"] is None and compared["members"] == [1, 2], compared
    assert "distance" in compared["measures"] and "similarity_layer0" in compared["measures"], compared["measures"].keys()
    family = answer("list", "second.aann")["families"][0]
    assert family["options"]["output_scale"] == 8 and family["spec"] == answer("list", "first.aann")["families"][0]["spec"]
    assert family["members"][0]["train_loss"] < loss
    for arguments, code, words in [
            (["--start", "first.aann"], 2, "STUDY:ID"), (["--start", "first.aann:7"], 1, "7"), (["--start", "none.aann:1"], 1, "none.aann"),
            (["--start", "first.aann:1", "--data", "data.npz", "--net", NET, "--sparsity", 40], 2, "the start"),
            (["--start", "first.aann:1", "--sparsity-per-layer", "40,50"], 2, "the start"),
            (["--start", "first.aann:1", "--tracks", "1:2"], 2, "--reward")]:
        result = run("search", "--study", "bad.aann", *arguments)
        assert (result.returncode, words in result.stderr) == (code, True), (arguments, result.returncode, result.stderr)


@without_sanitizers
def test_rounds_of_corrections():
    """--dagger is what its two commands are, typed one after the other."""
    record("data.npz")
    rounds = ["--members", 2, "--dagger", 2, "--dagger-episodes", 2]
    result = run("search", "--data", "data.npz", "--net", NET, "--steps", 60, "--threads", 1, "--study", "all.aann", *rounds)
    assert result.returncode == 0, result.stderr
    said = [line.split(": aann ", 1)[1] for line in result.stderr.splitlines() if line.startswith("round ")]
    assert [line.split(" --")[0] for line in said] == ["car record", "search", "car record", "search"], said
    families = answer("list", "all.aann")["families"]
    assert [(family["name"], len(family["members"])) for family in families] == [
        ("data", 2), ("data, corrected 1", 2), ("data, corrected 2", 2)], families
    search("data.npz", "parts.aann", "--members", 2, "--steps", 60)
    for line in said:
        words = shlex.split(line.replace("all.aann", "parts.aann"))
        good(*words, *(["--quiet"] if words[0] == "search" else []))
    for family, other in zip(families, answer("list", "parts.aann")["families"]):
        assert [member["hash"] for member in family["members"]] == [member["hash"] for member in other["members"]]
    together, each = (answer("car", "record", "--driver", "all.aann:1,2", "--driver-episodes", 2, "--episodes", 1, "--out", "c.npz", *more)
                      for more in ((), ("--each",)))
    assert together["corrections"] > 0 and each["corrections"] > 0 and together != each
    for arguments, words in ((["--dagger", 1, "--seconds", 5], "neither"), (["--dagger-episodes", 3], "is for --dagger"),
                             (["--dagger", 0], "--dagger: '0'")):
        result = run("search", "--data", "data.npz", "--net", NET, "--study", "bad.aann", *arguments)
        assert (result.returncode, words in result.stderr) == (2, True), result.stderr
    result = run("search", "--data", TRAIN, "--net", "10", "--study", "bad.aann", "--dagger", 1)
    assert (result.returncode, "for drivers" in result.stderr) == (2, True), result.stderr
    for option in ("--each", "--lost"):
        assert run("car", "record", option, "--out", "c.npz").returncode == 2


@without_sanitizers
def test_lost_laps_alone_are_corrected():
    """Of four laps of which one is lost, what is recorded is that one, as if it had been driven alone."""
    def recorded(first, laps, *more):
        result = answer("car", "record", "--driver", "gallery:driver", "--episodes", 1, "--every", 20, "--first-track", first - 1,
                        "--driver-episodes", laps, "--out", "c.npz", *more)
        return result["corrections"], result["driver_reward"], {view.tobytes() for view in np.load("c.npz")["inputs"]}
    laps = answer("drive", "gallery:driver", "--tracks", "573:577")
    assert laps["finished"] == [True, True, False, True], "the test needs a driver that loses one of these"
    count, mean, frames = recorded(573, 4, "--lost")
    alone, _, lost = recorded(575, 1)
    assert count == alone > 20 and abs(mean - laps["mean"]) < 1e-9
    assert len(frames & lost) >= count
    assert recorded(576, 1, "--lost")[0] == 0, "a lap that is finished teaches nothing here"


@without_sanitizers
def test_reward_search_is_the_same_after_kill():
    record("data.npz")
    search("data.npz", "first.aann", "--output-scale", 8)
    command = ["search", "--start", "first.aann:1", "--reward", "--tracks", "5:8", "--steps", 30, "--quiet", "--first-check", 1]
    whole = answer(*command, "--study", "whole.aann", "--threads", 1)
    member = whole["members"][0]
    laps = answer("drive", "whole.aann", 1, "--tracks", "5:8")
    assert abs(1 - laps["mean"] / 1000 - member["train_loss"]) < 2e-6, "its loss is the reward lost"
    assert laps["mean"] >= answer("drive", "first.aann", 1, "--tracks", "5:8")["mean"], "without a temperature it never gets worse"
    arguments = [PROGRAM, *map(str, command), "--study", "cut.aann", "--threads", "2", "--checkpoint-seconds", "0.01"]
    for _ in range(3):
        with subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            while process.poll() is None and '"members":[{' not in run("list", "cut.aann", "--json").stdout.replace(" ", ""):
                time.sleep(0.05)  # until there is a member to resume
            time.sleep(0.7)
            process.send_signal(signal.SIGKILL)
        arguments = [PROGRAM, "resume", "cut.aann", "--quiet", "--checkpoint-seconds", "0.01"]
    answer("resume", "cut.aann", "--quiet", "--threads", 2)
    assert hashes("cut.aann") == hashes("whole.aann")
    for more, code, words in [(["--tracks", "9:9"], 2, "9:9"), (["--tracks", "x"], 2, "x")]:
        result = run("search", "--start", "first.aann:1", "--reward", *more)
        assert (result.returncode, words in result.stderr) == (code, True), (more, result.stderr)
    result = run("search", "carracing", "--data", "data.npz", "--reward")
    assert result.returncode == 2 and "--start" in result.stderr


def test_drives_that_end_early():
    """Phases drive farther and farther; what a member is measured by are the drives of its last phase."""
    record("data.npz")
    search("data.npz", "first.aann", "--output-scale", 8)
    command = ["search", "--start", "first.aann:1", "--reward", "--tracks", "5:8", "--quiet", "--threads", 1]
    phases = "steps=4 reward_steps=30; steps=4"
    said = answer(*command, "--phases", phases, "--study", "farther.aann")["members"][0]
    laps = answer("drive", "farther.aann", 1, "--tracks", "5:8")
    assert abs(1 - laps["mean"] / 1000 - said["train_loss"]) < 2e-6
    short = answer(*command, "--reward-steps", 30, "--steps", 4, "--study", "short.aann")["members"][0]
    assert abs(short["train_loss"] - said["train_loss"]) > 1e-3, "a drive of 30 steps gains less than a whole one"
    for wrong in (["--start", "first.aann:1", "--reward", "--reward-steps", 1001], ["--start", "first.aann:1", "--reward-steps", 30]):
        result = run("search", *wrong, "--steps", 1)
        assert result.returncode in (1, 2) and "reward" in result.stderr, result


def test_the_steps_of_a_reward_search_are_drives():
    """By default a number that drives can be done in; with a time, as many as drives, not pictures, fit into it."""
    record("data.npz")
    search("data.npz", "first.aann", "--output-scale", 8)
    command = ["search", "--start", "first.aann:1", "--reward", "--tracks", "5:8", "--quiet"]
    with subprocess.Popen([PROGRAM, *command, "--study", "default.aann"], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as process:
        for _ in range(500):
            stored = run("list", "default.aann", "--json")
            if stored.returncode == 0 and '"hash"' in stored.stdout:
                break
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    assert answer("list", "default.aann")["families"][0]["options"]["steps"] == 3000
    begun = run(*command, "--seconds", 2, "--study", "timed.aann")
    assert begun.returncode in (0, 1), begun.stderr
    steps = answer("list", "timed.aann")["families"][0]["options"]["steps"]
    assert 1 <= steps < 3000, f"{steps}: counted in pictures, not in drives"


def test_corrections_of_a_driver():
    record("data.npz")
    search("data.npz", "first.aann", "--output-scale", 8)
    said = record("more.npz", "--driver", "first.aann:1", "--driver-episodes", 3)
    plain = np.load("data.npz")
    assert said["corrections"] > 0 and said["count"] == plain["inputs"].shape[0] + said["corrections"]
    tracks = answer("drive", "first.aann", 1, "--tracks", "1000002:1000005")
    assert abs(said["driver_reward"] - tracks["mean"]) < 1e-6
    for more, code, words in [(["--driver", "first.aann"], 2, "STUDY:ID"), (["--driver", "none.aann:1"], 1, "none.aann"),
                              (["--driver-episodes", 3], 2, "--driver")]:
        result = run("car", "record", "--out", "x.npz", "--episodes", 1, *more)
        assert (result.returncode, words in result.stderr) == (code, True), (more, result.stderr)


def test_ensembles():
    record("data.npz")
    search("data.npz", "two.aann", "--output-scale", 8, "--members", 2)
    alone = answer("drive", "two.aann", 1, "--tracks", "7:9")
    assert alone == answer("drive", "two.aann", "--ensemble", "1,1,1", "--tracks", "7:9"), "three times the same is the same"
    both = answer("drive", "two.aann", "--ensemble", "1,2", "--tracks", "7:9")
    assert both == answer("drive", "two.aann", "--ensemble", "2,1", "--tracks", "7:9") and both != alone
    for arguments, code, words in [(["two.aann"], 2, "ID of a member"), (["two.aann", 1, "--ensemble", "1,2"], 2, "--ensemble"),
                                   (["two.aann", "--ensemble", "1,x"], 2, "x"), (["two.aann", "--ensemble", "1,9"], 1, "9")]:
        result = run("drive", *arguments)
        assert (result.returncode, words in result.stderr) == (code, True), (arguments, result.returncode, result.stderr)


def test_a_saved_driver():
    """A model file drives as the member does, and its drives are corrected as the member's are."""
    record("data.npz")
    search("data.npz", "first.aann", "--output-scale", 8)
    good("save", "first.aann", 1, "--out", "driver.aannm")
    assert answer("drive", "driver.aannm", "--tracks", "7:9") == answer("drive", "first.aann", 1, "--tracks", "7:9")
    watched = answer("drive", "driver.aannm", "--track", 7, "--out", "drive.webp", "--every", 100, "--enlarge", 1)
    assert watched["rewards"] == answer("drive", "first.aann", 1, "--track", 7, "--out", "d.webp", "--every", 100)["rewards"]
    for name, driver in (("a.npz", "driver.aannm"), ("b.npz", "first.aann:1")):
        record(name, "--driver", driver, "--driver-episodes", 2)
    one, other = np.load("a.npz"), np.load("b.npz")
    assert all((one[name] == other[name]).all() for name in other.files)
    good("search", "--data", "data.npz", "--net", "2C7vs8-MP4-4-3", "--steps", 10, "--encoding", "global", "--quiet", "--study", "g.aann")
    good("save", "g.aann", 1, "--out", "global.aannm")
    result = run("drive", "global.aannm", "--tracks", "7:8")
    assert (result.returncode, "were not encoded as bytes" in result.stderr) == (2, True), result.stderr


def test_a_changed_driver_and_other_colours():
    record("data.npz")
    search("data.npz", "two.aann", "--output-scale", 8, "--members", 2)
    good("save", "two.aann", 1, "--out", "driver.aannm")
    plain = answer("drive", "two.aann", 1, "--tracks", "7:9")
    changes = [["--lesion", 60], ["--lesion", 60, "--draw", 1], ["--shuffle"], ["--shared-weight", 0.5], ["--domain-randomize"]]
    seen = [plain["rewards"]]
    for change in changes:
        laps = answer("drive", "two.aann", 1, "--tracks", "7:9", *change)
        # Networks of one weight without signs drive alike: they turn on the spot.
        assert laps["rewards"] not in seen or change[0] == "--shared-weight", (change, laps)
        seen.append(laps["rewards"])
        assert laps == answer("drive", "driver.aannm", "--tracks", "7:9", "--threads", 2, *change), change
        watched = answer("drive", "driver.aannm", "--track", 8, "--out", "d.webp", "--every", 500, *change)
        assert watched["rewards"] == laps["rewards"][1:], change
    assert plain == answer("drive", "two.aann", 1, "--tracks", "7:9", "--lesion", 0)
    together = ["drive", "two.aann", "--ensemble", "1,2", "--tracks", "7:9"]
    assert answer(*together, "--lesion", 60) != answer(*together)
    assert "60 % of the synapses of all layers deleted" in good("drive", "driver.aannm", "--tracks", "7:8", "--lesion", 60)
    for change, words in (["--lesion", 5, "--shuffle"], "one of them"), (["--lesion", 5, "--layer", 9], "--layer"), (["--lesion", 101], "101"), (["--layer", 0], "say which --lesion"), (["--shared-weight", 0], "shared weight of 0"):
        result = run("drive", "driver.aannm", "--tracks", "7:8", *change)
        assert (result.returncode, words in result.stderr) == (2, True), (change, result.stderr)


def test_every_output_counts_by_its_variance():
    """The stored loss is the squared error over the variance, from the predictions, computed here."""
    record("data.npz")
    search("data.npz", "loss.aann", "--validation", 0, "--first-samples", 0)
    good("predict", "loss.aann", 1, "--data", "data.npz", "--logits", "logits.npy")
    z = np.clip(np.load("logits.npy"), -127, 127) / 127
    targets = np.load("data.npz")["targets"].astype(float)
    wanted = (((z - targets) ** 2).mean(axis=0) / targets.var(axis=0)).sum()
    loss = answer("show", "loss.aann", 1)["train_loss"]
    assert abs(loss - wanted) < 1e-5 * wanted, (loss, wanted)


def test_a_drive_is_the_same_however_it_is_done():
    record("data.npz")
    search("data.npz", "drive.aann")
    many = answer("drive", "drive.aann", 1, "--tracks", "7:12")
    assert len(many["rewards"]) == 5
    assert many == answer("drive", "drive.aann", 1, "--tracks", "7:12", "--threads", 3)
    assert many["rewards"][2:3] == answer("drive", "drive.aann", 1, "--tracks", "9:10", "--isa", "baseline")["rewards"]
    rewards = np.array(many["rewards"])
    assert abs(many["mean"] - rewards.mean()) < 1e-9 and abs(many["sd"] - rewards.std()) < 1e-9
    assert many["min"] == rewards.min() and many["solved"] == (rewards >= 900).mean()
    shown = answer("drive", "drive.aann", 1, "--track", 9, "--out", "drive.webp", "--every", 100, "--enlarge", 1)
    assert shown["rewards"] == many["rewards"][2:3], "watching changes the drive"
    with open("drive.webp", "rb") as file:
        head = file.read(12)
    assert head[:4] == b"RIFF" and head[8:] == b"WEBP"
    good("drive", "drive.aann", 1, "--track", 9, "--out", "frame.png", "--every", 500)
    with open("frame-0000.png", "rb") as file:
        assert file.read(8) == b"\x89PNG\r\n\x1a\n"


def test_mistakes():
    rng = np.random.default_rng(0)
    np.savez("plain.npz", inputs=rng.integers(0, 256, (60, 96, 96), dtype=np.uint8),
             targets=rng.uniform(-1, 1, (60, 3)).astype(np.float32))
    search("plain.npz", "plain.aann")
    np.savez("half.npz", inputs=np.zeros((4, 96, 96), np.uint8), targets=np.zeros((4, 3), np.float32),
             target_mean=np.zeros(3, np.float32))
    for arguments, code, words in [
            (["car", "record"], 2, "--out"), (["car", "record", "--out", "/nonexistent/x.npz", "--episodes", 1], 1, "/nonexistent"),
            (["search", "carracing"], 2, "--data"), (["drive", "plain.aann"], 2, "ID"),
            (["drive", "plain.aann", 1, "--tracks", "0:1"], 1, "target_mean"),
            (["drive", "plain.aann", 1, "--tracks", "3:2"], 2, "3:2"),
            (["drive", "plain.aann", 1, "--out", "x.png"], 2, "--track"),
            (["drive", "plain.aann", 1, "--tracks", "0:1", "--track", 1], 2, "one of them"),
            (["search", "--data", "half.npz", "--net", NET], 1, "target_scale")]:
        result = run(*arguments)
        assert (result.returncode, words in result.stderr) == (code, True), (arguments, result.returncode, result.stderr)


if __name__ == "__main__":
    main(globals())
