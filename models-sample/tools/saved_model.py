"""Writes a TensorFlow SavedModel without TensorFlow: a graph, its variables, one signature.

A SavedModel is a folder: `saved_model.pb` holds the graph, `variables/` the weights in the saver's format
(variables_file.py). TensorFlow builds the graph, runs the node `save/restore_all`, which reads every weight into its
variable, and then answers calls of the signature `serving_default`. Sources: tensorflow/core/protobuf
(saved_model.proto, meta_graph.proto, saver.proto) and tensorflow/core/framework (graph.proto, node_def.proto,
attr_value.proto, tensor.proto, types.proto); the numbers of the fields are those of these schemas.
"""
import os

import numpy
from protobuf import data, entry, integer, message, text
import variables_file

TYPES = {"float32": 1, "int32": 3, "string": 7, "int64": 9}

# The version whose operators the graph uses, and that version's number for its graphs.
TENSORFLOW, PRODUCER = "2.15.1", 1645


def shape_fields(shape):
    """TensorShapeProto: dim 2 with size 1; -1 stands for any."""
    return b"".join(message(2, integer(1, size)) for size in shape)


# AttrValue: list 1, s 2, i 3, b 5, type 6, shape 7, tensor 8.

def kind(name):
    return integer(6, TYPES[name])


def kinds(names):
    return message(1, *[integer(6, TYPES[name]) for name in names])


def whole(value):
    return integer(3, value)


def words(value):
    return text(2, value)


def shape(sizes):
    return data(7, shape_fields(sizes))


def tensor(value):
    """TensorProto: dtype 1, tensor_shape 2, tensor_content 4 (little-endian), string_val 8."""
    if isinstance(value, list):
        return message(8, integer(1, TYPES["string"]), message(2, shape_fields([len(value)])),
                       *[text(8, item) for item in value])
    if isinstance(value, str):
        return message(8, integer(1, TYPES["string"]), message(2), text(8, value))
    value = numpy.asarray(value)
    return message(8, integer(1, TYPES[value.dtype.name]), message(2, shape_fields(value.shape)), data(4, value.tobytes()))


class Graph:
    """Nodes in the order in which they are added; each method gives the name that other nodes take as their input."""

    def __init__(self):
        self.nodes, self.variables, self.inputs = [], {}, {}

    def node(self, name, operator, inputs=(), **attributes):
        """NodeDef: name 1, op 2, input 3, attr 5. What is not given has the operator's default."""
        self.nodes.append(
            text(1, name) + text(2, operator) + b"".join(text(3, one) for one in inputs)
            + b"".join(entry(5, attribute, value) for attribute, value in sorted(attributes.items())))
        return name

    def input(self, name, type_name, sizes):
        self.inputs[name] = (name, type_name, sizes)
        return self.node(name, "Placeholder", dtype=kind(type_name), shape=shape(sizes))

    def constant(self, name, value):
        type_name = "string" if isinstance(value, (str, list)) else numpy.asarray(value).dtype.name
        return self.node(name, "Const", dtype=kind(type_name), value=tensor(value))

    def variable(self, name, value):
        """A handle to a variable that the saver fills."""
        self.variables[name] = value.astype(numpy.float32)
        return self.node(name, "VarHandleOp", dtype=kind("float32"), shape=shape(value.shape), shared_name=words(name))

    def read(self, variable):
        return self.node(f"{variable}/read", "ReadVariableOp", [variable], dtype=kind("float32"))

    def add_saver(self):
        """What restores the variables, and what saves them, which other tools ask a graph for."""
        names, count = list(self.variables), len(self.variables)
        types = kinds(["float32"] * count)
        self.constant("save/filename", "model")
        self.node("save/Const", "PlaceholderWithDefault", ["save/filename"], dtype=kind("string"), shape=shape([]))
        self.constant("save/names", names)
        self.constant("save/slices", [""] * count)
        self.node("save/RestoreV2", "RestoreV2", ["save/Const", "save/names", "save/slices"], dtypes=types)
        for place, name in enumerate(names):
            value = "save/RestoreV2" if place == 0 else f"save/RestoreV2:{place}"
            self.node(f"save/assign_{name}", "AssignVariableOp", [name, value], dtype=kind("float32"))
        self.node("save/restore_all", "NoOp", [f"^save/assign_{name}" for name in names])
        reads = [self.node(f"save/read_{name}", "ReadVariableOp", [name], dtype=kind("float32")) for name in names]
        self.node("save/SaveV2", "SaveV2", ["save/Const", "save/names", "save/slices", *reads], dtypes=types)
        self.node("save/control_dependency", "Identity", ["save/Const", "^save/SaveV2"], T=kind("string"))


# SaverDef: filename_tensor_name 1, save_tensor_name 2, restore_op_name 3, max_to_keep 4, version 7.
SAVER = (text(1, "save/Const:0") + text(2, "save/control_dependency:0") + text(3, "save/restore_all") + integer(4, 5)
         + integer(7, 2))


def information(node, type_name, sizes):
    """TensorInfo: name 1, dtype 2, tensor_shape 3."""
    return text(1, f"{node}:0") + integer(2, TYPES[type_name]) + message(3, shape_fields(sizes))


def write(folder, graph, outputs):
    """Writes the folder; outputs are (node, type, sizes) by name.

    SavedModel: saved_model_schema_version 1, meta_graphs 2. MetaGraphDef: meta_info_def 1 (tags 4, tensorflow_version
    5), graph_def 2 (node 1, versions 4), saver_def 3, signature_def 5 (inputs 1, outputs 2, method_name 3).
    """
    graph.add_saver()
    signature = [entry(number, name, information(*tensors[name]))
                 for number, tensors in ((1, graph.inputs), (2, outputs)) for name in sorted(tensors)]
    meta = [
        message(1, text(4, "serve"), text(5, TENSORFLOW)),
        message(2, *[message(1, node) for node in graph.nodes], message(4, integer(1, PRODUCER))),
        data(3, SAVER),
        entry(5, "serving_default", *signature, text(3, "tensorflow/serving/predict")),
    ]
    os.makedirs(f"{folder}/variables", exist_ok=True)
    with open(f"{folder}/saved_model.pb", "wb") as file:
        file.write(integer(1, 1) + message(2, *meta))
    variables_file.write(f"{folder}/variables/variables", graph.variables)
