"""Families of sparse networks with weights -1, 0 and +1, found by stochastic search.

`search` finds one network, `Study` holds families of them, `minimize` searches for any objective.
The subpackages `aann.sklearn`, `aann.gym`, `aann.geometry`, `aann.plot`, `aann.torch` and
`aann.export` are imported by name; each needs its extra (``pip install aann[sklearn]``).
"""

from aann import datasets, errors, gallery
from aann._library import lib as _lib
from aann._library import text as _text
from aann.connections import Connections
from aann.data import Data, Samples, Score
from aann.encoding import Encoding
from aann.ensemble import Ensemble
from aann.family import Family
from aann.manifold import Volume, sample, volume
from aann.member import Member
from aann.merging import MergeResult, merge
from aann.minimizing import MinimizeResult, minimize
from aann.model import Model
from aann.network import Network
from aann.options import Options
from aann.report import Report
from aann.running import Progress
from aann.searching import Result, search
from aann.spec import Counts, Layer, Spec
from aann.study import Study
from aann.walks import Path, Walk
from aann.working import MemberProgress

__version__: str = _text(_lib.aann_version())

__all__ = [
    "Connections",
    "Counts",
    "Data",
    "Encoding",
    "Ensemble",
    "Family",
    "Layer",
    "Member",
    "MemberProgress",
    "MergeResult",
    "MinimizeResult",
    "Model",
    "Network",
    "Options",
    "Path",
    "Progress",
    "Report",
    "Result",
    "Samples",
    "Score",
    "Spec",
    "Study",
    "Volume",
    "Walk",
    "__version__",
    "datasets",
    "errors",
    "gallery",
    "isa_names",
    "merge",
    "minimize",
    "sample",
    "search",
    "volume",
]


def isa_names() -> list[str]:
    """The instruction sets that the library can use here, best first."""
    return [_text(_lib.aann_isa_name(i)) for i in range(_lib.aann_isa_count())]
