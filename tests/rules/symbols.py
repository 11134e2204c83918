"""What object files define and use, from nm; shared by the tests of exports and of circles."""
import json
import pathlib
import re
import subprocess

# Kinds of nm that somebody else can use: functions, data (written, zero, constant, common), unique and weak ones.
DEFINED = set("TDBRCGSuVWi")


def names(arguments):
    """(kind, name) of every symbol in nm's answer to `arguments`."""
    text = subprocess.run(["nm", "-P", *arguments], check=True, capture_output=True, text=True).stdout
    for line in text.splitlines():
        match = re.match(r"(\S+) ([A-Za-z])(?: |$)", line)
        if match:
            yield match.group(2), match.group(1).partition("@")[0]


def defined(path, *options):
    """The names with external linkage that the file defines."""
    return {name for kind, name in names([*options, str(path)]) if kind in DEFINED}


def tables(files):
    """{key: (names it defines, names it needs)} of object files {key: path}, with one call of nm."""
    found = {key: (set(), set()) for key in files}
    keys = {str(path): key for key, path in files.items()}
    text = subprocess.run(["nm", "-A", "-P", "-g", *keys], check=True, capture_output=True, text=True).stdout
    for line in text.splitlines():
        path, _, rest = line.partition(": ")
        name, kind = rest.split()[:2]
        if kind in DEFINED:
            found[keys[path]][0].add(name)
        elif kind == "U":
            found[keys[path]][1].add(name)
    return found


def objects(binary):
    """Object files of the library and the program: {"core/error.c" (kernels: "... avx2"): path}. They come from the
    compile commands, since a build folder also keeps objects of sources that are gone."""
    found = {}
    for entry in json.loads((pathlib.Path(binary) / "compile_commands.json").read_text(encoding="utf-8")):
        source = pathlib.PurePath(entry["file"]).as_posix()
        match = re.search(r"/src/(.+\.c)$", source)
        if match and "/tests/" not in source:
            isa = re.search(r"-DAANN_ISA=(\w+)", entry["command"])
            found[match.group(1) + (f" {isa.group(1)}" if isa else "")] = \
                pathlib.Path(entry["directory"]) / output(entry)
    return found


def output(entry):
    """The object file of a compile command."""
    if "output" in entry:
        return entry["output"]
    words = entry["command"].split()
    return words[words.index("-o") + 1]


def declarations(header):
    """The functions that a public header declares, as {name: has AANN_API}."""
    text = re.sub(r"/\*.*?\*/", " ", header.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"(?m)^\s*#.*(?:\\\n.*)*$", "", text).replace('extern "C" {', "")
    found, depth, chunk = {}, 0, ""
    for letter in text:
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if letter == ";" and depth <= 0:
            match = re.match(r"(?!\s*typedef\b)[^;={}]*?\b(aann_\w+)\s*\(", chunk)
            if match:
                found[match.group(1)] = "AANN_API" in chunk
            chunk = ""
        elif depth <= 0 and letter != "}":
            chunk += letter
    return found
