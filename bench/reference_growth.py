"""References that grow their topology: weight-agnostic search and a growth like NEAT's, in plain NumPy.

Both follow the ideas of the publications, not their programs; scales are far smaller than theirs. A network begins with a few
connections from inputs to outputs. A generation is bred from the better half of the one before by tournaments, the best
are kept; a child has one change: a new connection, a node put into a connection, and what else its kind allows. There is no
crossover and no speciation. Ranks are those of non-dominated sorting with crowding [Deb and others 2002].

  weight-agnostic   [Gaier and Ha 2019, arXiv 1906.04358] all connections have one weight; a network is evaluated under six of
                    them (-2, -1, -0.5, 0.5, 1, 2). A change may also give a node another of ten functions. Ranked by mean
                    loss and, in four of five generations, connections, else the smallest loss.
  grown, real       [after NEAT: Stanley and Miikkulainen 2002] a weight for each connection, mutated by Gaussian steps;
                    HardTanh nodes. Ranked by loss and connections.
  grown, signs      the same with weights -1 and +1, a change may turn a sign: networks of our kind, but for their shape.

A generation is evaluated on a batch of training samples of its own. The champion is chosen among the last generation, on
the validation split. A sample counts once for each weight it is evaluated with.
"""
import time

import numpy as np

SHARED = (-2.0, -1.0, -0.5, 0.5, 1.0, 2.0)
FUNCTIONS = {
    "linear": lambda x: x, "hardtanh": lambda x: np.clip(x, -1, 1), "step": lambda x: (x > 0).astype(x.dtype),
    "sine": lambda x: np.sin(np.pi * x), "cosine": lambda x: np.cos(np.pi * x),
    "gauss": lambda x: np.exp(-np.minimum(x * x, 80) / 2), "tanh": np.tanh,
    "sigmoid": lambda x: (np.tanh(x / 2) + 1) / 2, "absolute": np.abs, "inverse": lambda x: -x,
    "relu": lambda x: np.maximum(x, 0),
}
WANN_FUNCTIONS = tuple(name for name in FUNCTIONS if name != "hardtanh")


class Genome:
    """Hidden nodes are kept in an order of evaluation: a connection leads from earlier to later, outputs are last.

    into[k] = {source: weight} for hidden nodes, then outputs; sources below `inputs` are inputs, others hidden nodes.
    Hidden nodes have names that never change, `order` is their order.
    """

    def __init__(self, inputs, outputs):
        self.inputs, self.outputs = inputs, outputs
        self.order, self.function = [], {}
        self.into = {("out", k): {} for k in range(outputs)}

    def copy(self):
        other = Genome(self.inputs, self.outputs)
        other.order, other.function = list(self.order), dict(self.function)
        other.into = {node: dict(sources) for node, sources in self.into.items()}
        return other

    @property
    def connections(self):
        return sum(map(len, self.into.values()))

    def logits(self, images, weights=None):
        """[outputs][weights][n], each connection's own weight times each shared one; images are [inputs][n]."""
        scale = np.array([[1.0]] if weights is None else [[w] for w in weights], np.float32)
        value, result = {}, np.empty((self.outputs, len(scale), images.shape[1]), np.float32)
        for node in self.order + [("out", k) for k in range(self.outputs)]:
            sources = self.into[node]
            outside = [source for source in sources if isinstance(source, int)]
            own = np.array([sources[source] for source in outside], np.float32)
            # What comes from inputs is the same under all shared weights, but for its factor.
            total = scale * (own @ images[outside])
            for source, weight in sources.items():
                if not isinstance(source, int):
                    total += scale * np.float32(weight) * value[source]
            if node in self.function:
                value[node] = FUNCTIONS[self.function[node]](total)
            else:
                result[node[1]] = total
        return result


def losses(logits, labels):
    """Mean softmax cross-entropy under each weight."""
    top = logits.max(0)
    logarithm = np.log(np.exp(logits - top).sum(0)) + top
    return (logarithm - logits[labels, :, np.arange(len(labels))].T).mean(1)


def accuracies(genome, images, labels, weights=None):
    """Percent under each weight."""
    return 100 * (genome.logits(images, weights).argmax(0) == labels).mean(1)


