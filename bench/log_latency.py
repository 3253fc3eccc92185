#!/usr/bin/env python3
"""What the strict prediction log costs a call, beside the device's own fdatasync.

    /usr/bin/python3 bench/log_latency.py SERVING [--rate 2000] [--round 10s] [--rounds 6] [--work DIR]

SERVING is the built program (src/Serving.Cli/bin/Release/net10.0/serving). Starts three servers of card-fraud, without a
log, with a relaxed and with a strict one, and has the load tool of bench/Serving.LoadTest (built before, Release) call
them in turns; before and after it appends 4 KiB to a file in the same folder and calls fdatasync, 1,000 times. Prints
one JSON document with the goal: p99 of strict <= p99 without a log + 2 x fdatasync's p99 + 1 ms.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import measured_server as measured  # noqa: E402

SYNCS = 1000


def fdatasync_ms(folder):
    """Latencies of appending 4 KiB and fdatasync, sorted, in ms."""
    path = folder / "sync.probe"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    times = []
    try:
        for _ in range(SYNCS):
            os.write(handle, bytes(4096))
            began = time.perf_counter()
            os.fdatasync(handle)
            times.append((time.perf_counter() - began) * 1e3)
    finally:
        os.close(handle)
        path.unlink()
    return sorted(times)


def percentile(values, percent):
    return round(values[min(len(values) - 1, int(len(values) * percent / 100))], 4)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("serving")
    parser.add_argument("--rate", type=int, default=2000)
    parser.add_argument("--round", default="10s")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--work")
    arguments = parser.parse_args()
    work = pathlib.Path(arguments.work or tempfile.mkdtemp(prefix="serving-log-"))
    work.mkdir(parents=True, exist_ok=True)
    measured.rows_file(work)
    modes = {"none": [], "relaxed": ["--log", work / "relaxed", "--log-mode", "relaxed"],
             "strict": ["--log", work / "strict", "--log-mode", "strict"]}
    syncs = fdatasync_ms(work)
    servers = [measured.Server(arguments.serving, measured.ROOT / "models-sample", work / f"{mode}.log", *options)
               for mode, options in modes.items()]
    try:
        for server in servers:
            server.wait_ready()
        targets = [part for server in servers for part in ("--target", "serving", "--address", server.grpc)]
        reports = measured.load(*targets, "--model", "card-fraud", "--rows", work / "rows.jsonl", "--rate",
                                arguments.rate, "--duration", arguments.round, "--rounds", arguments.rounds,
                                "--connections", 4, "--streams", 64)
    finally:
        for server in servers:
            server.stop()
    syncs = sorted(syncs + fdatasync_ms(work))
    answer = {"fdatasync_ms": {f"p{percent}": percentile(syncs, percent) for percent in (50, 90, 99)}}
    for mode, report in zip(modes, reports):
        answer[mode] = {name: report[name] for name in ("ok", "failed", "dropped", "latency_ms", "send_late_ms")}
    goal = answer["none"]["latency_ms"]["p99"] + 2 * answer["fdatasync_ms"]["p99"] + 1
    answer["goal_p99_ms"] = round(goal, 3)
    answer["holds"] = answer["strict"]["latency_ms"]["p99"] <= goal
    print(json.dumps(answer, indent=2))
    return 0 if answer["holds"] else 1


if __name__ == "__main__":
    sys.exit(main())
