#!/usr/bin/env python3
"""What a swap costs the calls beside it: p99 while versions are published, against quiet spells of the same run.

    /usr/bin/python3 bench/swap_latency.py SERVING [--rate N] [--spell 15s] [--spells 8] [--every 1.0] [--big-mb 500]
        [--state memory] [--work DIR]

SERVING is the built program (src/Serving.Cli/bin/Release/net10.0/serving). Starts a server on free ports, and the load
tool of bench/Serving.LoadTest (built before, Release) in rounds that are quiet and rounds beside which versions are
uploaded, verified, published and retired: three kinds of card-fraud over the same kept columns (its trees, and two
linear models over other features of the same script), so that every swap reads a bundle with windows from disk,
compiles and warms it; while a bundle of BIG-MB of another model loads and goes again. Prints the load tool's report
with the number of swaps. Exits 1 when a call failed.
"""
import argparse
import hashlib
import http.client
import io
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import measured_server as measured  # noqa: E402

ROOT = measured.ROOT
ARCHIVE_DATE = (2026, 1, 1, 0, 0, 0)
KINDS = [
    None,
    {"amount_log": 0.4, "hour_v": -0.01, "card_n_1h": 0.3, "card_n_1d": 0.1, "card_n_7d": 0.01, "card_n_30d": 0.001},
    {"amount_log": 0.2, "card_sum_1h": 1e-3, "card_sum_1d": 1e-4, "card_sum_7d": 1e-5, "card_sum_30d": 1e-6},
]


def script_of(weights):
    """card-fraud's script with the features of a linear model alone; events, windows and kept columns stay."""
    text = (ROOT / "models-sample/card-fraud/card-fraud.feat").read_text()
    names = {name.split("_1")[0].split("_7")[0].split("_30")[0] for name in weights}
    kept = [line for line in text.split("\ntest ")[0].splitlines()
            if not line.startswith("feature ") or line.split()[1] in names]
    return "\n".join(kept) + "\n"


def pack(serving, work, number, weights):
    """One bundle of each kind by `bundle pack`; versions are made of it by renumbering its manifest."""
    target = work / f"kind{number}"
    if weights is None:
        shutil.copytree(ROOT / "models-sample/card-fraud/1", target)
        return target
    (work / f"{number}.feat").write_text(script_of(weights))
    model = {"format": "serving.linear", "version": 1, "link": "logit", "bias": [-3.0],
             "dense": {name: [weight] for name, weight in weights.items()}}
    (work / f"{number}.json").write_text(json.dumps(model))
    subprocess.run([serving, "bundle", "pack", "--name", "card-fraud", "--version", "1", "--script",
                    work / f"{number}.feat", "--model", work / f"{number}.json", "--samples",
                    ROOT / "models-sample/card-fraud/1/samples.jsonl", "--out", target], check=True)
    return target


def pack_big(serving, work, megabytes):
    """A linear model whose one table has so many bytes, of numbers that do not compress."""
    (work / "big.feat").write_text(
        f'features big 1 zone "UTC";\nrequest r {{ id: string; at: time; user: string; }} id id, time at;\n'
        f"feature u = user -> hash({megabytes * (1 << 18)});\n")
    block = random.Random(7).randbytes(1 << 20)
    sane = bytes(byte if index % 4 != 3 else 0x3C for index, byte in enumerate(block))
    size = megabytes * (1 << 18) + 2
    with open(work / "u.bin", "wb") as table:
        for _ in range(megabytes):
            table.write(sane)
        table.write(bytes(8))
    model = {"format": "serving.linear", "version": 1, "link": "logit", "bias": [-1.0], "dense": {},
             "ids": {"u": {"size": size, "file": "u.bin"}}}
    (work / "big.json").write_text(json.dumps(model))
    target = work / "big"
    subprocess.run([serving, "bundle", "pack", "--name", "big", "--version", "1", "--script", work / "big.feat",
                    "--model", work / "big.json", "--out", target], check=True)
    return target


def renumber(folder, version):
    """The bundle as one file, as another version of its model."""
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["version"] = version
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in [*manifest["files"], "manifest.json"]:
            data = (folder / name).read_bytes() if name != "manifest.json" else json.dumps(
                manifest, separators=(",", ":"), sort_keys=True).encode()
            archive.writestr(zipfile.ZipInfo(name, ARCHIVE_DATE), data)
    return buffer.getvalue()


