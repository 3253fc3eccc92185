"""Writes an ONNX file without the onnx package: the few messages that a small network needs.

Source: onnx/onnx.proto (ModelProto and what it holds); the numbers of the fields are those of that schema. Operators
are named as in onnx's Operators.md and mean there what OPSET says.
"""
import numpy
from protobuf import data, integer, message, text

IR_VERSION = 8
OPSET = 17
TYPES = {"float32": 1, "int64": 7}
INTEGER = 2


def tensor(name, values):
    """TensorProto: dims 1, data_type 2, name 8, raw_data 9 (little-endian, the last dimension runs fastest)."""
    values = numpy.ascontiguousarray(values)
    dims = [integer(1, size) for size in values.shape]
    return b"".join(dims) + integer(2, TYPES[values.dtype.name]) + text(8, name) + data(9, values.tobytes())


def value(name, kind, shape):
    """ValueInfoProto: name 1, type 2; a dimension is a number (dim_value 1) or a name that stands for any (dim_param 2)."""
    dims = [message(1, text(2, size) if isinstance(size, str) else integer(1, size)) for size in shape]
    return text(1, name) + message(2, message(1, integer(1, TYPES[kind]), message(2, *dims)))


def node(operator, inputs, output, **attributes):
    """NodeProto with one output, which names it: input 1, output 2, name 3, op_type 4, attribute 5.

    AttributeProto of an integer: name 1, i 3, type 20.
    """
    return (b"".join(text(1, name) for name in inputs) + text(2, output) + text(3, output) + text(4, operator)
            + b"".join(message(5, text(1, name), integer(3, given), integer(20, INTEGER))
                       for name, given in sorted(attributes.items())))


def model(name, note, nodes, weights, inputs, outputs):
    """ModelProto: ir_version 1, producer_name 2, doc_string 6, graph 7, opset_import 8.

    GraphProto: node 1, name 2, initializer 5, input 11, output 12. Nodes stand in the order in which they run.
    """
    graph = b"".join(message(1, one) for one in nodes) + text(2, name)
    graph += b"".join(message(5, tensor(*pair)) for pair in weights.items())
    graph += b"".join(message(11, one) for one in inputs) + b"".join(message(12, one) for one in outputs)
    return (integer(1, IR_VERSION) + text(2, "serving models-sample") + text(6, note) + data(7, graph)
            + message(8, text(1, ""), integer(2, OPSET)))