class Kind:
    """What a genome of a kind may be and become."""

    def __init__(self, name):
        self.name = name
        self.functions = WANN_FUNCTIONS if name == "weight-agnostic" else ("hardtanh",)
        self.shared = SHARED if name == "weight-agnostic" else None
        # Signs give sums of whole numbers: as in the program, logits are divided before the softmax.
        self.scale = 4.0 if name == "grown, signs" else 1.0

    def weight(self, random):
        if self.name == "weight-agnostic":
            return 1.0
        return float(random.choice((-1.0, 1.0))) if self.name == "grown, signs" else float(random.normal(0, 0.5))

    def first(self, inputs, outputs, share, random):
        genome = Genome(inputs, outputs)
        for k, source in np.argwhere(random.random((outputs, inputs)) < share).tolist():
            genome.into[("out", k)][source] = self.weight(random)
        return genome

    def child(self, parent, name, random):
        """A copy with one change; `name` is what a new node is called."""
        genome = parent.copy()
        changes = [self.connect, self.connect, self.insert, self.change, self.change]
        changes[random.integers(len(changes))](genome, name, random)
        return genome

    def connect(self, genome, _name, random):
        """A new connection from an input or an earlier node. One in five times an old one goes instead."""
        places = genome.order + [("out", k) for k in range(genome.outputs)]
        if random.random() < 0.2:
            self.disconnect(genome, random)
            return
        at = int(random.integers(len(places)))
        earlier = genome.order[:at]
        # Hidden nodes are few beside inputs: half of the connections come from them, where there are any.
        source = earlier[random.integers(len(earlier))] if earlier and random.random() < 0.5 else int(
            random.integers(genome.inputs))
        genome.into[places[at]].setdefault(source, self.weight(random))

    @staticmethod
    def disconnect(genome, random):
        node, source = Kind.any_connection(genome, random)
        if node is not None and genome.connections > 1:
            del genome.into[node][source]

    @staticmethod
    def any_connection(genome, random):
        every = [(node, source) for node, sources in genome.into.items() for source in sources]
        return every[random.integers(len(every))] if every else (None, None)

    def insert(self, genome, name, random):
        """A node into a connection: the old weight leads to it, another away from it."""
        node, source = self.any_connection(genome, random)
        if node is None:
            return
        weight = genome.into[node].pop(source)
        genome.into[name] = {source: weight}
        genome.into[node][name] = abs(weight) if self.name != "grown, real" else 1.0
        genome.function[name] = self.functions[random.integers(len(self.functions))]
        genome.order.insert(genome.order.index(node) if node in genome.order else len(genome.order), name)

    def change(self, genome, name, random):
        """Another function, another weight, or another sign."""
        if self.name == "weight-agnostic":
            if genome.order:
                node = genome.order[random.integers(len(genome.order))]
                genome.function[node] = self.functions[random.integers(len(self.functions))]
            else:
                self.connect(genome, name, random)
            return
        if self.name == "grown, signs":
            node, source = self.any_connection(genome, random)
            if node is not None:
                genome.into[node][source] *= -1
            return
        for sources in genome.into.values():
            for source in sources:
                if random.random() < 0.1:
                    sources[source] += float(random.normal(0, 0.2))

    def measured(self, genome, images, labels):
        """Mean loss, smallest loss."""
        found = losses(genome.logits(images, self.shared) / self.scale, labels)
        return float(found.mean()), float(found.min())


def sorted_by_rank(points):
    """Positions, best first: non-dominated fronts, those with more room around them first within a front."""
    points = np.asarray(points, float)
    better = (points[:, None] <= points[None]).all(-1) & (points[:, None] < points[None]).any(-1)
    order, left = [], np.arange(len(points))
    while len(left):
        front = left[~better[np.ix_(left, left)].any(0)]
        room = np.zeros(len(front))
        for values in points[front].T:
            by = np.argsort(values, kind="stable")
            room[by[[0, -1]]] = np.inf
            if len(front) > 2:
                room[by[1:-1]] += (values[by[2:]] - values[by[:-2]]) / max(np.ptp(values), 1e-12)
        order += front[np.argsort(-room, kind="stable")].tolist()
        left = np.setdiff1d(left, front)
    return order


def columns(task, split):
    """A split's inputs, [inputs][n]."""
    return np.ascontiguousarray(task.inputs(split).reshape(len(task.images[split]), -1).T)


