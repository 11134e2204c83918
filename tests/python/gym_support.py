"""What the tests of aann.gym share: actions, and Gymnasium's own CarRacing without its drawing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray


def random_actions(seed: int, steps: int) -> NDArray[np.float32]:
    """Five manners of driving: nervous, holding on, gentle, full gas, stop and go."""
    generator = np.random.default_rng(seed)
    manner = seed % 5
    hold = [1, 20, 10, 40, 50][manner]
    pieces = generator.uniform([-1, -0.2, -1], [1, 1.2, 1], size=(steps // hold + 1, 3))
    actions = np.repeat(pieces, hold, axis=0)[:steps]
    actions[:, 2] = np.maximum(actions[:, 2], 0)
    if manner == 2:
        actions *= [0.3, 0.6, 0]
    if manner == 3:
        actions = np.stack([0.1 * actions[:, 0], np.ones(steps), np.zeros(steps)], axis=1)
    if manner == 4:
        go = np.repeat(generator.random(steps // hold + 1) < 0.5, hold)[:steps]
        actions = np.stack([actions[:, 0] * go, 1.0 * go, 0.9 * ~go], axis=1)
    return actions.astype(np.float32)


def blind(monkeypatch: pytest.MonkeyPatch) -> type[Any]:
    """Gymnasium's CarRacing, which draws nothing: 99 % of its time."""
    pytest.importorskip("Box2D", reason="needs gymnasium[box2d]")
    racing = pytest.importorskip("gymnasium.envs.box2d.car_racing", reason="needs pygame")
    black = np.zeros((96, 96, 3), dtype=np.uint8)
    monkeypatch.setattr(racing.CarRacing, "_render", lambda self, mode: black)
    result: type[Any] = racing.CarRacing
    return result


def same(one: Any, other: Any) -> bool:
    """Whether two results are equal to the bit: arrays, numbers, dicts, tuples, None."""
    if isinstance(one, dict):
        return (
            isinstance(other, dict)
            and one.keys() == other.keys()
            and all(same(one[name], other[name]) for name in one)
        )
    if isinstance(one, (tuple, list)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, np.ndarray) and one.dtype == object:
        return one.shape == other.shape and all(map(same, one, other))
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    return bool(one == other)
