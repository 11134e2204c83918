"""How objects look in a notebook: small tables and pictures, without anything to load."""

from __future__ import annotations

from html import escape
from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from aann.family import Family
    from aann.network import Network
    from aann.result import Result
    from aann.study import Study

FILTERS_SHOWN = 16
MEMBERS_SHOWN = 30


def network_html(network: Network) -> str:
    """Layers and counts, and the first filters where they are small pictures."""
    rows = "".join(
        f"<tr><td>{escape(layer.name)}</td><td>{layer.units} &times; {layer.fan_in}</td>"
        f"<td>{counts.minus:,}</td><td>{counts.zero:,}</td><td>{counts.plus:,}</td></tr>"
        for layer, counts in zip(network.spec.layers, network.counts, strict=True)
    )
    return (
        f"<div><b>{escape(network.spec.text)}</b> <code>{network.hash:016x}</code><table>"
        "<tr><th>layer</th><th>weights</th><th>&minus;1</th><th>0</th><th>+1</th></tr>"
        f"{rows}</table>{_filters(network)}</div>"
    )


def _filters(network: Network) -> str:
    """The filters of the first layer as one SVG; empty if they are no small pictures."""
    weights = network.weights[0]
    if weights.ndim != 4 or max(weights.shape[2:]) > 16:
        return ""
    height, width = weights.shape[2:]
    cell, pieces = 6, []
    shown = weights[:FILTERS_SHOWN, 0]
    for number, kernel in enumerate(shown):
        left = number * (width + 1) * cell
        for (row, column), value in _nonzero(kernel):
            colour = "#1f6fb4" if value > 0 else "#d1603d"
            pieces.append(
                f'<rect x="{left + column * cell}" y="{row * cell}" width="{cell}" '
                f'height="{cell}" fill="{colour}"/>'
            )
        pieces.append(
            f'<rect x="{left}" y="0" width="{width * cell}" height="{height * cell}" '
            'fill="none" stroke="#888"/>'
        )
    total = len(shown) * (width + 1) * cell
    return (
        f'<svg width="{total}" height="{height * cell}" role="img" '
        f'aria-label="filters of the first layer">{"".join(pieces)}</svg>'
    )


def _nonzero(kernel: NDArray[np.int8]) -> Iterator[tuple[tuple[int, int], int]]:
    for row in range(kernel.shape[0]):
        for column in range(kernel.shape[1]):
            if kernel[row, column] != 0:
                yield (row, column), int(kernel[row, column])


def result_html(result: Result) -> str:
    """What the search found, how good it is, and the network."""
    return lines_html(str(result), result.network)


def lines_html(text: str, network: Network) -> str:
    """The lines of a text as a list, and the network."""
    lines = "".join(f"<li>{escape(line)}</li>" for line in text.splitlines())
    return f"<div><ul>{lines}</ul>{network_html(network)}</div>"


def study_html(study: Study) -> str:
    """The families of a study as a table."""
    rows = "".join(
        f"<tr><td>{family.id}</td><td>{escape(family.name)}</td>"
        f"<td>{escape(family.spec.text)}</td><td>{len(family.done)} of {len(family)}</td></tr>"
        for family in ([] if study.closed else study.families)
    )
    return (
        f"<div><b>{escape(study.path)}</b>{' (closed)' if study.closed else ''}<table>"
        f"<tr><th>id</th><th>name</th><th>network</th><th>done</th></tr>{rows}</table></div>"
    )


def family_html(family: Family) -> str:
    """The members of a family as a table; of many, the first."""
    members = list(family)
    rows = "".join(
        f"<tr><td>{member.id}</td><td>{member.state}</td><td>{member.origin}</td>"
        f"<td>{_number(member.train_loss, 4)}</td>"
        f"<td>{_number(100 * member.validation_accuracy, 2)}</td>"
        f"<td>{_number(100 * member.test_accuracy, 2)}</td>"
        f"<td><code>{member.hash:016x}</code></td></tr>"
        for member in members[:MEMBERS_SHOWN]
    )
    more = len(members) - MEMBERS_SHOWN
    rest = f"<p>and {more} more</p>" if more > 0 else ""
    return (
        f"<div><b>{escape(family.name)}</b> {escape(family.spec.text)}<table><tr><th>id</th>"
        "<th>state</th><th>origin</th><th>train loss</th><th>validation %</th><th>test %</th>"
        f"<th>hash</th></tr>{rows}</table>{rest}</div>"
    )


def _number(value: float, digits: int) -> str:
    return f"{value:.{digits}f}" if isfinite(value) else "&ndash;"
