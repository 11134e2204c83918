"""Tells scikit-learn's callbacks how far a fit is: fit, its members, their hundredths."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from aann.network import Network
from aann.running import MARKS


class Tasks:
    """A tree of tasks (scikit-learn 1.9): the fit has members, each member has marks.

    Members may be searched by several threads; callbacks are called by one at a time. A callback
    that scores gets an estimator with the one network that the member has at that moment.
    """

    def __init__(
        self,
        context: Any,
        estimator: Any,
        given: Mapping[str, Any],
        steps: int,
        rebuild: Callable[[Network], dict[str, Any]],
    ) -> None:
        self._context = context
        self._about = {"estimator": estimator, **given}
        self._marks = min(MARKS, steps)
        self._rebuild = rebuild
        self._lock = threading.Lock()
        self._members: dict[int, Any] = {}
        self._current: dict[int, Any] = {}

    def begin(self, number: int) -> None:
        with self._lock:
            member = self._context.subcontext(
                task_name="member", task_id=number, max_subtasks=self._marks
            )
            self._members[number] = member.call_on_fit_task_begin(**self._about)
            self._begin_mark(number)

    def _begin_mark(self, number: int) -> None:
        mark = self._members[number].subcontext(task_name="mark")
        self._current[number] = mark.call_on_fit_task_begin(**self._about)

    def mark(self, number: int, network: Network, last: bool) -> bool:
        """True: a callback wants this member's search to end."""
        with self._lock:
            stop = self._end(self._current.pop(number), network)
            if not (stop or last):
                self._begin_mark(number)
            return stop

    def end(self, number: int, network: Network) -> bool:
        """True: a callback wants no further members."""
        with self._lock:
            left = self._current.pop(number, None)
            if left is not None:  # begun and interrupted
                left.call_on_fit_task_end(**self._about)
            return self._end(self._members[number], network)

    def _end(self, context: Any, network: Network) -> bool:
        return bool(
            context.call_on_fit_task_end(
                **self._about, reconstruction_attributes=lambda: self._rebuild(network)
            )
        )
