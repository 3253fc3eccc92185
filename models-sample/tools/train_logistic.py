"""Trains a logistic regression by scikit-learn and writes linear.json:  train_logistic.py DIR LABEL linear.json [options]

Reads DIR/train-features.csv, DIR/test-features.csv and DIR/columns.json (`features explain --json`), prints the AUC on the
test rows. A continuous column has a weight and one for being missing, an id column a weight for each id.
"""
import argparse
import json
import os
import sys

import numpy
from scipy import sparse
from sklearn.linear_model import LogisticRegression

sys.path.insert(0, os.path.dirname(__file__))
import features_file  # noqa: E402


class Layout:
    """Where each column's weights stand in the matrix."""

    def __init__(self, columns):
        self.columns, self.starts, self.width = columns, {}, 0
        for column in columns:
            self.starts[column["name"]] = self.width
            self.width += column["size"] if column["kind"] == "discrete" else 2

    def matrix(self, cells, count):
        rows, places, values = [], [], []
        for column in self.columns:
            start, name = self.starts[column["name"]], column["name"]
            if column["kind"] == "discrete":
                for row, ids in enumerate(features_file.ids(cells[name])):
                    for value in ids:
                        rows.append(row)
                        places.append(start + value)
                        values.append(1.0)
            else:
                for row, value in enumerate(features_file.numbers(cells[name])):
                    rows.append(row)
                    places.append(start + (1 if numpy.isnan(value) else 0))
                    values.append(1.0 if numpy.isnan(value) else value)
        return sparse.csr_matrix((values, (rows, places)), shape=(count, self.width))


def document(layout, weights, bias, folder, in_files):
    result = {
        "format": "serving.linear", "version": 1, "link": "logit", "bias": [float(bias)],
        "dense": {}, "missing": {}, "ids": {},
    }
    for column in layout.columns:
        start, name = layout.starts[column["name"]], column["name"]
        if column["kind"] != "discrete":
            result["dense"][name] = [float(weights[start])]
            result["missing"][name] = [float(weights[start + 1])]
            continue
        block = weights[start:start + column["size"]]
        if name in in_files:
            block.astype("<f4").tofile(f"{folder}/{name}.bin")
            result["ids"][name] = {"size": column["size"], "file": f"{name}.bin"}
        else:
            used = [[int(place), float(block[place])] for place in numpy.nonzero(block)[0]]
            result["ids"][name] = {"size": column["size"], "weights": used}
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("label")
    parser.add_argument("model")
    parser.add_argument("--c", type=float, default=1.0, help="inverse strength of the L2 penalty")
    parser.add_argument("--files", default="", help="NAME,...: id columns whose weights go to a file of their own")
    options = parser.parse_args()
    with open(f"{options.folder}/columns.json") as file:
        layout = Layout(json.load(file)["columns"])
    _, cells, labels = features_file.read(f"{options.folder}/train-features.csv", options.label)
    learner = LogisticRegression(C=options.c, max_iter=300, solver="lbfgs", tol=1e-6)
    learner.fit(layout.matrix(cells, len(labels)), labels)
    weights = learner.coef_[0].copy()
    weights[numpy.abs(weights) < 1e-9] = 0
    with open(options.model, "w") as file:
        json.dump(document(layout, weights, learner.intercept_[0], options.folder, options.files.split(",")), file, indent=1)
        file.write("\n")
    _, cells, labels = features_file.read(f"{options.folder}/test-features.csv", options.label)
    scores = layout.matrix(cells, len(labels)) @ weights + learner.intercept_[0]
    print(f"AUC on {len(labels)} later rows: {features_file.auc(scores, labels):.4f}")


main()
