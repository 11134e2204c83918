"""Families of sparse networks with weights -1, 0 and +1, found by stochastic search."""

from aann import errors
from aann.network import Network
from aann.options import Options
from aann.spec import Counts, Layer, Spec

__all__ = ["Counts", "Layer", "Network", "Options", "Spec", "errors"]