class Admin:
    def __init__(self, port):
        self.port = port

    def call(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            is_json = isinstance(body, dict)
            head = {"Content-Type": "application/json"} if is_json else {}
            connection.request(method, "/admin/v1" + path, json.dumps(body) if is_json else body,
                               {**head, **(headers or {})})
            answer = connection.getresponse()
            text = answer.read()
            if answer.status >= 300:
                raise RuntimeError(f"{method} {path}: {answer.status} {text.decode()[:500]}")
            return json.loads(text) if text else {}
        finally:
            connection.close()

    def upload(self, archive):
        made = self.call("POST", "/uploads", {
            "size": len(archive), "sha256": hashlib.sha256(archive).hexdigest()})
        self.call("PATCH", f"/uploads/{made['id']}", archive, {
            "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"})
        return self.call("POST", f"/uploads/{made['id']}:commit", {})

    def publish(self, model, version):
        """Publishes as stable and waits until that version is the one that answers."""
        self.call("POST", f"/models/{model}:publish", {"version": version, "as": "stable"})
        end = time.monotonic() + 60
        while time.monotonic() < end:
            table = self.call("GET", f"/models/{model}")
            if table.get("labels", {}).get("stable") == version:
                return
            time.sleep(0.05)
        raise RuntimeError(f"version {version} of {model} is not stable after 60 s: {table}")


def swap(arguments):
    """The command beside a round: publishes one version after the other until it is ended."""
    work = pathlib.Path(arguments.work)
    admin = Admin(arguments.admin)
    counter = work / "swaps"
    while True:
        began = time.monotonic()
        version = int(counter.read_text()) + 1
        counter.write_text(str(version))
        admin.upload(renumber(work / f"kind{version % 3}", version))
        admin.publish("card-fraud", version)
        time.sleep(max(0.0, arguments.every - (time.monotonic() - began)))


def load_big(arguments):
    """Puts the large bundle into the watched folder and takes it away again, until it is ended."""
    work, version = pathlib.Path(arguments.work), 2 + random.randrange(1 << 20)
    models = work / "models" / "big"
    while True:
        version += 1
        hidden, shown = models / f".new-{version}", models / str(version)
        shutil.copytree(work / "big", hidden, copy_function=os.link)
        manifest = json.loads((work / "big/manifest.json").read_text())
        manifest["version"] = version
        (hidden / "manifest.json").unlink()
        (hidden / "manifest.json").write_text(json.dumps(manifest, separators=(",", ":"), sort_keys=True))
        hidden.rename(shown)
        time.sleep(8)
        shutil.rmtree(shown, ignore_errors=True)


def measure(arguments):
    work = pathlib.Path(arguments.work or tempfile.mkdtemp(prefix="serving-swaps-"))
    work.mkdir(parents=True, exist_ok=True)
    for number, weights in enumerate(KINDS):
        pack(arguments.serving, work, number, weights)
    shutil.copytree(work / "kind0", work / "models/card-fraud/1")
    if arguments.big_mb:
        (work / "models/big").mkdir(parents=True)
        pack_big(arguments.serving, work, arguments.big_mb)
    (work / "swaps").write_text("1")
    measured.rows_file(work)
    server = measured.Server(arguments.serving, work / "models", work / "server.log", "--state", arguments.state,
                             environment={"SERVING_KEEP_PREVIOUS": "2s"})
    try:
        server.wait_ready()
        me = f"/usr/bin/python3 {__file__} {arguments.serving} --work {work} --admin {server.admin_port}"
        beside = f"{me} --role swap --every {arguments.every}"
        if arguments.big_mb:
            beside = f"{me} --role big & {beside}"
        report = measured.load("--target", "serving", "--address", server.grpc, "--model", "card-fraud", "--rows",
                               work / "rows.jsonl", "--rate", arguments.rate, "--duration", arguments.spell,
                               "--rounds", arguments.spells, "--beside", beside, "--connections", 2)
    finally:
        server.stop()
    report["swaps"] = int((work / "swaps").read_text()) - 1
    print(json.dumps(report, indent=2))
    failed = report["quiet"]["failed"] + report["beside"]["failed"]
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("serving")
    parser.add_argument("--rate", type=int, default=1000)
    parser.add_argument("--spell", default="15s")
    parser.add_argument("--spells", type=int, default=8)
    parser.add_argument("--every", type=float, default=1.0)
    parser.add_argument("--big-mb", type=int, default=500)
    parser.add_argument("--state", default="memory")
    parser.add_argument("--work")
    parser.add_argument("--role", choices=["measure", "swap", "big"], default="measure", help=argparse.SUPPRESS)
    parser.add_argument("--admin", type=int, default=0, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.role == "measure":
        sys.exit(measure(arguments))
    swap(arguments) if arguments.role == "swap" else load_big(arguments)


if __name__ == "__main__":
    main()
