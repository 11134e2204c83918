#!/usr/bin/env python3
"""Makes train.npz and test.npz from five minutes of a real electrocardiogram.

    python3 make_data.py [FOLDER [ecg.dat]]

The recording (record 208 of the MIT-BIH arrhythmia database, lead II, 360 Hz) is a file of Debian 12's package
python3-scipy. Later releases of SciPy keep it apart (https://github.com/scipy/dataset-ecg): name the file then. Each sample is a window of 0.8 s, 96 values at 120 Hz. Class 1: a heartbeat lies in its middle, within
20 ms. Class 0: no beat lies within 100 ms of its middle. There are as many of one as of the other.

The recording comes without the cardiologists' annotation, so the beats are found here by a plain detector that sees
the whole signal at 360 Hz: where the energy of the slope, smoothed over 150 ms, has a peak above a share of its usual
height. What a network learns is therefore to agree with that detector from a short, coarse window.

The first four minutes are the training set, the fifth is the test set. Needs numpy.
"""
import pathlib
import sys

import numpy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from debian_file import open_file  # noqa: E402

PACKAGE = "python3-scipy"
FILE = "/usr/lib/python3/dist-packages/scipy/misc/ecg.dat"
RATE = 360           # values per second in the recording
STEP = 3             # of these make one value of a window
WINDOW = 96          # values in a window
NEAR, FAR = 7, 36    # in values of the recording: 20 ms and 100 ms
TRAINING_SECONDS = 240


def read_signal(path):
    """Millivolts, as the recording's own documentation converts them."""
    with numpy.load(path) as archive:
        return (archive["ecg"].astype(numpy.float64) - 1024.0) / 200.0


def find_beats(signal):
    """Positions of the beats in the recording."""
    width = int(0.15 * RATE)
    energy = numpy.convolve(numpy.gradient(signal) ** 2, numpy.ones(width) / width, "same")
    beats = []
    second = RATE
    for at in range(width, len(signal) - width):
        around = energy[max(0, at - 4 * second):at + 4 * second]
        is_peak = energy[at] == energy[at - width:at + width + 1].max()
        if is_peak and energy[at] > 0.3 * numpy.percentile(around, 95) and (not beats or at - beats[-1] > width):
            beats.append(at)
    return numpy.array(beats)


def cut_windows(signal, centres):
    half = WINDOW * STEP // 2
    windows = numpy.stack([signal[c - half:c + half] for c in centres])
    windows = windows.reshape(len(centres), WINDOW, STEP).mean(axis=2)
    # The base line wanders; a window's own median is its zero.
    windows -= numpy.median(windows, axis=1, keepdims=True)
    return windows.astype(numpy.float32).reshape(-1, 1, 1, WINDOW)


def make_set(signal, beats, begin, end):
    """Windows that lie wholly in begin..end, as many with a beat in the middle as without."""
    half = WINDOW * STEP // 2
    centres = numpy.arange(begin + half, end - half)
    distance = numpy.abs(centres[:, None] - beats[None, :]).min(axis=1)
    with_beat = centres[distance <= NEAR][::STEP]
    without = centres[distance > FAR]
    without = without[numpy.linspace(0, len(without) - 1, len(with_beat)).astype(int)]
    x = cut_windows(signal, numpy.concatenate([with_beat, without]))
    y = numpy.concatenate([numpy.ones(len(with_beat)), numpy.zeros(len(without))]).astype(numpy.uint8)
    # In the order of time, so that a piece of the set, such as its end, is a stretch of time of its own.
    order = numpy.argsort(numpy.concatenate([with_beat, without]), kind="stable")
    return x[order], y[order]


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    folder.mkdir(parents=True, exist_ok=True)
    signal = read_signal(sys.argv[2]) if len(sys.argv) > 2 else open_file(PACKAGE, FILE, read_signal)
    beats = find_beats(signal)
    print(f"{len(signal) / RATE:.0f} seconds, {len(beats)} beats")
    border = TRAINING_SECONDS * RATE
    for name, begin, end in (("train", 0, border), ("test", border, len(signal))):
        x, y = make_set(signal, beats, begin, end)
        numpy.savez(folder / f"{name}.npz", x=x, y=y)
        print(f"{folder / name}.npz: {len(y)} windows of {WINDOW} values")


if __name__ == "__main__":
    main()
