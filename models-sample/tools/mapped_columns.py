"""Reads the columns of `features run` into a network's inputs as `bundle pack --mapping` will at serving.

A list of names fills rows of float32: a missing number is 0, `NAME?` is 1 where it is missing, ids and bools are their
numbers. A single name is a column of ids; {"ids": NAME, "length": L, "pad": P} a column of several, cut and filled to L.
"""
import numpy

import features_file


def dense(names, cells):
    """A matrix [rows, names] of binary32 numbers."""
    columns = []
    for name in names:
        numbers = features_file.numbers(cells[name.rstrip("?")])
        missing = numpy.isnan(numbers)
        columns.append(missing.astype(float) if name.endswith("?") else numpy.where(missing, 0.0, numbers))
    return numpy.stack(columns, axis=1).astype(numpy.float32)


def ids(what, cells):
    """Whole numbers: [rows] of one column, [rows, length] of several ids a row."""
    if isinstance(what, str):
        return numpy.array([int(cell) for cell in cells[what]])
    rows = numpy.full((len(cells[what["ids"]]), what["length"]), what.get("pad", 0))
    for row, several in zip(rows, features_file.ids(cells[what["ids"]])):
        row[:len(several)] = several[:what["length"]]
    return rows


def name_of(what):
    return what if isinstance(what, str) else what["ids"]


def inputs(mapping, cells):
    """Every input by its name."""
    return {name: dense(what, cells) if isinstance(what, list) else ids(what, cells)
            for name, what in mapping["inputs"].items()}
