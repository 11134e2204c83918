"""Ctrl-C, SIGTERM and SIGHUP while data are loaded: there is nothing to store yet, so the program ends at once, and the
same command works afterwards. The data come from a pipe whose writer never writes: loading takes for ever."""
import os
import signal
import subprocess
import time

from program import PROGRAM, SEARCH, TEST, TRAIN, answer, hashes, made_study, main

SECONDS = 2.0  # that a busy machine may take; a tenth of one on an idle one


def ends_at_once(number, *arguments):
    """Starts the program on data from the pipe, and ends it with the signal."""
    pipe = "pipe"
    os.mkfifo(pipe)
    process = subprocess.Popen([PROGRAM, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for _ in range(3000):  # a writer cannot open it before its reader does
        try:
            writer = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
            break
        except OSError:
            time.sleep(0.01)
    time.sleep(0.1)
    assert process.poll() is None, process.communicate()
    began = time.monotonic()
    process.send_signal(number)
    try:
        _, messages = process.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise AssertionError("goes on loading") from None
    finally:
        os.close(writer)
        os.remove(pipe)
    seconds = time.monotonic() - began
    assert process.returncode == -number and messages == "", (process.returncode, messages)
    assert seconds < SECONDS, seconds


def test_search():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        ends_at_once(number, "search", "--data", "pipe", *SEARCH[3:], "--quiet", "--study", "s.aann")
        assert not os.path.exists("s.aann")


def test_resume():
    few = ["--steps", 2000, "--threads", 1, "--quiet"]
    made_study("whole.aann", *SEARCH, *few, "--members", 2)
    made_study("s.aann", *SEARCH, *few)
    before = hashes("s.aann")
    ends_at_once(signal.SIGINT, "resume", "s.aann", "--members", 2, "--data", "pipe", "--test", TEST, "--quiet")
    answer("resume", "s.aann", "--data", TRAIN, "--test", TEST, "--quiet")
    assert hashes("s.aann")[:1] == before[:1] and hashes("s.aann") == hashes("whole.aann")
    assert sorted(os.listdir()) == ["s.aann", "whole.aann"], os.listdir()


main(globals())
