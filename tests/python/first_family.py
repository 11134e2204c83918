"""The first ten lines of somebody who has nothing but the wheel: run in an empty environment."""

import numpy as np

import aann

rng = np.random.default_rng(0)
X = rng.normal(size=(500, 2))
y = np.where(X[:, 0] * X[:, 1] > 0, "same", "other")
result = aann.search(X, y, "16-2", steps=20_000, member=3)
model = aann.Model.from_bytes(result.model.to_bytes())
assert (model.predict(X) == y).mean() > 0.9, result
print(f"{result.network.hash:016x}")
