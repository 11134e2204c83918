"""The search options by name and type: written by python/make_options.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypedDict

__all__ = ["MoreOptions", "ObjectiveOptions", "OptionFields", "OptionValues"]


class ObjectiveOptions(TypedDict, total=False):
    """Those that are no parameters of `aann.minimize` by themselves."""

    cooling: float
    loss_scale: float
    output_scale: float
    rejection_z: float
    within_unit: float
    layer_share: Sequence[float]
    adapt_layers: bool
    first_check: int
    strata: int
    arrange_interval: int
    first_samples: int
    growth: float
    jitter: int
    copies: int
    copy_shift: float
    copy_warp: float
    regression: bool
    target_weight: Sequence[float]
    reward_tracks: int
    reward_first_track: int
    method: Literal["sense", "hill", "random", "genetic"]
    population: int
    tournament: int
    crossover: float
    mutations: int
    warp: float
    working_samples: int
    acceptance_z: float
    ranked_samples: int
    informed_steps: int
    density: Sequence[float]
    by_use: float
    lesion_noise: float
    lesion_masks: int
    dale: float
    reward_steps: int
    isa: Literal["auto", "baseline", "avx2", "avx512", "neon"]


class MoreOptions(ObjectiveOptions, total=False):
    """Those that are no parameters of `aann.search` by themselves."""

    temperature: float


class OptionValues(MoreOptions, total=False):
    """Options as keyword arguments."""

    seed: int
    steps: int
    threads: int


class OptionFields:
    """Options as attributes: what was set, else the default."""

    seed: int
    """where all random numbers come from (0 to 18446744073709551615; default 1)"""
    steps: int
    """candidates per member (1 to 1e15; default 400000)"""
    temperature: float
    """at the first candidate, in units of mean loss (0 to 1000; default 0.0001)"""
    cooling: float
    """temperature falls as (1 - step / steps)^N; N is 1, 2 or 3 (1 to 3; default 2.0)"""
    loss_scale: float
    """classification: logits / (127 S) go into the softmax; usually chosen by the network
    (0.001 to 1000000; default 8.0)"""
    output_scale: float
    """an output is HardTanh(logit / (127 S)) (0.01 to 1000000; default 1.0)"""
    rejection_z: float
    """reject a candidate Z standard errors above the threshold (0 to 100; default 1.0)"""
    within_unit: float
    """share of the swaps inside one unit; in the first of several layers 1 - (1 - SHARE) / 8
    (0 to 1; default 0.8)"""
    layer_share: tuple[float, ...]
    """share of the candidates that each layer starts with; not given: chosen by cost (0 to
    1000000; default (0.0,))"""
    adapt_layers: bool
    """shift candidates towards the layers that gain most for their cost (true or false;
    default True)"""
    first_check: int
    """blocks of 64 samples before the first test, at least one a stratum (1 to 1000000;
    default 8)"""
    strata: int
    """groups of similar loss that the test samples evenly (1 to 16; default 8)"""
    arrange_interval: int
    """candidates between regroupings; 0: steps / 12, with jitter steps / 50 (0 to 1e15;
    default 0)"""
    first_samples: int
    """training samples at the start; 0: all (0 to 1e15; default 4096)"""
    growth: float
    """share of the steps over which they grow to all (0 to 1; default 0.5)"""
    jitter: int
    """move each sample by up to N rows and columns at each regrouping (0 to 100; default 0)"""
    copies: int
    """search on N of every training sample: itself, and copies moved and warped for good (1 to
    1000; default 1)"""
    copy_shift: float
    """move copies by up to S rows and columns (0 to 100; default 1.0)"""
    copy_warp: float
    """turn, stretch and slant copies by up to W (0 to 1; default 0.1)"""
    regression: bool
    """match targets instead of labels; follows from the data (true or false; default False)"""
    target_weight: tuple[float, ...]
    """weight of each output's error; 0: 1. The program's default is 1 / variance of its
    targets (0 to 1e15; default (0.0,))"""
    reward_tracks: int
    """search for reward on N tracks; 0: on samples (0 to 1000000; default 0)"""
    reward_first_track: int
    """the first of these tracks (0 to 18446744073709551615; default 0)"""
    method: Literal["sense", "hill", "random", "genetic"]
    """sense, or a baseline: hill, random or genetic (sense, hill, random or genetic; default
    sense)"""
    population: int
    """genetic: networks that live at a time (2 to 100000; default 40)"""
    tournament: int
    """genetic: a parent is the best of N drawn at random (1 to 100000; default 3)"""
    crossover: float
    """genetic: share of the children that have two parents (0 to 1; default 0.5)"""
    mutations: int
    """genetic: swaps in each child (0 to 1000000; default 8)"""
    warp: float
    """turn, stretch and slant every sample by up to W, anew at each regrouping (0 to 1;
    default 0.0)"""
    working_samples: int
    """compare candidates on N samples, drawn anew at each regrouping; 0: on all (0 to 1e15;
    default 8192)"""
    acceptance_z: float
    """accept a candidate Z standard errors below the threshold; 0: never early (0 to 100;
    default 3.0)"""
    ranked_samples: int
    """choose the working set among N of the samples, others at each regrouping; 0: among all
    (0 to 1e15; default 262144)"""
    informed_steps: int
    """draw N candidates at a time by the effects of a unit's single changes, where it pays; 0:
    blindly (0 to 100000; default 0)"""
    density: tuple[float, ...]
    """percent of non-zero weights while a phase lasts, of all layers or of each; 0: the
    network's (0 to 100; default (0.0,))"""
    by_use: float
    """share of the synapses that such a phase loses or adds by use, not at random (0 to 1;
    default 0.0)"""
    lesion_noise: float
    """compare candidates without so many of their synapses, lost at random; 0: with all (0 to
    90; default 0.0)"""
    lesion_masks: int
    """such losses at a time, each on its share of the samples; others at each regrouping (1 to
    64; default 8)"""
    dale: float
    """Dale's law: this share of the hidden units have only synapses +1, the others only -1; 0:
    no law (0 to 1; default 0.0)"""
    reward_steps: int
    """with --reward: a drive ends after N of its 1,000 steps (1 to 1000; default 1000)"""
    threads: int
    """threads that evaluate the candidates of one member (1 to 1024; default 1)"""
    isa: Literal["auto", "baseline", "avx2", "avx512", "neon"]
    """instruction set; auto: the best that the machine has (auto, baseline, avx2, avx512 or
    neon; default auto)"""
