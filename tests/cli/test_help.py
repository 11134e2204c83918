"""The help of every command: it comes, fits into 78 columns, and reads in the source as on the screen."""
import os
import pathlib
import re
import subprocess

PROGRAM = os.environ["AANN"]
SOURCE = pathlib.Path(os.environ["AANN_SOURCE_DIR"])
WIDTH = 78


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False)


def read_help(*command):
    """The lines of a help text, which must come, alone and on the standard output."""
    done = run(*command, "--help")
    name = " ".join(command)
    assert done.returncode == 0, f"aann {name} --help: exit status {done.returncode}: {done.stderr}"
    assert done.stderr == "", f"aann {name} --help: {done.stderr}"
    lines = done.stdout.splitlines()
    assert len(lines) > 3, f"aann {name} --help says next to nothing: {lines}"
    for line in lines:
        assert len(line) <= WIDTH, f"aann {name} --help: {len(line)} columns, expected at most {WIDTH}: {line}"
        assert line == line.rstrip(), f"aann {name} --help: a line ends in spaces: {line!r}"
    return lines


def listed(lines):
    """The commands in a list of commands."""
    return [match.group(1) for match in (re.match(r"  ([a-z]+) +\S", line) for line in lines)
            if match and match.group(1) != "aann"]


def check_command(*command):
    lines = read_help(*command)
    name = " ".join(command)
    assert lines[0].startswith(f"usage: aann {name} "), f"aann {name} --help begins with: {lines[0]}"
    assert read_help(*command) == run(*command, "-h").stdout.splitlines(), f"aann {name}: -h is not --help"


def check_literals(path):
    """Each line of a description in the source is a line of the help."""
    inside = False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.rstrip().endswith("description[] =") or line.rstrip().endswith(".description ="):
            inside = True
        elif inside:
            assert re.match(r'\s*"([^"\\]|\\.)*\\n"[;,]?$', line), f"{path}:{number}: no line of help: {line}"
            inside = line.endswith('"')


def main():
    commands = listed(read_help())
    assert len(commands) >= 17, f"aann --help lists {commands}"
    for command in commands:
        if command in ("car", "export"):
            parts = listed(read_help(command))
            assert len(parts) >= (5 if command == "car" else 1), f"aann {command} --help lists {parts}"
            for part in parts:
                check_command(command, part)
        else:
            check_command(command)
    assert run("help").stdout == run("--help").stdout
    sources = sorted((SOURCE / "src" / "cli").rglob("*.c"))
    for path in sources:
        check_literals(path)
    print(f"the help of {len(commands)} commands fits; {len(sources)} sources read as they print")


if __name__ == "__main__":
    main()
