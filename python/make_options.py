"""Writes aann/option_values.py from the library's table of search options.

usage: make_options.py [--check]

The table (aann/options.h) is the one place that says which options there are; type checkers and
editors need them as Python. With --check nothing is written: exit status 1 says that the file
differs from the table.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from aann.options import Option, option_table

OUTPUT = Path(__file__).parent / "aann" / "option_values.py"

# Each has what the one before it has, and more: name, options that it lacks, what it is.
CLASSES = (
    (
        "ObjectiveOptions",
        ("seed", "steps", "threads", "temperature"),
        "Those that are no parameters of `aann.minimize` by themselves.",
    ),
    (
        "MoreOptions",
        ("seed", "steps", "threads"),
        "Those that are no parameters of `aann.search` by themselves.",
    ),
    ("OptionValues", (), "Options as keyword arguments."),
)

HEADER = '''"""The search options by name and type: written by python/make_options.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypedDict

__all__ = ["MoreOptions", "ObjectiveOptions", "OptionFields", "OptionValues"]

'''


def python_type(kind: str, choices: tuple[str, ...]) -> str:
    if choices:
        return "Literal[" + ", ".join(f'"{choice}"' for choice in choices) + "]"
    return {"real": "float", "bool": "bool", "reals": "Sequence[float]"}.get(kind, "int")


def fields(table: Iterable[Option]) -> list[str]:
    return [f"{option.name}: {python_type(option.type, option.choices)}" for option in table]


def generate() -> str:
    table = option_table().values()
    lines = [HEADER]
    base, known = "TypedDict", set()
    for name, parameters, text in CLASSES:
        rest = [option for option in table if option.name not in (*parameters, *known)]
        lines.append(f'\nclass {name}({base}, total=False):\n    """{text}"""\n\n')
        lines += [f"    {line}\n" for line in fields(rest)]
        lines.append("\n")
        base, known = name, known | {option.name for option in rest}
    lines.append("\nclass OptionFields:\n")
    lines.append('    """Options as attributes: what was set, else the default."""\n\n')
    for option in table:
        kind = python_type(option.type, option.choices)
        kind = "tuple[float, ...]" if kind == "Sequence[float]" else kind
        lines.append(f"    {option.name}: {kind}\n")
        text = f"{option.help} ({option.range}; default {option.default})"
        lines.append(f'    """{text}"""\n' if len(text) <= 90 else docstring(text))
    return "".join(lines)


def docstring(text: str) -> str:
    """The text in lines of at most 100 columns."""
    words, lines = text.split(), ['    """']
    for word in words:
        if len(lines[-1]) + len(word) >= 96:
            lines.append("    ")
        lines[-1] += word + " "
    return "\n".join(line.rstrip() for line in lines) + '"""\n'


def main() -> int:
    text = generate()
    if "--check" in sys.argv[1:]:
        return 0 if OUTPUT.read_text(encoding="utf-8") == text else 1
    OUTPUT.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
