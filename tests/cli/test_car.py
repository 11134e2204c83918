"""aann car: what replay prints is what Gymnasium did; pictures are written; mistakes are told apart."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

import numpy as np

AANN = os.environ.get("AANN", "build/aann")
GOLDEN = os.path.join(os.environ.get("AANN_SOURCE_DIR", "."), "tests", "car", "golden")


def run(*arguments):
    return subprocess.run([AANN, "car", *arguments], capture_output=True, text=True)


def nine(value):
    return float("%.9g" % value)


class Car(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.rows = np.loadtxt(os.path.join(GOLDEN, "drive_waves.csv"), delimiter=",", skiprows=1)
        self.csv = os.path.join(self.folder.name, "actions.csv")
        np.savetxt(self.csv, self.rows[:, :3], delimiter=",", fmt="%.17g")
        self.json = os.path.join(self.folder.name, "actions.json")
        with open(self.json, "w") as file:
            json.dump(self.rows[:, :3].tolist(), file)

    def tearDown(self):
        self.folder.cleanup()

    def test_replay_is_what_gymnasium_did(self):
        for path in [self.csv, self.json]:
            answer = run("replay", "--seed", "0", "--actions", path, "--json")
            self.assertEqual(answer.returncode, 0, answer.stderr)
            ours = json.loads(answer.stdout)
            self.assertEqual(len(ours["track"]), 319)
            self.assertEqual(len(ours["hull"]), len(self.rows))
            for i, row in enumerate(self.rows):
                self.assertEqual(ours["hull"][i], [nine(v) for v in row[3:9]])
                self.assertEqual(ours["omega"][i], [nine(v) for v in row[9:13]])
                self.assertEqual(ours["joint"][i], [nine(v) for v in row[13:17]])
                self.assertEqual(ours["ntiles"][i], row[17:21].tolist())
                self.assertEqual(ours["reward"][i], nine(row[21]))
                self.assertEqual(ours["visited"][i], row[22])
                self.assertEqual(ours["terminated"][i], bool(row[23]))

    def test_frames_are_written(self):
        answer = run("replay", "--seed", "0", "--actions", self.csv, "--frames", "0,150", "--out", self.folder.name)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        with open(os.path.join(GOLDEN, "frames.csv")) as file:
            place = [line.strip() for line in file].index("waves,150")
        wanted = np.load(os.path.join(GOLDEN, "frames.npy"))[place].astype(int)
        ours = np.load(os.path.join(self.folder.name, "frame_150.npy"))
        self.assertEqual((ours.shape, ours.dtype), ((96, 96, 3), np.uint8))
        self.assertLess(np.abs(ours[:84] - wanted[:84]).mean(), 0.3)
        self.assertTrue(os.path.exists(os.path.join(self.folder.name, "frame_0.npy")))

    def test_expert_and_bench(self):
        answer = run("expert", "--tracks", "0:2", "--json")
        expert = json.loads(answer.stdout)
        self.assertEqual(len(expert["rewards"]), 2)
        self.assertGreater(expert["min"], 900)
        self.assertEqual(expert["finished"], [True, True])
        bench = json.loads(run("bench", "--seconds", "1", "--json").stdout)
        self.assertGreater(bench["steps_per_second"]["without_rendering"], bench["steps_per_second"]["with_rendering"])
        self.assertGreater(bench["resets_per_second"], 0)
        many = json.loads(run("bench", "--seconds", "1", "--cars", "3", "--threads", "2", "--json").stdout)
        self.assertEqual((many["cars"], many["threads"]), (3, 2))
        for name in ["with_rendering", "without_rendering"]:
            rates = many[name]
            self.assertAlmostEqual(rates["ratio"], rates["steps_per_second"] / rates["one_car_steps_per_second"], places=6)
        for arguments, word in [(["--threads", "2"], "--cars"), (["--cars", "0"], "1 to 4096")]:
            answer = run("bench", *arguments)
            self.assertEqual((answer.returncode, word in answer.stderr), (2, True))

    def test_the_style_of_the_expert(self):
        def steps(*style):
            return json.loads(run("expert", "--tracks", "0:2", "--teacher", *style, "--json").stdout)["steps"]

        usual = steps()
        self.assertEqual(steps("--top-speed", "80", "--lateral", "90", "--widest", "3.83"), usual, "what the help says")
        for style in [("--top-speed", "60"), ("--lateral", "70"), ("--widest", "0")]:
            self.assertTrue(all(slow > fast for slow, fast in zip(steps(*style), usual)), style)
        for option, value, expected in [("--top-speed", "-1", "1 to 1000"), ("--lateral", "0", "1 to 1000"),
                                        ("--widest", "11", "0 to 10")]:
            answer = run("expert", option, value)
            self.assertEqual((answer.returncode, option in answer.stderr, expected in answer.stderr), (2, True, True))

    def test_mistakes(self):
        bad = os.path.join(self.folder.name, "bad.csv")
        with open(bad, "w") as file:
            file.write("0,0,0\n1,2\n")
        for arguments, code, words in [
                ([], 2, "missing command"), (["fly"], 2, "fly"), (["replay", "--seed", "0"], 2, "--actions"),
                (["replay", "--seed", "0", "--actions", "/nonexistent"], 1, "/nonexistent"),
                (["replay", "--seed", "0", "--actions", bad], 1, ":2"),
                (["replay", "--seed", "0", "--actions", self.csv, "--frames", "1"], 2, "--out"),
                (["expert", "--tracks", "5:5"], 2, "5:5"), (["play"], 1, "terminal")]:
            answer = subprocess.run([AANN, "car", *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL)
            self.assertEqual((answer.returncode, arguments), (code, arguments), answer.stderr)
            self.assertIn(words, answer.stderr)


if __name__ == "__main__":
    if not os.path.exists(AANN):
        sys.exit(77)
    unittest.main()
