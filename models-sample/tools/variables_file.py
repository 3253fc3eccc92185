"""Writes weights as TensorFlow's saver does: `PREFIX.data-00000-of-00001`, the numbers, and `PREFIX.index`, where they are.

The index is a table of LevelDB (doc/table_format.md there): sorted keys with their values in blocks, each block with a
checksum. The key of a weight is its name, the value a BundleEntryProto; the empty key, the first, holds a
BundleHeaderProto (tensorflow/core/protobuf/tensor_bundle.proto).
"""
import struct

from protobuf import fixed, integer, message, varint

FLOAT = 1
MAGIC = 0xDB4775248B80FB57
FOOTER_HANDLES = 40


def crc_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


CRC_TABLE = crc_table()


def masked_crc(value):
    """CRC-32C, rotated and moved as both files store it, so that a checksum of checksums means something."""
    crc = 0xFFFFFFFF
    for byte in value:
        crc = crc >> 8 ^ CRC_TABLE[(crc ^ byte) & 0xFF]
    crc ^= 0xFFFFFFFF
    return (crc >> 15 | crc << 17) + 0xA282EAD8 & 0xFFFFFFFF


def block(entries):
    """Each entry with its whole key: bytes shared with the key before (none), of the key, of the value; where whole keys
    begin (at every entry) stands behind them, and how many these are."""
    result, begins = b"", []
    for name, value in entries:
        begins.append(len(result))
        result += varint(0) + varint(len(name)) + varint(len(value)) + name + value
    begins = begins or [0]
    return result + struct.pack(f"<{len(begins) + 1}I", *begins, len(begins))


def table(entries):
    """A file of one data block, an empty one for filters, the index of blocks, and the footer that says where they are."""
    result = b""

    def add(contents):
        nonlocal result
        handle = varint(len(result)) + varint(len(contents))
        stored = contents + b"\x00"
        result += stored + struct.pack("<I", masked_crc(stored))
        return handle

    rows = add(block(entries))
    filters = add(block([]))
    index = add(block([(entries[-1][0], rows)]))
    return result + (filters + index).ljust(FOOTER_HANDLES, b"\x00") + struct.pack("<Q", MAGIC)


def write(prefix, weights):
    """Weights are binary32 arrays by name.

    BundleHeaderProto: num_shards 1, version 3 (producer 1). BundleEntryProto: dtype 1, shape 2 (dim 2, size 1), offset 4,
    size 5, crc32c 6.
    """
    entries, numbers = [(b"", integer(1, 1) + message(3, integer(1, 1)))], b""
    for name in sorted(weights, key=str.encode):
        value = weights[name].astype("<f4").tobytes()
        dims = [message(2, integer(1, size)) for size in weights[name].shape]
        entries.append((name.encode(), integer(1, FLOAT) + message(2, *dims) + integer(4, len(numbers))
                        + integer(5, len(value)) + fixed(6, masked_crc(value))))
        numbers += value
    with open(f"{prefix}.data-00000-of-00001", "wb") as file:
        file.write(numbers)
    with open(f"{prefix}.index", "wb") as file:
        file.write(table(entries))
