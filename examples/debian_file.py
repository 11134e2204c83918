"""Finds a file of a Debian package, without installing the package if it is not there.

Both examples use data that Debian ships. If the package is installed, its file is used where it lies; else the
package is downloaded (apt-get download) and unpacked into a temporary folder. No rights of root are needed.
"""
import pathlib
import subprocess
import sys
import tempfile


def open_file(package, path, read):
    """read(path) of the file that `package` installs at the absolute `path`."""
    if pathlib.Path(path).exists():
        return read(path)
    with tempfile.TemporaryDirectory() as folder:
        try:
            subprocess.run(["apt-get", "download", package], cwd=folder, check=True, stdout=subprocess.DEVNULL,
                           stderr=subprocess.PIPE, text=True)
            archive = next(pathlib.Path(folder).glob("*.deb"))
            subprocess.run(["dpkg-deb", "-x", archive, folder], check=True)
        except (OSError, subprocess.CalledProcessError, StopIteration) as problem:
            reason = getattr(problem, "stderr", None) or problem
            sys.exit(f"cannot get {path}: install the package {package} ({str(reason).strip()})")
        unpacked = pathlib.Path(folder) / path.lstrip("/")
        if not unpacked.exists():
            sys.exit(f"this release's package {package} does not hold {path}")
        return read(unpacked)
