"""Fetching data that is told to stop while a server keeps it waiting: nothing is left behind, and what was there stays.
What a killed fetch leaves goes with the next one.

ctest-timeout: 300
"""
import http.server
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

from program import PROGRAM, main

FAILED = 1


class Slow(http.server.BaseHTTPRequestHandler):
    """Gives the first bytes of a file, and then none for as long as somebody waits."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "100000000")
        self.end_headers()
        self.wfile.write(bytes(100000))
        self.wfile.flush()
        self.server.waits.wait(100)

    def log_message(self, *arguments):
        pass


def start(folder, port):
    surroundings = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    surroundings.update(AANN_DATA=str(folder), AANN_MIRROR=f"http://127.0.0.1:{port}")
    return subprocess.Popen([PROGRAM, "data", "fetch", "mnist"], env=surroundings, stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, text=True)


def size(path):
    try:
        return path.stat().st_size
    except FileNotFoundError:  # the stale ones go meanwhile
        return 0


def half_files(folder):
    """Files in the making that have bytes."""
    return {path for path in folder.glob(".fetch-*/*") if size(path) > 0}


def wait_for_half_a_file(folder, before, process):
    """Until there is one that is new."""
    end = time.monotonic() + 60
    while not half_files(folder) - before:
        assert process.poll() is None and time.monotonic() < end, process.communicate()
        time.sleep(0.02)


def stop(folder, port, number):
    """Starts a fetch, and sends it the signal while it waits; returns what it said."""
    before = half_files(folder)
    process = start(folder, port)
    wait_for_half_a_file(folder, before, process)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == (-number if number == signal.SIGKILL else FAILED), (process.returncode, said)
    return said


def test_signals():
    folder = pathlib.Path("data")
    (folder / "mnist").mkdir(parents=True)
    (folder / "mnist" / "train-images-idx3-ubyte").write_text("mine")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    server.daemon_threads = True
    server.waits = threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL, signal.SIGTERM):
        said = stop(folder, port, number)
        left = sorted(path.name for path in folder.iterdir())
        if number == signal.SIGKILL:
            assert len(left) == 2 and left[0].startswith(".fetch-"), left
        else:
            assert "stopped; nothing was changed" in said and left == ["mnist"], (number, said, left)
        assert [path.read_text() for path in (folder / "mnist").iterdir()] == ["mine"]
    server.waits.set()
    server.shutdown()


if __name__ == "__main__":
    if sys.platform != "linux":
        sys.exit(77)
    main(globals())
