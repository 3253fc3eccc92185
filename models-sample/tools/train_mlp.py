"""Trains a perceptron with hidden layers by scikit-learn and writes it as ONNX:  train_mlp.py DIR LABEL MAPPING MODEL.onnx

Reads DIR/train-features.csv, DIR/test-features.csv and DIR/columns.json (`features explain --json`); MAPPING is the file
of `bundle pack --mapping`: its input `x` takes numbers, every other one an id. Prints the AUC on the test rows.

scikit-learn sees an id as zeros with a single one. A weight matrix times such a vector is one of its rows: in the file
the id gathers that row from a table, which needs no zeros. Numbers are brought to mean 0 and deviation 1 for training
alone; the first layer takes that over, so that `x` is what the feature columns are.
"""
import argparse
import json
import os
import sys
import warnings

import numpy
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

sys.path.insert(0, os.path.dirname(__file__))
import features_file  # noqa: E402
import mapped_columns  # noqa: E402
import onnx_file  # noqa: E402

NOTE = "Inputs: columns of the feature script by mapping.json. logit is the log-odds, probability its logistic function."


def one_hot(ids, size):
    return sparse.csr_matrix((numpy.ones(len(ids)), (numpy.arange(len(ids)), ids)), shape=(len(ids), size))


def matrix(inputs, sizes, mean, deviation):
    blocks = [sparse.csr_matrix((inputs["x"] - mean) / deviation)]
    return sparse.hstack(blocks + [one_hot(inputs[name], size) for name, size in sizes.items()], format="csr")


def network(learner, sizes, seen, mean, deviation):
    """Weights by name: the first layer in its parts, the others whole."""
    first, width = learner.coefs_[0], len(mean)
    weights = {"w0": first[:width] / deviation[:, None], "b0": learner.intercepts_[0] - mean / deviation @ first[:width]}
    start = width
    for name, size in sizes.items():
        # A row that no example trained holds what training began with: such an id adds nothing.
        weights[f"table_{name}"] = numpy.where(seen[name][:, None], first[start:start + size], 0.0)
        start += size
    for layer in range(1, len(learner.coefs_)):
        weights[f"w{layer}"], weights[f"b{layer}"] = learner.coefs_[layer], learner.intercepts_[layer]
    return {name: value.astype(numpy.float32) for name, value in weights.items()}


def document(weights, sizes, width, layers):
    """The ONNX file: Gemm is x times w plus b."""
    nodes = [onnx_file.node("Gemm", ["x", "w0", "b0"], "sum_x")]
    last = "sum_x"
    for name in sizes:
        nodes.append(onnx_file.node("Gather", [f"table_{name}", name], f"row_{name}", axis=0))
        nodes.append(onnx_file.node("Add", [last, f"row_{name}"], f"sum_{name}"))
        last = f"sum_{name}"
    for layer in range(1, layers):
        output = "logit" if layer == layers - 1 else f"sum_{layer}"
        nodes.append(onnx_file.node("Relu", [last], f"hidden_{layer}"))
        nodes.append(onnx_file.node("Gemm", [f"hidden_{layer}", f"w{layer}", f"b{layer}"], output))
        last = output
    nodes.append(onnx_file.node("Sigmoid", ["logit"], "probability"))
    inputs = [onnx_file.value("x", "float32", ["rows", width])]
    inputs += [onnx_file.value(name, "int64", ["rows"]) for name in sizes]
    outputs = [onnx_file.value(name, "float32", ["rows", 1]) for name in ("logit", "probability")]
    return onnx_file.model("mlp", NOTE, nodes, weights, inputs, outputs)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("label")
    parser.add_argument("mapping")
    parser.add_argument("model")
    parser.add_argument("--hidden", default="32,16", help="units of each hidden layer")
    parser.add_argument("--alpha", type=float, default=0.1, help="strength of the L2 penalty")
    parser.add_argument("--rate", type=float, default=0.001)
    parser.add_argument("--epochs", type=int, default=6)
    options = parser.parse_args()
    with open(options.mapping) as file:
        mapping = json.load(file)
    with open(f"{options.folder}/columns.json") as file:
        columns = {column["name"]: column["size"] for column in json.load(file)["columns"]}
    sizes = {name: columns[what] for name, what in mapping["inputs"].items() if name != "x"}
    _, cells, labels = features_file.read(f"{options.folder}/train-features.csv", options.label)
    inputs = mapped_columns.inputs(mapping, cells)
    mean, deviation = inputs["x"].mean(axis=0, dtype=float), inputs["x"].std(axis=0, dtype=float)
    deviation[deviation == 0] = 1
    seen = {name: numpy.bincount(inputs[name], minlength=size) > 0 for name, size in sizes.items()}
    learner = MLPClassifier(
        hidden_layer_sizes=[int(units) for units in options.hidden.split(",")], alpha=options.alpha, batch_size=256,
        learning_rate_init=options.rate, max_iter=options.epochs, n_iter_no_change=options.epochs, random_state=1)
    # So many epochs and no more is what keeps it from learning the rows by heart.
    warnings.simplefilter("ignore", ConvergenceWarning)
    learner.fit(matrix(inputs, sizes, mean, deviation), labels)
    weights = network(learner, sizes, seen, mean, deviation)
    with open(options.model, "wb") as file:
        file.write(document(weights, sizes, len(mean), len(learner.coefs_)))
    _, cells, labels = features_file.read(f"{options.folder}/test-features.csv", options.label)
    scores = learner.predict_proba(matrix(mapped_columns.inputs(mapping, cells), sizes, mean, deviation))[:, 1]
    print(f"AUC on {len(labels)} later rows: {features_file.auc(scores, labels):.4f}")


main()
