"""Scores one row over gRPC with stubs made from serving.proto.

    protoc -I src/Serving.Protocol/v1 --python_out=OUT --grpc_out=OUT \\
        --plugin=protoc-gen-grpc=$(which grpc_python_plugin) serving.proto
    PYTHONPATH=OUT python3 score_grpc.py 127.0.0.1:8081 MODEL '{"amount": "12.50"}'
"""

import json
import sys

import grpc
import serving_pb2
import serving_pb2_grpc


def value(item):
    """A JSON value as a Value: text for decimals and times, null for a missing one."""
    if item is None:
        return serving_pb2.Value()
    if isinstance(item, bool):
        return serving_pb2.Value(bool_value=item)
    if isinstance(item, int):
        return serving_pb2.Value(int_value=item)
    if isinstance(item, float):
        return serving_pb2.Value(float_value=item)
    if isinstance(item, list):
        return serving_pb2.Value(list_value=serving_pb2.ListValue(items=[value(each) for each in item]))
    return serving_pb2.Value(string_value=item)


def main():
    address, model, row = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
    with grpc.insecure_channel(address) as channel:
        stub = serving_pb2_grpc.ScoringServiceStub(channel)
        request = serving_pb2.ScoreRequest(
            model=model, row=serving_pb2.Row(fields={name: value(item) for name, item in row.items()}))
        try:
            answer = stub.Score(request, timeout=5)
        except grpc.RpcError as error:
            sys.exit(f"{error.code().name}: {error.details()}")
        print(json.dumps({"score": answer.score, "model": answer.model, "version": answer.version}))


if __name__ == "__main__":
    main()
