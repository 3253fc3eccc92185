"""Servers and the load tool, as the measuring scripts beside this file start them."""
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOOL = ROOT / "bench/Serving.LoadTest/bin/Release/net10.0/Serving.LoadTest"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def rows_file(work):
    """Writes the requests of card-fraud's samples as the load tool takes them."""
    samples = (ROOT / "models-sample/card-fraud/1/samples.jsonl").read_text().splitlines()
    rows = [json.dumps(json.loads(line)["request"]) for line in samples]
    (work / "rows.jsonl").write_text("\n".join(rows) + "\n")


def load(*options):
    """Runs the load tool and gives its report."""
    done = subprocess.run([str(option) for option in (TOOL, *options)], stdout=subprocess.PIPE, check=False)
    if not done.stdout:
        raise RuntimeError(f"the load tool ended with {done.returncode} and no report")
    return json.loads(done.stdout)


class Server:
    """A `serving serve` on free ports; its output goes to a file."""

    def __init__(self, serving, models, log, *options, environment=None):
        self.http_port, grpc_port, self.admin_port = free_port(), free_port(), free_port()
        self.grpc = f"http://127.0.0.1:{grpc_port}"
        self.log = pathlib.Path(log)
        command = [serving, "serve", "--models", models, "--http-port", self.http_port, "--grpc-port", grpc_port,
                   "--admin-port", self.admin_port, "--admin-anonymous", *options]
        if "--state" not in options:
            command += ["--state", "memory"]
        with open(self.log, "w") as output:
            self.process = subprocess.Popen(
                [str(part) for part in command], stdout=output, stderr=output,
                env={**os.environ, **(environment or {})})

    def wait_ready(self, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=2)
                connection.request("GET", "/readyz")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        raise RuntimeError(f"the server is not ready:\n{self.log.read_text()[-2000:]}")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
