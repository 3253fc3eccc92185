"""Trains boosted trees by XGBoost's C API (Debian's libxgboost0):  train_xgboost.py DIR LABEL MODEL.json [options]

Reads DIR/train-features.csv and DIR/test-features.csv, writes the model as JSON and prints the AUC on the test rows.
One thread and a fixed seed: the same rows give the same trees.
"""
import argparse
import ctypes
import os
import sys

import numpy

sys.path.insert(0, os.path.dirname(__file__))
import features_file  # noqa: E402

library = ctypes.CDLL("libxgboost.so.0")
library.XGBGetLastError.restype = ctypes.c_char_p


def check(status):
    if status != 0:
        sys.exit(library.XGBGetLastError().decode())


def matrix(names, cells, labels=None):
    values = numpy.ascontiguousarray(
        numpy.stack([features_file.numbers(cells[name]) for name in names], axis=1), dtype=numpy.float32)
    handle = ctypes.c_void_p()
    check(library.XGDMatrixCreateFromMat(
        values.ctypes.data_as(ctypes.c_void_p), ctypes.c_uint64(values.shape[0]), ctypes.c_uint64(values.shape[1]),
        ctypes.c_float(numpy.nan), ctypes.byref(handle)))
    texts = (ctypes.c_char_p * len(names))(*[name.encode() for name in names])
    check(library.XGDMatrixSetStrFeatureInfo(handle, b"feature_name", texts, ctypes.c_uint64(len(names))))
    if labels is not None:
        target = labels.astype(numpy.float32)
        check(library.XGDMatrixSetFloatInfo(
            handle, b"label", target.ctypes.data_as(ctypes.c_void_p), ctypes.c_uint64(len(target))))
    return handle


def predict(booster, rows):
    length = ctypes.c_uint64()
    result = ctypes.POINTER(ctypes.c_float)()
    check(library.XGBoosterPredict(booster, rows, 1, 0, 0, ctypes.byref(length), ctypes.byref(result)))
    return numpy.ctypeslib.as_array(result, shape=(length.value,)).astype(float)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("label")
    parser.add_argument("model")
    parser.add_argument("--trees", type=int, default=100)
    parser.add_argument("--depth", type=int, default=5)
    parser.add_argument("--eta", type=float, default=0.1)
    options = parser.parse_args()
    names, cells, labels = features_file.read(f"{options.folder}/train-features.csv", options.label)
    train = matrix(names, cells, labels)
    booster = ctypes.c_void_p()
    check(library.XGBoosterCreate((ctypes.c_void_p * 1)(train), ctypes.c_uint64(1), ctypes.byref(booster)))
    parameters = {
        "objective": "binary:logistic", "max_depth": options.depth, "eta": options.eta, "nthread": 1, "seed": 1,
        "tree_method": "hist", "min_child_weight": 2, "lambda": 2, "base_score": max(1e-4, float(labels.mean())),
    }
    for name, value in parameters.items():
        check(library.XGBoosterSetParam(booster, name.encode(), str(value).encode()))
    for tree in range(options.trees):
        check(library.XGBoosterUpdateOneIter(booster, tree, train))
    check(library.XGBoosterSaveModel(booster, options.model.encode()))
    names, cells, labels = features_file.read(f"{options.folder}/test-features.csv", options.label)
    print(f"AUC on {len(labels)} later rows: {features_file.auc(predict(booster, matrix(names, cells)), labels):.4f}")


main()
