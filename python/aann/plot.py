"""Pictures with matplotlib. Every function draws into `ax` (None: a new figure) and returns it.

They take plain arrays and data frames, so they draw anybody's data: learning curves of another
method, a matrix of other distances.

>>> import aann.plot as plot                                  # doctest: +SKIP
>>> ax = plot.learning(family.trace())                        # doctest: +SKIP
>>> ax.figure.savefig("learning.svg")                         # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from aann import errors
from aann._plot_numbers import count_answers, layer_matrices, positions, unit_kernels
from aann.network import Network

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

    from aann.geometry import LesionCurve

__all__ = [
    "confusion",
    "distances",
    "ensemble",
    "filters",
    "learning",
    "lesions",
    "map",
    "matrix",
    "wiring",
]

PLUS, MINUS, GREY = "#1f6fb4", "#d1603d", "#8a8a8a"

TITLES = {
    "step": "candidates",
    "seconds": "seconds",
    "evaluated_samples": "samples evaluated",
    "accepted": "accepted swaps",
    "temperature": "temperature",
    "train_loss": "training loss",
    "train_accuracy": "training accuracy",
    "validation_loss": "validation loss",
    "validation_accuracy": "validation accuracy",
}


def learning(
    trace: Any,
    y: str | None = None,
    *,
    x: str = "step",
    by: str = "member",
    label: str | None = None,
    color: Any = None,
    ax: Axes | None = None,
) -> Axes:
    """Learning curves: a line for each member.

    Parameters
    ----------
    trace:
        A data frame or a mapping of columns: ``family.trace()``, ``result.trace()``, or one of
        yours. Values that are NaN are left out.
    x, y:
        Columns. `y` None: the validation accuracy if it was measured, else the training loss.
    by:
        The column that tells lines apart; without it there is one line.
    label, color:
        Of all lines, for comparing two families in one picture.
    """
    ax = _axes(ax)
    columns = {str(name): np.asarray(trace[name]) for name in trace}
    if y is None:
        measured = columns.get("validation_accuracy")
        known = measured is not None and bool(np.isfinite(measured.astype(float)).any())
        y = "validation_accuracy" if known else "train_loss"
    for name in (x, y):
        if name not in columns:
            raise errors.ArgumentError(f"trace has no column {name!r}; it has {', '.join(columns)}")
    across = columns[x].astype(float)
    up = columns[y].astype(float)
    groups = columns.get(by, np.zeros(len(across)))
    members = list(dict.fromkeys(groups.tolist()))
    colors = _colors(len(members)) if color is None else [color] * len(members)
    alpha = 1.0 if len(members) <= 3 else max(0.35, 3.0 / len(members))
    for number, member in enumerate(members):
        chosen = (groups == member) & np.isfinite(across) & np.isfinite(up)
        ax.plot(
            across[chosen],
            up[chosen],
            color=colors[number],
            alpha=alpha,
            linewidth=1.4,
            label=label if number == 0 else None,
        )
    ax.set_xlabel(TITLES.get(x, x))
    ax.set_ylabel(TITLES.get(y, y))
    if label is not None:
        ax.legend(frameon=False)
    return _plain(ax)


def distances(
    D: ArrayLike,
    *,
    chance: tuple[float, float] | None = None,
    bins: int | Sequence[float] | str = "auto",
    label: str = "pairs",
    ax: Axes | None = None,
) -> Axes:
    """A histogram of the pairs of a distance matrix, beside what chance gives.

    `chance` is (mean, variance) of independent random networks: ``geo.chance(spec)``. Several calls
    with one `ax` lay several histograms over each other.
    """
    from aann.geometry import pairs

    ax = _axes(ax)
    values = pairs(D).astype(float)
    values = values[np.isfinite(values)]
    ax.hist(values, bins=bins, alpha=0.65, label=label)
    if chance is not None:
        mean, deviation = chance[0], float(np.sqrt(chance[1]))
        ax.axvline(mean, color=GREY, linestyle="--", label="independent networks")
        ax.axvspan(mean - deviation, mean + deviation, color=GREY, alpha=0.2, linewidth=0)
    ax.set_xlabel("distance")
    ax.set_ylabel("pairs")
    ax.legend(frameon=False)
    return _plain(ax)


def matrix(
    D: ArrayLike,
    *,
    labels: Sequence[Any] | None = None,
    order: ArrayLike | None = None,
    diagonal: bool = False,
    cmap: str = "viridis",
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """A matrix of pairs as a picture: distances, agreement, similarity.

    Parameters
    ----------
    labels:
        Names of the rows: ``[member.id for member in family]``.
    order:
        Positions in the order to draw, or a tree from `aann.geometry.linkage` (or SciPy), which
        puts similar ones side by side.
    diagonal:
        Whether the diagonal is drawn; it usually says nothing.
    """
    square = np.array(D, dtype=float)
    if square.ndim != 2 or square.shape[0] != square.shape[1]:
        raise errors.ArgumentError(f"a matrix of shape {square.shape}: expected (n, n)")
    count = len(square)
    places = positions(order, count)
    names = list(range(count)) if labels is None else list(labels)
    if len(names) != count:
        raise errors.ArgumentError(f"{len(names)} labels: the matrix has {count} rows")
    ax = _axes(ax)
    if not diagonal:
        np.fill_diagonal(square, np.nan)
    picture = ax.imshow(square[np.ix_(places, places)], cmap=cmap, interpolation="nearest")
    ax.figure.colorbar(picture, ax=ax, fraction=0.046, pad=0.04)
    step = max(1, -(-count // 20))
    ticks = range(0, count, step)
    shown = [str(names[places[tick]]) for tick in ticks]
    ax.set_xticks(
        list(ticks), shown, rotation=90 if max((len(text) for text in shown), default=0) > 2 else 0
    )
    ax.set_yticks(list(ticks), shown)
    if title is not None:
        ax.set_title(title)
    return ax


def map(  # noqa: A001 - as in the sentence: plot.map
    xy: ArrayLike,
    *,
    color: ArrayLike | None = None,
    labels: Sequence[Any] | None = None,
    color_label: str | None = None,
    cmap: str = "viridis",
    ax: Axes | None = None,
) -> Axes:
    """Points in the plane: networks at ``geo.mds(np.sqrt(D))[0]``, coloured by a number.

    Both axes have one scale, as distances need. `color_label` is taken from a pandas Series.
    """
    points = np.asarray(xy, dtype=float)
    if points.ndim != 2 or points.shape[1] < 2:
        raise errors.ArgumentError(f"xy of shape {points.shape}: expected (n, 2)")
    for name, given in (("color", color), ("labels", labels)):
        if given is not None and len(given) != len(points):  # type: ignore[arg-type]
            raise errors.ArgumentError(f"{len(given)} {name}: there are {len(points)} points")  # type: ignore[arg-type]
    ax = _axes(ax)
    numbers = None if color is None else np.asarray(color, dtype=float)
    dots = ax.scatter(
        points[:, 0],
        points[:, 1],
        c=PLUS if numbers is None else numbers,
        cmap=None if numbers is None else cmap,
        s=40,
        edgecolors="white",
        linewidths=0.6,
        zorder=2,
    )
    if numbers is not None:
        known = color_label if color_label is not None else getattr(color, "name", None)
        title = "" if known is None else str(TITLES.get(str(known), known))
        ax.figure.colorbar(dots, ax=ax, fraction=0.046, pad=0.04, label=title)
    for point, text in zip(points, () if labels is None else labels, strict=False):
        ax.annotate(
            str(text), point[:2], xytext=(4, 4), textcoords="offset points", fontsize=8, zorder=3
        )
    ax.set_aspect("equal", adjustable="datalim")
    ax.set_xticks([])
    ax.set_yticks([])
    return ax


def filters(
    weights: Network | ArrayLike,
    *,
    layer: int = 0,
    channel: int = 0,
    shape: tuple[int, int] | None = None,
    columns: int | None = None,
    count: int = 64,
    ax: Axes | None = None,
) -> Axes:
    """The weights of units as small pictures: +1 blue, -1 orange, 0 white.

    Parameters
    ----------
    weights:
        A network, of which the weights of `layer` are drawn; or an array [units, rows, columns],
        [units, channels, rows, columns] or [units, inputs] of any numbers. The units of a dense
        layer are drawn as pictures of what the layer reads.
    channel:
        Which channel of each unit.
    shape:
        (rows, columns) of the picture of a vector of inputs. None: a square if that is possible,
        else one row.
    columns, count:
        How many pictures in a row, and how many in all.
    """
    kernels = unit_kernels(weights, layer, channel, shape)[:count]
    if len(kernels) == 0:
        raise errors.ArgumentError("there is no unit to draw")
    units, height, width = kernels.shape
    columns = columns or int(np.ceil(np.sqrt(units * height / width)))
    rows = -(-units // columns)
    wall = np.full((rows * (height + 1) + 1, columns * (width + 1) + 1), np.nan)
    for unit, kernel in enumerate(kernels):
        top, left = (unit // columns) * (height + 1) + 1, (unit % columns) * (width + 1) + 1
        wall[top : top + height, left : left + width] = kernel
    ax = _axes(ax)
    from matplotlib.colors import LinearSegmentedColormap

    colors = LinearSegmentedColormap.from_list("weights", [MINUS, "white", PLUS])
    ax.set_facecolor("#cfcfcf")  # between the pictures
    largest = float(np.nanmax(np.abs(wall))) or 1.0
    ax.imshow(wall, cmap=colors, vmin=-largest, vmax=largest, interpolation="nearest")
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_visible(False)
    return ax


def wiring(
    network: Network | Sequence[ArrayLike],
    *,
    edges: int = 4000,
    names: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """A network as units in columns and lines between them: + blue, - orange.

    Parameters
    ----------
    network:
        A network, or matrices of weights [units, inputs] of consecutive layers. Channels of a
        convolution are one unit; the line to another has the sum of their weights.
    edges:
        Draw at most this many lines, the strongest of each layer.
    names:
        Of the columns, the input first.
    """
    layers = layer_matrices(network)
    sizes = [layers[0].shape[1], *(weights.shape[0] for weights in layers)]
    for weights, size in zip(layers[1:], sizes[1:], strict=False):
        if weights.shape[1] != size:
            raise errors.ArgumentError(
                f"weights of shape {weights.shape}: the layer before has {size} units"
            )
    if names is None:
        names = ["input", *(f"layer {i + 1}" for i in range(len(layers)))]
        if isinstance(network, Network):
            names = ["input", *(layer.name for layer in network.spec.layers)]
    if len(names) != len(sizes):
        raise errors.ArgumentError(f"{len(names)} names: there are {len(sizes)} columns")
    ax = _axes(ax)
    from matplotlib.collections import LineCollection

    for column, weights in enumerate(layers):
        segments, colors, widths = _edges(weights, column, sizes, edges // len(layers))
        alpha = float(np.clip(60.0 / max(1, len(segments)) ** 0.7, 0.12, 0.9))
        ax.add_collection(
            LineCollection(segments, colors=colors, linewidths=widths, alpha=alpha, zorder=1)
        )
    for column, size in enumerate(sizes):
        heights = _heights(size)
        ax.scatter(
            np.full(size, column), heights, s=float(np.clip(600 / size, 2, 60)), color="#333333",
            zorder=2,
        )  # fmt: skip
        text = names[column] if names[column] == str(size) else f"{names[column]}\n{size}"
        ax.annotate(text, (column, -0.04), ha="center", va="top", fontsize=9)
    ax.set_xlim(-0.3, len(sizes) - 0.7)
    ax.set_ylim(-0.15, 1.03)
    ax.set_axis_off()
    return ax


def confusion(
    labels: ArrayLike,
    answers: ArrayLike | None = None,
    *,
    classes: Sequence[Any] | None = None,
    shares: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """A confusion matrix: rows are labels, columns are answers.

    Parameters
    ----------
    labels, answers:
        Of each sample; or `labels` is the matrix itself, [classes, classes].
    classes:
        In the order to draw; None: those that occur, sorted.
    shares:
        Of the samples of each label, instead of numbers.
    """
    if answers is None:
        counts = np.asarray(labels, dtype=float)
        if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
            raise errors.ArgumentError(f"a matrix of shape {counts.shape}: expected (n, n)")
        names = list(range(len(counts))) if classes is None else list(classes)
        if len(names) != len(counts):
            raise errors.ArgumentError(f"{len(names)} classes: the matrix has {len(counts)} rows")
    else:
        counts, names = count_answers(np.asarray(labels), np.asarray(answers), classes)
    totals = counts.sum(axis=1, keepdims=True)
    parts = np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0)
    ax = _axes(ax)
    ax.imshow(parts, cmap="Blues", vmin=0.0, vmax=1.0, interpolation="nearest")
    size = len(counts)
    if size <= 20:
        for row in range(size):
            for column in range(size):
                if counts[row, column] == 0:
                    continue
                text = f"{parts[row, column]:.2f}" if shares else f"{counts[row, column]:g}"
                ax.text(
                    column, row, text, ha="center", va="center", fontsize=8 if size > 6 else 10,
                    color="white" if parts[row, column] > 0.55 else "black",
                )  # fmt: skip
    words = [str(name) for name in names]
    turned = 45 if max((len(word) for word in words), default=0) > 3 else 0
    ax.set_xticks(range(size), words, rotation=turned, ha="right" if turned else "center")
    ax.set_yticks(range(size), words)
    ax.set_xlabel("answer")
    ax.set_ylabel("label")
    return ax


def ensemble(
    curve: Any,
    *,
    label: str | None = None,
    color: Any = None,
    ax: Axes | None = None,
) -> Axes:
    """Accuracy against the number of members that answer together.

    `curve` is a data frame or a mapping with the columns size and mean, perhaps deviation, minimum
    and maximum (``family.ensemble().spread()``), or just accuracies of 1, 2, 3, ... members.
    """
    ax = _axes(ax)
    if hasattr(curve, "keys"):
        if "mean" not in curve:
            raise errors.ArgumentError("curve: expected a column mean, perhaps size and deviation")
        mean = np.asarray(curve["mean"], dtype=float)
        size = np.asarray(curve["size"] if "size" in curve else np.arange(1, len(mean) + 1))
    else:
        mean = np.asarray(curve, dtype=float)
        size = np.arange(1, len(mean) + 1)
    (line,) = ax.plot(size, mean, marker="o", markersize=3, label=label, color=color)
    if hasattr(curve, "keys") and "minimum" in curve and "maximum" in curve:
        lowest, highest = (np.asarray(curve[name], dtype=float) for name in ("minimum", "maximum"))
        ax.fill_between(size, lowest, highest, alpha=0.12, linewidth=0, color=line.get_color())
    if hasattr(curve, "keys") and "deviation" in curve:
        deviation = np.nan_to_num(np.asarray(curve["deviation"], dtype=float))
        ax.fill_between(
            size, mean - deviation, mean + deviation, alpha=0.25, linewidth=0,
            color=line.get_color(),
        )  # fmt: skip
    ax.set_xlabel("members")
    ax.set_ylabel("accuracy")
    ax.locator_params(axis="x", integer=True)
    if label is not None:
        ax.legend(frameon=False)
    return _plain(ax)


def lesions(
    curve: LesionCurve | tuple[ArrayLike, ArrayLike],
    *,
    label: str | None = None,
    color: Any = None,
    ax: Axes | None = None,
) -> Axes:
    """Accuracy against the share of synapses that are gone: the mean, and the range of the draws.

    `curve` is from ``geo.lesions``, or a pair (percent [n], accuracies [n, draws]).
    """
    percent, accuracy = curve if isinstance(curve, tuple) else (curve.percent, curve.accuracy)
    across, up = np.asarray(percent, dtype=float), np.asarray(accuracy, dtype=float)
    if up.ndim != 2 or across.shape != up.shape[:1]:
        raise errors.ArgumentError(
            f"percent of shape {across.shape}, accuracies of shape {up.shape}: expected (n,) and "
            "(n, draws)"
        )
    ax = _axes(ax)
    (line,) = ax.plot(across, up.mean(axis=1), marker="o", markersize=3, label=label, color=color)
    ax.fill_between(
        across, up.min(axis=1), up.max(axis=1), alpha=0.2, linewidth=0, color=line.get_color()
    )
    ax.set_xlabel("synapses deleted, percent")
    ax.set_ylabel("accuracy")
    if label is not None:
        ax.legend(frameon=False)
    return _plain(ax)


# ---- what they share


def _axes(ax: Axes | None) -> Axes:
    """The given axes, or those of a new figure."""
    if ax is not None:
        return ax
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError(
            "pictures need matplotlib: pip install 'aann[plots]'", name="matplotlib"
        ) from error
    return plt.subplots()[1]


def _plain(ax: Axes) -> Axes:
    """Lines on two sides are enough."""
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _colors(count: int) -> list[Any]:
    """Colours of lines: different ones for a few, shades of one order for many."""
    from matplotlib import colormaps

    if count <= 10:
        return [colormaps["tab10"](i) for i in range(count)]
    return [colormaps["viridis"](0.9 * i / (count - 1)) for i in range(count)]


def _edges(
    weights: NDArray[np.float64], column: int, sizes: Sequence[int], limit: int
) -> tuple[list[Any], list[str], list[float]]:
    """Lines from the units of a column to those of the next, the strongest first."""
    left, right = _heights(sizes[column]), _heights(sizes[column + 1])
    places = np.argwhere(weights != 0)
    strength = np.abs(weights[tuple(places.T)])
    kept = np.argsort(-strength, kind="stable")[:limit]
    largest = float(strength.max()) if len(strength) else 1.0
    segments, colors, widths = [], [], []
    for unit, source in places[kept].tolist():
        segments.append([(column, left[source]), (column + 1, right[unit])])
        colors.append(PLUS if weights[unit, source] > 0 else MINUS)
        widths.append(0.4 + 1.2 * abs(float(weights[unit, source])) / largest)
    return segments, colors, widths


def _heights(size: int) -> NDArray[np.float64]:
    """Where the units of a column are, the first on top."""
    return np.array([0.5]) if size == 1 else np.linspace(1.0, 0.0, size)