def grow(kind, task, seed, population, budget, batch):
    """The champion, the samples evaluated, generations and processor seconds. `budget` is in samples."""
    random = np.random.default_rng([seed, 7])
    flat = {split: columns(task, split) for split in ("train", "validation")}
    labels = task.labels
    weights = len(kind.shared or (1,))
    batch = min(batch, len(labels["train"]))
    generations = max(1, budget // (population * batch * weights))
    classes = int(labels["train"].max()) + 1
    begun = time.process_time()
    genomes = [kind.first(len(flat["train"]), classes, 0.05, random) for _ in range(population)]
    name = 1000000  # of the next hidden node; strings, so that no input has it
    for generation in range(generations):
        drawn = random.choice(len(labels["train"]), batch, replace=False)
        images, truth = np.ascontiguousarray(flat["train"][:, drawn]), labels["train"][drawn]
        found = [kind.measured(genome, images, truth) for genome in genomes]
        second = [best for _, best in found] if kind.shared and random.random() < 0.2 else [
            genome.connections for genome in genomes]
        order = sorted_by_rank([(mean, other) for (mean, _), other in zip(found, second)])
        if generation == generations - 1:
            break
        elite = max(1, population // 10)
        # Fronts keep what is small; a tenth is kept for what is good, whatever its size.
        good = np.argsort([mean for mean, _ in found], kind="stable")[:elite].tolist()
        kept = list(dict.fromkeys(order[:elite] + good))
        breeders = list(dict.fromkeys(order[:population // 2] + good))
        children = []
        while len(kept) + len(children) < population:
            # The lower place wins in three of four tournaments of two, the smaller loss in the others.
            one, other = random.integers(len(breeders), size=2).tolist()
            winner = breeders[min(one, other)] if random.random() < 0.5 else min(
                breeders[one], breeders[other], key=lambda place: found[place][0])
            children.append(kind.child(genomes[winner], f"h{name}", random))
            name += 1
        genomes = [genomes[place] for place in kept] + children
    seconds = time.process_time() - begun
    best = max(genomes, key=lambda genome: champion_score(kind, genome, flat["validation"], labels["validation"]))
    return best, generations * population * batch * weights, generations, seconds


def champion_score(kind, genome, images, labels):
    """Mean accuracy on validation over the weights that the kind has."""
    return accuracies(genome, images, labels, kind.shared).mean()


def rows(task, seed, name, population, budget, batch):
    """The champion of one kind and seed. Under several weights: the mean, and the best weight, chosen by validation."""
    kind = Kind(name)
    champion, samples, generations, seconds = grow(kind, task, seed, population, budget, batch)
    row = {"synapses": champion.connections, "nodes": len(champion.order), "generations": generations,
           "samples": samples, "seconds": seconds}
    yield row | {"method": name if kind.shared is None else f"{name}, mean of six weights"} | agnostic(
        champion, task, kind.shared)
    if kind.shared:
        yield row | {"method": f"{name}, its best weight"} | best_weight(champion, task)


def agnostic(genome, task, weights):
    return {split: float(accuracies(genome, columns(task, split), task.labels[split], weights).mean())
            for split in ("validation", "test")}


def best_weight(genome, task):
    by_split = {split: accuracies(genome, columns(task, split), task.labels[split], SHARED)
                for split in ("validation", "test")}
    best = int(by_split["validation"].argmax())
    return {"validation": float(by_split["validation"][best]), "test": float(by_split["test"][best]),
            "weight": SHARED[best]}


def genome_of_layers(weights):
    """A network of dense ternary layers as a genome, to be evaluated under other weights."""
    first, *rest = weights
    genome = Genome(first.shape[1], weights[-1].shape[0])
    before = list(range(first.shape[1]))
    for number, layer in enumerate([first, *rest]):
        last = number == len(weights) - 1
        nodes = [("out", k) if last else f"{number}.{k}" for k in range(layer.shape[0])]
        for k, node in enumerate(nodes):
            genome.into[node] = {before[i]: float(layer[k, i]) for i in np.flatnonzero(layer[k])}
            if not last:
                genome.order.append(node)
                genome.function[node] = "hardtanh"
        before = nodes
    return genome
