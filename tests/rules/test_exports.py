"""The library offers what its headers declare, and nothing else.

The shared library, linked from the static one's objects, exports exactly the functions that include/aann declares
with AANN_API; every name with external linkage in the static library starts with aann_, so that it meets no name
of a program that links it.

Usage: test_exports.py [LIBRARY.so]   (without: one is linked for the test)
"""
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import symbols  # noqa: E402 (the path comes first)
import test_dependencies  # noqa: E402


def built_folders(binary):
    """Folders of src/ that are in the build, but not those of which it only has stand-ins."""
    paths = list(symbols.objects(binary))
    return {path.partition("/")[0] for path in paths} - \
        {path.partition("/")[0] for path in paths if "/absent/" in path}


def static_library(binary):
    for name in ("libaann.a", "libaann_inside.a"):
        if (binary / name).exists():
            return binary / name
    sys.exit(f"no static library in {binary}")


def link_shared(static, folder):
    """A shared library of all objects. What they use from elsewhere is not linked: nobody runs it."""
    shared = folder / "libaann.so"
    subprocess.run([os.environ.get("CC", "cc"), "-shared", "-o", shared, "-Wl,--whole-archive", static,
                    "-Wl,--no-whole-archive"], check=True)
    return shared


def declared(root, folders):
    """Functions of the public headers that `folders` implement, all functions, complaints about those without
    AANN_API."""
    public, known, complaints = set(), set(), []
    for header in sorted((root / "include" / "aann").glob("*.h")):
        is_built = test_dependencies.HEADER_FOLDER.get(header.stem, header.stem) in folders
        for name, marked in symbols.declarations(header).items():
            known.add(name)
            if is_built:
                public.add(name)
            if not marked:
                complaints.append(f"include/aann/{header.name}: {name} lacks AANN_API")
    return public, known, complaints


def compare(public, known, exported):
    """Complaints about names that are declared, but not exported, and the other way round. A build without some part
    may export stand-ins for its functions: they are known."""
    return [f"{name} is declared in include/aann, but the library does not export it"
            for name in sorted(public - exported)] + \
        [f"{name} is exported, but no header in include/aann declares it" for name in sorted(exported - known)]


def foreign(static):
    return [f"{name} has external linkage, but does not start with aann_"
            for name in sorted(symbols.defined(static, "-g")) if not name.startswith("aann_")]


def check_the_checker(folder):
    """Declarations of all shapes are found, and each kind of fault is."""
    header = folder / "sample.h"
    header.write_text('#include <a.h>\nextern "C" {\n/* aann_comment(void); */\n'
                      "typedef void (*aann_callback)(int x);\ntypedef struct aann_s { int (*f)(int); } aann_s;\n"
                      "AANN_API int aann_one(void);\nint aann_two(int a,\n    int b); /* (c) */\n"
                      "AANN_API const char *const *aann_three(aann_s s);\nenum { A = 1 };\n}\n", encoding="utf-8")
    found = symbols.declarations(header)
    if found != {"aann_one": True, "aann_two": False, "aann_three": True}:
        sys.exit(f"the checker is broken: it found {found}")
    source = folder / "sample.c"
    source.write_text('__attribute__((visibility("default"))) int aann_one(void) { return 1; }\n'
                      "int aann_two(void) { return 2; }\nint bare = 3;\nstatic int own(void) { return 4; }\n"
                      "int (*aann_pointer)(void) = own;\n", encoding="utf-8")
    compiler = os.environ.get("CC", "cc")
    subprocess.run([compiler, "-fPIC", "-fvisibility=hidden", "-c", source, "-o", folder / "sample.o"], check=True)
    subprocess.run(["ar", "rc", folder / "libsample.a", folder / "sample.o"], check=True)
    exported = symbols.defined(link_shared(folder / "libsample.a", folder), "-D")
    if exported != {"aann_one"} or len(foreign(folder / "libsample.a")) != 1 or \
            len(compare({"aann_one", "aann_two"}, {"aann_one", "aann_two"}, exported | {"aann_more"})) != 2:
        sys.exit(f"the checker is broken: it sees {exported} and {foreign(folder / 'libsample.a')}")


def main():
    binary = pathlib.Path(os.environ.get("AANN_BINARY_DIR", "build"))
    root = pathlib.Path(os.environ.get("AANN_SOURCE_DIR", "."))
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        check_the_checker(folder)
        public, known, complaints = declared(root, built_folders(binary))
        if len(sys.argv) > 1:
            shared = pathlib.Path(sys.argv[1])
        else:
            shared = link_shared(static_library(binary), folder)
            complaints += foreign(static_library(binary))
        # Names that a compiler or its runtime adds to every shared library.
        exported = {name for name in symbols.defined(shared, "-D") if not name.startswith("_")}
        complaints += compare(public, known, exported)
    print("\n".join(complaints))
    if complaints:
        sys.exit(f"{len(complaints)} names break the rule: the library offers what include/aann declares")
    print(f"{len(public)} functions are declared, and exactly those are exported")


if __name__ == "__main__":
    main()
