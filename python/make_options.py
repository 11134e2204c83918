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

PARAMETERS = ("seed", "steps", "threads")

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
    lines = [HEADER, "\nclass OptionValues(TypedDict, total=False):\n"]
    lines.append('    """Options as keyword arguments."""\n\n')
    lines += [f"    {line}\n" for line in fields(table)]
    lines.append("\n\nclass MoreOptions(TypedDict, total=False):\n")
    lines.append('    """Those that are no parameters of `aann.search` by themselves."""\n\n')
    lines += [f"    {line}\n" for line in fields(table) if line.split(":")[0] not in PARAMETERS]
    lines.append("\n\nclass ObjectiveOptions(TypedDict, total=False):\n")
    lines.append('    """Those that are no parameters of `aann.minimize` by themselves."""\n\n')
    taken = (*PARAMETERS, "temperature")
    lines += [f"    {line}\n" for line in fields(table) if line.split(":")[0] not in taken]
    lines.append("\n\nclass OptionFields:\n")
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
