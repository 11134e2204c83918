#!/usr/bin/env python3
"""Runs the instructions of packaging/Dockerfile where there is no Docker: each stage in a Debian that debootstrap
makes, in build-docker/. Then the image's program searches, and what it needs is there. Needs root and debootstrap.

AANN_DEBIAN_MIRROR names another mirror than the one that this machine installs from.
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[1]
WORK = SOURCE / "build-docker"
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root",
               "DEBIAN_FRONTEND": "noninteractive"}


def instructions(path):
    """(word, rest) of each instruction, continued lines joined, comments left out."""
    text = re.sub(r"^\s*#.*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for line in re.sub(r"\\\n", " ", text).splitlines():
        if line.strip():
            yield line.split(maxsplit=1)


def quietly(command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **options)
    if done.returncode != 0:
        sys.exit(f"{done.stdout[-4000:]}\nfailed: {command}")
    return done.stdout


class Image:
    """A stage: a root folder, where it works, and what it runs."""

    def __init__(self, number, base):
        match = re.fullmatch(r"debian:([a-z]+)-slim", base)
        if not match:
            sys.exit(f"FROM {base}: this script knows debian:NAME-slim")
        self.root = WORK / f"root{number}"
        self.folder = "/"
        self.entry, self.arguments = [], []
        mirror = quietly([str(SOURCE / "scripts" / "debian_mirror.sh")]).strip()
        quietly(["debootstrap", "--variant=minbase", match.group(1), str(self.root), mirror])
        for name in ("resolv.conf", "hosts"):
            shutil.copy(f"/etc/{name}", self.root / "etc" / name)

    def run(self, command, **options):
        inside = ["chroot", str(self.root), "/bin/sh", "-c", f"cd {self.folder} && {command}"]
        return quietly(inside, env=ENVIRONMENT, stdin=options.pop("stdin", subprocess.DEVNULL), **options)

    def path(self, name):
        return self.root / (pathlib.PurePosixPath(self.folder) / name).relative_to("/")


def copy(words, image, images):
    """COPY from the sources, as git has them, or from an earlier stage."""
    *source, target = words
    if source[0].startswith("--from="):
        origin = images[source[0].removeprefix("--from=")]
        image.path(target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(origin.path(source[1]), image.path(target))
        return
    if source != ["."]:
        sys.exit(f"COPY {' '.join(words)}: this script knows COPY . FOLDER")
    image.path(target).mkdir(parents=True)
    files = subprocess.run(["git", "ls-files", "-z"], cwd=SOURCE, capture_output=True, check=True).stdout
    quietly(["cp", "--parents", "-t", str(image.path(target)), *files.decode().rstrip("\0").split("\0")], cwd=SOURCE)


def build(path):
    images = {}
    image = None
    for word, rest in instructions(path):
        print(f"{word} {' '.join(rest.split())[:100]}", flush=True)
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            image = images[name.strip() or str(len(images))] = Image(len(images), base.strip())
        elif word == "RUN":
            image.run(rest)
        elif word == "COPY":
            copy(rest.split(), image, images)
        elif word == "WORKDIR":
            image.folder = rest.strip()
            image.path(".").mkdir(parents=True, exist_ok=True)
        elif word == "ENTRYPOINT":
            image.entry = json.loads(rest)
        elif word == "CMD":
            image.arguments = json.loads(rest)
        else:
            sys.exit(f"{word}: this script does not know it")
    return image


def main():
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir()
    image = build(SOURCE / "packaging" / "Dockerfile")
    program = " ".join(image.entry)
    if "usage: aann" not in image.run(f"{program} {' '.join(image.arguments)}"):
        sys.exit("the image does not print the help")
    rows = "".join(f"{i % 7},{i % 5},{'high' if i % 7 > 3 else 'low'}\n" for i in range(200))
    image.path("t.csv").write_text("a,b,kind\n" + rows, encoding="utf-8")
    image.run(f"{program} search --data t.csv --net 8-2 --steps 2000 --members 2 --study t.aann")
    image.run(f"{program} geometry t.aann --pictures pictures")
    answers = image.run(f"printf 'a,b\\n6,1\\n0,1\\n' | {program} predict t.aann 1 --data -").split()
    if answers != ["high", "low"]:
        sys.exit(f"the image's program answers {answers}")
    print("the Dockerfile's instructions work, and so does the program in the image")
    shutil.rmtree(WORK)


if __name__ == "__main__":
    main()
