"""Writes Protocol Buffers' wire format: a message is the bytes of its fields, one after another.

A field is a key (its number in the schema and how its value is packed) and the value. Source: protobuf.dev, "Encoding".
The numbers stand where the messages are written: onnx_file.py and saved_model.py.
"""
import struct

VARINT, BYTES, FIXED_32 = 0, 2, 5


def varint(value):
    """Seven bits a byte, the lowest first; a negative number as its 64 bits."""
    value &= (1 << 64) - 1
    result = bytearray()
    while value > 0x7F:
        result.append(value & 0x7F | 0x80)
        value >>= 7
    result.append(value)
    return bytes(result)


def key(number, packing):
    return varint(number << 3 | packing)


def integer(number, value):
    """A field of an integer, an enumeration or a bool."""
    return key(number, VARINT) + varint(int(value))


def fixed(number, value):
    """A field of an unsigned 32-bit integer that takes 4 bytes always."""
    return key(number, FIXED_32) + struct.pack("<I", value)


def data(number, value):
    return key(number, BYTES) + varint(len(value)) + value


def text(number, value):
    return data(number, value.encode())


def message(number, *fields):
    """A field that is a message: its own fields, already written."""
    return data(number, b"".join(fields))


def entry(number, name, *fields):
    """An entry of a map from texts to messages."""
    return message(number, text(1, name), message(2, *fields))
