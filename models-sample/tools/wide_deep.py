"""A wide & deep network by numpy: a weight for each crossed id, beside embeddings and numbers that go through layers.

Source: Cheng et al., "Wide & Deep Learning for Recommender Systems", 2016. Trained together by Adagrad (Duchi et al.,
2011) in small batches; one seed, one thread, the same bytes each time.
"""
import numpy

WIDE = "wide_"


class Network:
    """Weights by name: `table_INPUT` a row per id (row 0 stays 0: missing and padding), `wN` and `bN` a layer."""

    def __init__(self, inputs, sizes, embedding, hidden, share, seed):
        draw = numpy.random.RandomState(seed)
        self.tables = list(sizes)
        self.weights = {}
        for name, size in sizes.items():
            shape = (size, 1 if name.startswith(WIDE) else embedding)
            table = numpy.zeros(shape) if name.startswith(WIDE) else draw.normal(0, 0.05, shape)
            # A row that no example trains adds nothing.
            table[numpy.setdiff1d(numpy.arange(size), inputs[name])] = 0
            table[0] = 0
            self.weights[f"table_{name}"] = table
        deep = [name for name in self.tables if not name.startswith(WIDE)]
        units = [inputs["x"].shape[1] + embedding * len(deep), *hidden, 1]
        self.layers = len(units) - 1
        for layer, (before, after) in enumerate(zip(units, units[1:])):
            self.weights[f"w{layer}"] = draw.normal(0, numpy.sqrt(2 / before), (before, after))
            self.weights[f"b{layer}"] = numpy.zeros(after)
        # It begins by saying how often a row is positive: what follows is learned about what differs from that.
        self.weights[f"b{self.layers - 1}"][:] = numpy.log(share / (1 - share))
        self.squares = {name: numpy.full(value.shape, 1e-5) for name, value in self.weights.items()}

    def rows(self, name, ids):
        """Rows of a table; those of several ids are added up."""
        rows = self.weights[f"table_{name}"][ids]
        return rows if ids.ndim == 1 else rows.sum(axis=1)

    def forward(self, inputs):
        """The log-odds, and what enters each layer."""
        deep = [self.rows(name, inputs[name]) for name in self.tables if not name.startswith(WIDE)]
        entering = [numpy.hstack([inputs["x"], *deep])]
        for layer in range(self.layers):
            value = entering[-1] @ self.weights[f"w{layer}"] + self.weights[f"b{layer}"]
            entering.append(numpy.maximum(value, 0) if layer < self.layers - 1 else value)
        logit = entering.pop()
        for name in self.tables:
            if name.startswith(WIDE):
                logit = logit + self.rows(name, inputs[name])
        return logit[:, 0], entering

    def step(self, inputs, labels, rate, penalty):
        """One step of Adagrad down the mean log loss of a batch and penalty / 2 times the sum of all squared weights."""
        logit, entering = self.forward(inputs)
        slope = ((1 / (1 + numpy.exp(-logit)) - labels) / len(labels))[:, None]
        gradients = {name: penalty * value for name, value in self.weights.items()}
        for name in self.tables:
            if name.startswith(WIDE):
                self.add_rows(gradients, name, inputs[name], slope)
        for layer in range(self.layers - 1, -1, -1):
            gradients[f"w{layer}"] += entering[layer].T @ slope
            gradients[f"b{layer}"] = slope.sum(axis=0)
            slope = slope @ self.weights[f"w{layer}"].T
            if layer > 0:
                slope *= entering[layer] > 0
        at = inputs["x"].shape[1]
        for name in self.tables:
            if not name.startswith(WIDE):
                width = self.weights[f"table_{name}"].shape[1]
                self.add_rows(gradients, name, inputs[name], slope[:, at:at + width])
                at += width
        for name, gradient in gradients.items():
            self.squares[name] += gradient ** 2
            self.weights[name] -= rate * gradient / numpy.sqrt(self.squares[name])

    @staticmethod
    def add_rows(gradients, name, ids, slope):
        """Adds each row's slope to those of the table's rows that it reads."""
        gradient = gradients[f"table_{name}"]
        if ids.ndim == 2:
            slope, ids = numpy.repeat(slope, ids.shape[1], axis=0), ids.ravel()
        numpy.add.at(gradient, ids, slope)
        gradient[0] = 0


def train(network, inputs, labels, epochs, rate, penalty, seed, batch=256):
    draw = numpy.random.RandomState(seed)
    for _ in range(epochs):
        order = draw.permutation(len(labels))
        for start in range(0, len(order), batch):
            part = order[start:start + batch]
            network.step({name: value[part] for name, value in inputs.items()}, labels[part], rate, penalty)
