"""DAgger (Ross, Gordon, Bagnell 2011): rounds of corrections for a family of drivers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aann import errors
from aann.gym.driving import Driver
from aann.gym.expert import Expert
from aann.gym.recording import _preset, record

if TYPE_CHECKING:
    from aann.family import Family
    from aann.study import Study

__all__ = ["dagger"]

TRACKS_APART = 10_000
TEMPERATURE = 4e-5
FIRST_SAMPLES = 16_384


def dagger(
    study: Study,
    family: Family,
    *,
    rounds: int = 2,
    episodes: int = 240,
    first_track: int = 1_000_000,
    expert: Expert | None = None,
    steps: int | None = None,
    seed: int | None = None,
    name: str | None = None,
    run: dict[str, Any] | None = None,
    **options: Any,
) -> Family:
    """Rounds in which the members drive, the expert corrects, and the search goes on from them.

    Each round adds a family "NAME, corrected ROUND" to the study, whose member i starts from the
    i-th member of the round before; the last one is returned. Weights are those of
    ``aann search carracing --dagger``.

    Parameters
    ----------
    study, family:
        A study that is open for writing, and a family of it, searched on recorded drives.
    rounds, episodes, first_track:
        In each round the expert drives `episodes` tracks, and the members as many, each its share;
        round r begins at track first_track + 10,000 r.
    expert:
        None: the steady one, at 100 m/s^2, within 2 m of the middle of the road.
    steps, seed:
        Of every search; None: those of the family.
    name:
        None: the family's.
    run:
        Arguments of `Family.run`, such as ``{"threads": 2, "progress": True}``.
    options:
        Of every search. The temperature (4e-5) is too low to forget what the members know.

    Ctrl-C during a search returns its family, unfinished; during a recording it raises
    KeyboardInterrupt. Either way the same call goes on where it was, to the same bits.
    """
    if rounds < 1:
        raise errors.ArgumentError(f"rounds {rounds}: expected 1 or more")
    if len(family) == 0:
        raise errors.ArgumentError(f"family {family.name!r} has no members to correct")
    first = family.options
    settings: dict[str, Any] = {
        "temperature": TEMPERATURE,
        "first_samples": FIRST_SAMPLES,
        "cooling": _preset().cooling,
        "output_scale": first.output_scale,
        "steps": first.steps if steps is None else steps,
        "seed": first.seed if seed is None else seed,
        **options,
    }
    teacher = expert or Expert("teacher", lateral_acceleration=100, widest=2)
    title = family.name if name is None else name
    for number in range(1, rounds + 1):
        members = list(family)
        begin = first_track + TRACKS_APART * number
        recording = record(
            range(begin, begin + episodes),
            expert=teacher,
            driver=Driver(members),
            driver_tracks=episodes,
            each=True,
        )
        family = study.family(
            recording.data(),
            None,
            family.spec,
            members=len(members),
            start=members,
            name=f"{title}, corrected {number}",
            **settings,
        ).run(**(run or {}))
        if family.unfinished > 0:
            break
    return family
