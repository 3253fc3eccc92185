"""Trains a wide & deep network by numpy and writes it as a SavedModel:  train_wide_deep.py DIR LABEL MAPPING FOLDER

Reads DIR/train-features.csv, DIR/test-features.csv and DIR/columns.json (`features explain --json`); MAPPING is the file
of `bundle pack --mapping`: its input `x` takes numbers, every other one ids, `wide_...` a weight each and the rest an
embedding. Prints the AUC on the test rows.
"""
import argparse
import json
import os
import sys

import numpy

sys.path.insert(0, os.path.dirname(__file__))
import features_file  # noqa: E402
import mapped_columns  # noqa: E402
import saved_model  # noqa: E402
import wide_deep  # noqa: E402
from saved_model import kind, whole  # noqa: E402

FLOAT, IDS = kind("float32"), kind("int64")


def rows(graph, name, length, weights):
    """Rows of a table [ids, width], those of several ids added up: [rows, width]."""
    ids = graph.input(name, "int64", [-1] if length is None else [-1, length])
    table = graph.variable(f"table_{name}", weights[f"table_{name}"])
    found = graph.node(f"{name}/rows", "ResourceGather", [table, ids], dtype=FLOAT, Tindices=IDS)
    if length is None:
        return found
    axis = graph.constant(f"{name}/axis", numpy.int32(1))
    return graph.node(f"{name}/sum", "Sum", [found, axis], T=FLOAT, Tidx=kind("int32"))


def build(network, mapping):
    """The graph of the same network; its nodes have the names of what they make."""
    graph, weights = saved_model.Graph(), network.weights
    parts = [graph.input("x", "float32", [-1, len(mapping["inputs"]["x"])])]
    wide = []
    for name in network.tables:
        what = mapping["inputs"][name]
        found = rows(graph, name, None if isinstance(what, str) else what["length"], weights)
        (wide if name.startswith(wide_deep.WIDE) else parts).append(found)
    axis = graph.constant("axis", numpy.int32(1))
    value = graph.node("joined", "ConcatV2", [*parts, axis], N=whole(len(parts)), T=FLOAT, Tidx=kind("int32"))
    for layer in range(network.layers):
        matrix = graph.read(graph.variable(f"w{layer}", weights[f"w{layer}"]))
        offsets = graph.read(graph.variable(f"b{layer}", weights[f"b{layer}"]))
        value = graph.node(f"layer_{layer}/product", "MatMul", [value, matrix], T=FLOAT)
        value = graph.node(f"layer_{layer}/sum", "BiasAdd", [value, offsets], T=FLOAT)
        if layer < network.layers - 1:
            value = graph.node(f"layer_{layer}/relu", "Relu", [value], T=FLOAT)
    for place, found in enumerate(wide):
        value = graph.node(f"with_wide_{place}", "AddV2", [value, found], T=FLOAT)
    graph.node("logit", "Identity", [value], T=FLOAT)
    graph.node("probability", "Sigmoid", ["logit"], T=FLOAT)
    return graph


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("label")
    parser.add_argument("mapping")
    parser.add_argument("model")
    parser.add_argument("--embedding", type=int, default=8, help="numbers of each embedding")
    parser.add_argument("--hidden", default="32,16", help="units of each hidden layer")
    parser.add_argument("--rate", type=float, default=0.1)
    parser.add_argument("--penalty", type=float, default=20.0, help="strength of the L2 penalty, of the sum over all rows")
    parser.add_argument("--epochs", type=int, default=4)
    options = parser.parse_args()
    with open(options.mapping) as file:
        mapping = json.load(file)
    with open(f"{options.folder}/columns.json") as file:
        columns = {column["name"]: column["size"] for column in json.load(file)["columns"]}
    sizes = {name: columns[mapped_columns.name_of(what)] for name, what in mapping["inputs"].items() if name != "x"}
    _, cells, labels = features_file.read(f"{options.folder}/train-features.csv", options.label)
    inputs = mapped_columns.inputs(mapping, cells)
    hidden = [int(units) for units in options.hidden.split(",")]
    network = wide_deep.Network(inputs, sizes, options.embedding, hidden, labels.mean(), seed=1)
    wide_deep.train(network, inputs, labels, options.epochs, options.rate, options.penalty / len(labels), seed=1)
    outputs = {name: (name, "float32", [-1, 1]) for name in ("logit", "probability")}
    saved_model.write(options.model, build(network, mapping), outputs)
    _, cells, labels = features_file.read(f"{options.folder}/test-features.csv", options.label)
    scores, _ = network.forward(mapped_columns.inputs(mapping, cells))
    print(f"AUC on {len(labels)} later rows: {features_file.auc(scores, labels):.4f}")


main()
