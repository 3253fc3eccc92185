"""Reads what `features run` wrote: names, a float matrix (missing is NaN), lists of ids, and the label."""
import csv
import json

import numpy


def is_true(cell):
    return 1.0 if cell in ("1", "true") else 0.0


def read(path, label):
    """Returns (names, cells by name, labels); cells are texts in the order of the rows."""
    with open(path, newline="") as file:
        reader = csv.reader(file)
        head = next(reader)
        rows = list(reader)
    at = head.index(label)
    names = [name for name in head[1:] if name != label]
    cells = {name: [row[head.index(name)] for row in rows] for name in names}
    return names, cells, numpy.array([is_true(row[at]) for row in rows])


def numbers(cells):
    return numpy.array([float(cell) if cell else numpy.nan for cell in cells])


def ids(cells):
    """Lists of ids: a cell is one id, or a JSON array of them."""
    return [json.loads(cell) if cell.startswith("[") else [int(cell)] for cell in cells]


def auc(scores, labels):
    """Area under the ROC curve; ties count half."""
    order = numpy.argsort(scores, kind="stable")
    ranks = numpy.empty(len(scores))
    sorted_scores = scores[order]
    start = 0
    while start < len(scores):
        end = start
        while end < len(scores) and sorted_scores[end] == sorted_scores[start]:
            end += 1
        ranks[order[start:end]] = (start + end + 1) / 2
        start = end
    positives = labels.sum()
    negatives = len(labels) - positives
    return (ranks[labels == 1].sum() - positives * (positives + 1) / 2) / (positives * negatives)
