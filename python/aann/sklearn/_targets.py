"""The range of a regression's targets.

A network's outputs reach from -1 to 1. The mean of the training targets becomes 0 and the target
farthest from it 1 or -1, as the program does it (docs/data.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ACTIVATIONS = 4.0
"""full activations in one standard deviation of the targets"""
OUTPUT_SCALE_MAXIMUM = 1e6
"""that of the option output_scale"""


@dataclass(frozen=True)
class TargetRange:
    """A target is mean + scale * output."""

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    output_scale: float

    @classmethod
    def fit(cls, targets: NDArray[np.float64]) -> TargetRange:
        """From the training targets [samples, outputs]."""
        mean = targets.mean(axis=0)
        scale = np.abs(targets - mean).max(axis=0)
        # Above the rounding of float32, in which the library keeps targets.
        scale = np.where(scale > 0, np.nextafter(np.float32(scale), np.float32(np.inf)), 1.0)
        if not np.all(np.isfinite(scale)):
            raise ValueError("y: targets are too far apart for float32")
        deviation = ((targets - mean) / scale).std(axis=0)
        smallest = deviation[deviation > 0].min(initial=1.0)
        return cls(mean, scale, min(ACTIVATIONS / smallest, OUTPUT_SCALE_MAXIMUM))

    def outputs(self, targets: NDArray[np.float64]) -> NDArray[np.float64]:
        """Targets as outputs of a network; those beyond its range as the nearest output."""
        outputs: NDArray[np.float64] = np.clip((targets - self.mean) / self.scale, -1.0, 1.0)
        return outputs

    def count_beyond(self, targets: NDArray[np.float64]) -> int:
        """How many samples have a target beyond the range."""
        return int(np.count_nonzero(np.any(np.abs(targets - self.mean) > self.scale, axis=1)))

    def targets(self, outputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Outputs of a network as targets."""
        return self.mean + self.scale * outputs
