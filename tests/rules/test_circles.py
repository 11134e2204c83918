"""No two source files need each other, seen from what is linked.

test_dependencies.py looks at the #include lines. This test looks at the objects: a uses a name that b defines, b one
that c defines, c one that a defines. The kernels are compiled once per instruction set; each of those is a file.
"""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import symbols  # noqa: E402 (the path comes first)

# Circles that are known; a smaller one among the same files is known too. An entry that is no longer needed is an
# error: the list only shrinks.
KNOWN = []


def edges(tables):
    """{file: {file: names}}: who uses which names of whom. tables: {file: (defined, used)}."""
    home = {name: path for path, (names, _) in tables.items() for name in names}
    found = {}
    for path, (_, used) in tables.items():
        targets = found.setdefault(path, {})
        for name in sorted(used):
            if home.get(name, path) != path:
                targets.setdefault(home[name], []).append(name)
    return found


def reachable(graph, start):
    seen, waiting = set(), list(graph[start])
    while waiting:
        place = waiting.pop()
        if place not in seen:
            seen.add(place)
            waiting.extend(graph[place])
    return seen


def circles(graph):
    """Groups of files of which each reaches each other, sorted."""
    reach = {path: reachable(graph, path) for path in graph}
    return sorted({tuple(sorted(other for other in reach[path] if path in reach[other]))
                   for path in graph if path in reach[path]})


def describe(graph, circle):
    lines = [f"{', '.join(circle)}: these files need each other"]
    for path in circle:
        for target, names in graph[path].items():
            if target in circle:
                lines.append(f"    {path} uses {', '.join(names)} of {target}")
    return "\n".join(lines)


def check_the_checker():
    tables = {
        "a.c": ({"a"}, {"b", "d"}), "b.c": ({"b"}, {"c"}), "c.c": ({"c"}, {"a", "printf"}), "d.c": ({"d"}, set()),
    }
    graph = edges(tables)
    if circles(graph) != [("a.c", "b.c", "c.c")] or "c.c uses a of a.c" not in describe(graph, ("a.c", "b.c", "c.c")):
        sys.exit(f"the checker is broken: {circles(graph)}")


def main():
    check_the_checker()
    files = symbols.objects(os.environ.get("AANN_BINARY_DIR", "build"))
    # A build of some targets only does not have all of them.
    tables = symbols.tables({key: path for key, path in files.items() if path.exists()})
    if len(tables) < 50:
        sys.exit(f"only {len(tables)} object files: is this a build?")
    graph = edges(tables)
    found = circles(graph)
    complaints = [describe(graph, circle) for circle in found
                  if not any(set(circle) <= set(known) for known in KNOWN)]
    complaints += [f"{', '.join(known)}: no circle any more, take it out of KNOWN in {__file__}" for known in KNOWN
                   if set(known) <= set(graph) and not any(set(circle) <= set(known) for circle in found)]
    if complaints:
        sys.exit("\n".join(complaints))
    print(f"{len(tables)} objects, no circle that is not known ({len(KNOWN)} are)")


if __name__ == "__main__":
    main()
