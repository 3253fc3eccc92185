"""Brings events that are no requests over gRPC, with stubs made as score_grpc.py says.

    PYTHONPATH=OUT python3 ingest_grpc.py 127.0.0.1:8081 SET EVENT '[{"cb": "1", "card": "c1"}]'
"""

import json
import sys

import grpc
import serving_pb2
import serving_pb2_grpc
from score_grpc import value


def main():
    address, feature_set, event, rows = sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4])
    with grpc.insecure_channel(address) as channel:
        stub = serving_pb2_grpc.ScoringServiceStub(channel)
        request = serving_pb2.IngestRequest(set=feature_set, event=event)
        for row in rows:
            request.rows.append(serving_pb2.Row(fields={name: value(item) for name, item in row.items()}))
        try:
            answer = stub.Ingest(request, timeout=10)
        except grpc.RpcError as error:
            # After UNAVAILABLE sending the same events again is harmless.
            sys.exit(f"{error.code().name}: {error.details()}")
        print(json.dumps({
            "accepted": answer.accepted, "duplicate": answer.duplicate, "late": answer.late, "future": answer.future}))


if __name__ == "__main__":
    main()
