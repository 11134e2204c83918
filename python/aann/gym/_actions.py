"""Actions, checked: what is no action is refused before any car moves."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import gymnasium.error
import numpy as np

from aann import errors
from aann._library import CData, ffi, lib

if TYPE_CHECKING:
    from numpy.typing import NDArray

DISCRETE_ACTIONS: int = lib.AANN_CAR_DISCRETE_ACTIONS


class InvalidActionError(gymnasium.error.InvalidAction, errors.ArgumentError):
    """An action that no car can take: its shape, its type, or a value that is not finite."""


def read_continuous(action: Any, wish: CData) -> None:
    """Fills in an aann_car_action from (steer, gas, brake), in double precision."""
    values = action if isinstance(action, np.ndarray) else _as_array(action)
    if values.dtype.kind not in "fiu" or values.shape != (3,):
        raise InvalidActionError(
            f"action of type {values.dtype} and shape {values.shape}: "
            "expected 3 numbers (steer, gas, brake)"
        )
    steer, gas, brake = values.tolist()
    if not (math.isfinite(steer) and math.isfinite(gas) and math.isfinite(brake)):
        raise InvalidActionError(f"action {[steer, gas, brake]}: a value is not finite")
    wish.steer, wish.gas, wish.brake = steer, gas, brake


def read_discrete(action: Any, wish: CData) -> None:
    """Fills in an aann_car_action from one of the five discrete actions."""
    values = action if isinstance(action, np.ndarray) else _as_array(action)
    if values.dtype.kind not in "iu" or values.shape != ():
        raise InvalidActionError(
            f"action of type {values.dtype} and shape {values.shape}: "
            f"expected a whole number from 0 to {DISCRETE_ACTIONS - 1}"
        )
    choice = int(values)
    if not 0 <= choice < DISCRETE_ACTIONS:
        raise InvalidActionError(
            f"action {choice}: expected a whole number from 0 to {DISCRETE_ACTIONS - 1}"
        )
    lib.aann_car_discrete_action(choice, wish, ffi.NULL)


def many_continuous(actions: Any, count: int) -> NDArray[np.float32]:
    """float32 [count][3] in C order. Other types of numbers are rounded to float32."""
    values = actions if isinstance(actions, np.ndarray) else _as_array(actions)
    if values.dtype.kind not in "fiu" or values.shape != (count, 3):
        raise InvalidActionError(
            f"actions of type {values.dtype} and shape {values.shape}: "
            f"expected numbers of shape ({count}, 3) (steer, gas, brake)"
        )
    with np.errstate(over="ignore"):
        rounded = np.ascontiguousarray(values, dtype=np.float32)
    if not np.isfinite(rounded).all():
        car = int(np.argmin(np.isfinite(rounded).all(axis=1)))
        raise InvalidActionError(
            f"action {values[car].tolist()} of car {car}: a value is not finite"
        )
    return rounded


def many_discrete(actions: Any, count: int) -> NDArray[np.int64]:
    """int64 [count], each 0 to 4."""
    values = actions if isinstance(actions, np.ndarray) else _as_array(actions)
    if values.dtype.kind not in "iu" or values.shape != (count,):
        raise InvalidActionError(
            f"actions of type {values.dtype} and shape {values.shape}: "
            f"expected whole numbers of shape ({count},)"
        )
    wrong = (values < 0) | (values >= DISCRETE_ACTIONS)
    if wrong.any():
        car = int(np.argmax(wrong))
        raise InvalidActionError(
            f"action {values[car]} of car {car}: "
            f"expected a whole number from 0 to {DISCRETE_ACTIONS - 1}"
        )
    return np.ascontiguousarray(values, dtype=np.int64)


def _as_array(action: Any) -> NDArray[Any]:
    try:
        return np.asarray(action)
    except ValueError as error:
        raise InvalidActionError(f"action {action!r}: {error}") from None
