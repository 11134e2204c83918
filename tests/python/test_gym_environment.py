"""aann/CarRacing-v3, one car: Gymnasium's interface, and Gymnasium's own CarRacing to the bit."""

from __future__ import annotations

import copy
import inspect
import multiprocessing
import pickle
import sys
import threading
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

gymnasium = pytest.importorskip("gymnasium", minversion="1.1")

from gym_support import blind, random_actions, same  # noqa: E402
from gymnasium.utils.env_checker import check_env  # noqa: E402

import aann  # noqa: E402
import aann.gym  # noqa: E402
from aann.gym import CarRacing, CarRacingVector, _score  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GAS = np.array([0.1, 0.3, 0.0], dtype=np.float32)
ENDED = 29
"""where a snapshot says whether the episode is over, which a single car does not look at"""


def drive(env: Any, actions: Any) -> list[Any]:
    return [env.step(action) for action in actions]


# ---- the interface


@pytest.mark.parametrize(
    "how", [{}, {"continuous": False}, {"domain_randomize": True}, {"render_scale": 3}]
)
def test_gymnasiums_checker_has_nothing_to_say(how: dict[str, Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        env = gymnasium.make("aann/CarRacing-v3", render_mode="rgb_array", **how)
        check_env(env.unwrapped)


def test_the_checker_accepts_states() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", ".*infinity.*")  # states have no limits
        env = gymnasium.make("aann/CarRacing-v3", render_mode="rgb_array", pixels=False)
        check_env(env.unwrapped)


def test_make_finds_the_module_and_limits_the_steps() -> None:
    env = gymnasium.make("aann.gym:aann/CarRacing-v3")
    env.reset(seed=1)
    still = np.zeros(3, dtype=np.float32)
    ends = [env.step(still)[2:4] for _ in range(1000)]
    assert ends[-1] == (False, True)
    assert not any(terminated or truncated for terminated, truncated in ends[:-1])


def test_human_is_left_to_gymnasiums_wrapper() -> None:
    assert "rgb_array" in CarRacing.metadata["render_modes"]
    with pytest.raises(ValueError, match="render_mode 'human'"):
        CarRacing(render_mode="human")


# ---- Gymnasium's own


def same_track(ours: CarRacing, theirs: Any) -> bool:
    """Whether a track is Gymnasium's but for last bits, which are the C library's sines there.

    Physics sees it in single precision, where none of them is left.
    """
    points = np.array(theirs.track)
    return ours.track.shape == points.shape and bool(
        np.allclose(ours.track, points, rtol=0.0, atol=2e-12)
    )


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 4, 36, 2**32 + 7])
def test_tracks_rewards_and_ends_are_gymnasiums(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    theirs, ours = blind(monkeypatch)(), CarRacing(pixels=False)
    for episode in range(3):  # the second and third go on with the random numbers
        first = {"seed": seed} if episode == 0 else {}
        theirs.reset(**first)
        ours.reset(**first)
        assert same_track(ours, theirs)
        for action in random_actions(seed + episode, 250):
            _, *wanted = theirs.step(action)
            _, *found = ours.step(action)
            assert found == wanted
            assert np.array_equal(ours.state["position"], theirs.car.hull.position)
            if wanted[1]:
                break


def test_discrete_actions_are_gymnasiums(monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = blind(monkeypatch)(continuous=False)
    ours = CarRacing(continuous=False, pixels=False)
    theirs.reset(seed=5)
    ours.reset(seed=5)
    for action in np.random.default_rng(0).integers(0, 5, 300):
        assert theirs.step(action)[1:] == ours.step(action)[1:]


def test_float64_actions_keep_their_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    theirs, ours = blind(monkeypatch)(), CarRacing(pixels=False)
    theirs.reset(seed=5)
    ours.reset(seed=5)
    for action in random_actions(1, 200).astype(np.float64) * 0.1:
        theirs.step(action)
        ours.step(action)
    omega = [wheel.omega for wheel in theirs.car.wheels]
    assert ours.state["wheel_omega"].tolist() == omega


def test_random_colours_and_kept_ones_are_gymnasiums(monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = blind(monkeypatch)(domain_randomize=True)
    ours = CarRacing(domain_randomize=True, pixels=False)
    resets: list[dict[str, Any]] = [
        {"seed": 3},
        {},
        {"options": {"randomize": False}},
        {"options": {"randomize": True}},
        {"seed": 4, "options": {"randomize": False}},
    ]
    for how in resets:
        theirs.reset(**how)
        ours.reset(**how)
        assert same_track(ours, theirs)
    with pytest.raises(ValueError, match="no colours to keep"):
        CarRacing(domain_randomize=True).reset(seed=1, options={"randomize": False})


def pictures_of_both(how: dict[str, Any], picture: str) -> Iterator[tuple[Any, Any]]:
    """Gymnasium's pictures and ours of the same drive."""
    theirs, ours = gymnasium.make("CarRacing-v3", **how), CarRacing(picture=picture, **how)
    yield theirs.reset(seed=7)[0], ours.reset(seed=7)[0]
    for step, action in enumerate(random_actions(2, 45)):
        wanted, found = theirs.step(action)[0], ours.step(action)[0]
        if step % 15 == 14:
            yield wanted, found


@pytest.mark.parametrize("how", [{}, {"domain_randomize": True}])
def test_near_pictures_are_nearly_gymnasiums(how: dict[str, Any]) -> None:
    pytest.importorskip("Box2D", reason="needs gymnasium[box2d]")
    for wanted, found in pictures_of_both(how, "near"):
        difference = np.abs(wanted.astype(int) - found.astype(int))
        assert difference[:84].mean() < 0.3
        assert difference[84:, 12:].mean() < 0.1  # without the digits of the score


@pytest.mark.parametrize("how", [{}, {"domain_randomize": True}])
def test_pictures_are_gymnasiums(how: dict[str, Any]) -> None:
    pytest.importorskip("Box2D", reason="needs gymnasium[box2d]")
    pygame = pytest.importorskip("pygame", reason="needs gymnasium[box2d]")
    if (gymnasium.__version__, pygame.version.ver) != ("1.4.0", "2.5.8"):
        pytest.skip("pictures are those of gymnasium 1.4.0 with pygame-ce 2.5.8")
    assert inspect.signature(CarRacing).parameters["picture"].default == "exact"
    for wanted, found in pictures_of_both(how, "exact"):
        assert np.array_equal(wanted, found)


def scores(env: CarRacing) -> Iterator[Any]:
    """The score's corner, at once and after each fifth step."""
    yield env.reset(seed=7)[0][84:, :12]
    for step, action in enumerate(random_actions(2, 40)):
        corner = env.step(action)[0][84:, :12]
        if step % 5 == 4:
            yield corner


@pytest.fixture
def fresh_glyphs() -> Iterator[None]:
    """What is known of pygame's font is forgotten before and after."""
    for known in (_score._known_glyphs, _score._say_once):
        known.cache_clear()
    yield
    for known in (_score._known_glyphs, _score._say_once):
        known.cache_clear()


def test_the_score_is_left_out_if_asked() -> None:
    for corner in scores(CarRacing(score=False)):
        assert not corner.any()


@pytest.mark.usefixtures("fresh_glyphs")
def test_without_pygame_the_corner_is_black_and_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygame", None)
    with pytest.warns(UserWarning, match="corner of the picture is black: pygame is not installed"):
        env = CarRacing()
    assert not env.score_drawn
    for corner in scores(env):
        assert not corner.any()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        CarRacing()  # it is said once
        CarRacing(pixels=False)
    with pytest.raises(ValueError, match="score=True: pygame is not installed"):
        CarRacing(score=True)


@pytest.mark.usefixtures("fresh_glyphs")
def test_another_font_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pygame", reason="needs gymnasium[box2d]")
    monkeypatch.setattr(_score, "_SIZE", 41)
    with pytest.raises(ValueError, match="draws other digits than pygame-ce 2.5.8"):
        CarRacing(score=True)


def test_many_cars_draw_the_score_of_one() -> None:
    for score in (None, False):
        envs, env = CarRacingVector(2, score=score), CarRacing(score=score)
        assert envs.score_drawn == env.score_drawn
        many, one = envs.reset(seed=[9, 3])[0], env.reset(seed=3)[0]
        for _ in range(12):
            assert np.array_equal(many[1], one)
            many, one = envs.step(np.stack([GAS, GAS]))[0], env.step(GAS)[0]


def test_a_car_without_pictures_still_renders_the_score() -> None:
    pytest.importorskip("pygame", reason="needs gymnasium[box2d]")
    blind_one = CarRacing(render_mode="rgb_array", pixels=False)
    seeing = CarRacing()
    assert blind_one.score_drawn == seeing.score_drawn
    blind_one.reset(seed=3)
    assert np.array_equal(blind_one.render(), seeing.reset(seed=3)[0])
    assert not CarRacing(pixels=False).score_drawn


def test_near_pictures_have_no_score() -> None:
    with pytest.raises(ValueError, match="has no score"):
        CarRacing(picture="near", score=True)
    assert not CarRacing(picture="near").score_drawn


@pytest.mark.parametrize("made", [lambda env: pickle.loads(pickle.dumps(env)), copy.deepcopy])
def test_copies_draw_the_score_as_well(made: Callable[[CarRacing], CarRacing]) -> None:
    for score in (None, False):
        env = CarRacing(score=score)
        env.reset(seed=3)
        for _ in range(7):
            picture = env.step([0.1, 0.5, 0.0])[0]
        other = made(env)
        assert other.score_drawn == env.score_drawn
        assert np.array_equal(other._observe(), picture)


# ---- copies


def copies(env: CarRacing) -> list[CarRacing]:
    other = CarRacing()
    other.reset(seed=99)
    other.restore(env.snapshot())
    return [pickle.loads(pickle.dumps(env)), copy.deepcopy(env), other]


def test_copies_go_on_to_the_same_bits() -> None:
    env = CarRacing()
    env.reset(seed=11)
    drive(env, random_actions(11, 60))
    others = copies(env)
    wanted = drive(env, random_actions(12, 60))
    for other in others:
        assert same(drive(other, random_actions(12, 60)), wanted)
    next_track = env.reset()[0]
    for other in others:
        assert np.array_equal(other.reset()[0], next_track)
        assert np.array_equal(other.track, env.track)


def test_a_wrapped_environment_pickles_with_its_count_of_steps() -> None:
    env = gymnasium.make("aann/CarRacing-v3", max_episode_steps=10)
    env.reset(seed=0)
    drive(env, [GAS] * 8)
    other = pickle.loads(pickle.dumps(env))
    assert [step[3] for step in drive(other, [GAS] * 2)] == [False, True]


def test_snapshots_of_strangers_change_nothing() -> None:
    env = CarRacing()
    env.reset(seed=1)
    good = env.snapshot()
    wrong = [
        b"",
        b"aann gym",
        good[:-1],
        good + b"\0",
        good[:60] + b"\xff" * 8 + good[68:],
        CarRacing_of(seed=1, lap_complete_percent=0.5).snapshot(),
        good[:8] + b"\2" + good[9:],  # version 2
    ]
    rng = np.random.default_rng(0)
    places = [place for place in range(len(good)) if place != ENDED]
    for place in rng.choice(places, 200):
        damaged = bytearray(good)
        damaged[place] ^= 1 << rng.integers(8)
        wrong.append(bytes(damaged))
    for snapshot in wrong:
        with pytest.raises((ValueError, RuntimeError)):
            env.restore(snapshot)
        assert env.snapshot() == good


def CarRacing_of(*, seed: int, **how: Any) -> CarRacing:  # noqa: N802
    env = CarRacing(**how)
    env.reset(seed=seed)
    return env


def test_a_snapshot_without_a_track_is_refused() -> None:
    with pytest.raises(gymnasium.error.ResetNeeded):
        CarRacing().snapshot()
    blank = CarRacing()._cars.save()
    env = CarRacing_of(seed=1)
    before = env.snapshot()
    with pytest.raises(aann.errors.FormatError, match="never reset"):
        env.restore(blank)
    assert env.snapshot() == before
    fresh = pickle.loads(pickle.dumps(CarRacing()))
    with pytest.raises(gymnasium.error.ResetNeeded):
        fresh.step(GAS)


# ---- bad input


@pytest.mark.parametrize(
    "action",
    [
        np.array([np.nan, 0, 0]),
        np.array([0, np.inf, 0]),
        np.zeros(2),
        np.zeros((1, 3)),
        np.zeros(3, dtype=complex),
        np.array(["a", "b", "c"]),
        np.array([True, False, False]),
        [[1], [1, 2]],
        "left",
        None,
        3,
    ],
)
def test_bad_actions_are_refused_and_no_car_moves(action: Any) -> None:
    env = CarRacing_of(seed=1)
    before = env.snapshot()
    with pytest.raises(ValueError, match="action"):
        env.step(action)
    with pytest.raises(gymnasium.error.InvalidAction):
        env.step(action)
    assert env.snapshot() == before


@pytest.mark.parametrize("action", [-1, 5, 2.0, [0, 1], None, "gas", 10**30, np.array([1])])
def test_bad_discrete_actions_are_refused(action: Any) -> None:
    env = CarRacing_of(seed=1, continuous=False)
    before = env.snapshot()
    with pytest.raises(ValueError, match="action"):
        env.step(action)
    assert env.snapshot() == before


def test_lists_and_whole_numbers_are_actions_too() -> None:
    one, other = CarRacing_of(seed=1), CarRacing_of(seed=1)
    assert same(one.step([0, 1, 0]), other.step(np.array([0, 1, 0], dtype=np.float32)))


@pytest.mark.parametrize("seed", [-1, 1.5, "1", 2**64])
def test_bad_seeds_are_refused(seed: Any) -> None:
    env = CarRacing_of(seed=1)
    before = env.snapshot()
    with pytest.raises((gymnasium.error.Error, ValueError), match=r"[Ss]eed"):
        env.reset(seed=seed)
    assert env.snapshot() == before


@pytest.mark.parametrize(
    "how",
    [
        {"lap_complete_percent": float("nan")},
        {"render_mode": "ansi"},
        {"render_scale": 0},
    ],
)
def test_bad_settings_are_refused(how: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"lap|render"):
        CarRacing(**how)


def test_the_order_of_calls_is_enforced() -> None:
    env = CarRacing(render_mode="rgb_array")
    for call in (lambda: env.step(GAS), env.render, env.snapshot, lambda: env.state):
        with pytest.raises(gymnasium.error.ResetNeeded):
            call()
    env.reset(seed=0)
    env.step(GAS)
    env.close()
    env.close()
    for call in (lambda: env.step(GAS), env.render, env.reset, lambda: env.track):
        with pytest.raises(gymnasium.error.ClosedEnvironmentError):
            call()
    with pytest.raises(gymnasium.error.ClosedEnvironmentError):
        pickle.loads(pickle.dumps(env)).reset()


# ---- observations, pictures, seeds


def test_a_reused_buffer_is_the_same_array() -> None:
    env, usual = CarRacing(copy=False), CarRacing()
    first, other = env.reset(seed=2)[0], usual.reset(seed=2)[0]
    for _ in range(20):
        again, wanted = env.step(GAS)[0], usual.step(GAS)[0]
        assert again is first
        assert wanted is not other
        assert np.array_equal(again, wanted)
        other = wanted


def test_render_shows_the_observation() -> None:
    env = CarRacing(render_mode="rgb_array")
    large = CarRacing(render_mode="state_pixels", render_scale=4)
    observation, picture = env.reset(seed=2)[0], env.render()
    assert np.array_equal(observation, picture)
    large.reset(seed=2)
    enlarged = large.render()
    assert enlarged is not None
    assert enlarged.shape == (384, 384, 3)
    assert np.array_equal(enlarged[::4, ::4], picture)
    assert np.array_equal(enlarged[3::4, 2::4], picture)
    with pytest.warns(UserWarning, match="render_mode"):
        assert CarRacing_of(seed=1).render() is None


def test_state_observations_are_the_state() -> None:
    env = CarRacing(pixels=False)
    env.reset(seed=3)
    for action in random_actions(3, 30):
        found = env.step(action)[0]
    state = env.state
    wanted = np.concatenate(
        [
            state["position"],
            [state["angle"]],
            state["velocity"],
            [state["angular_velocity"]],
            state["wheel_joint"],
            state["wheel_omega"].astype(np.float32),
            state["wheel_tiles"].astype(np.float32),
        ]
    )
    assert found.dtype == np.float32
    assert np.array_equal(found, wanted)
    assert state["steps"] == 30


def test_a_first_reset_without_a_seed_tells_the_seed_it_drew() -> None:
    one, other = CarRacing(), CarRacing()
    one.reset()
    assert one.np_random_seed is not None
    other.reset(seed=one.np_random_seed)
    assert np.array_equal(one.track, other.track)
    another = CarRacing()
    another.reset()
    assert not np.array_equal(one.track, another.track)


# ---- threads and processes


def test_threads_share_an_environment() -> None:
    env = CarRacing_of(seed=1, pixels=False)

    def work() -> None:
        for _ in range(500):
            env.step(GAS)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert env.state["steps"] == 2000


def child(env: CarRacing, queue: Any) -> None:
    queue.put([env.step(GAS)[1] for _ in range(20)])


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes_get_their_copy(method: str) -> None:
    context = multiprocessing.get_context(method)
    env = CarRacing_of(seed=1)
    queue = context.Queue()
    process = context.Process(target=child, args=(env, queue))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # fork beside threads
        process.start()
    rewards = queue.get(timeout=60)
    process.join()
    assert rewards == [env.step(GAS)[1] for _ in range(20)]


def test_a_refused_seed_changes_nothing() -> None:
    env = CarRacing_of(seed=1)
    with pytest.raises(ValueError, match="seed"):
        env.reset(seed=2**64)
    assert env.unwrapped.np_random_seed == 1
