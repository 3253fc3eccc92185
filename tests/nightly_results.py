"""Writes the dated table of a nightly run: nightly_results.py TRX_FOLDER STAGES TOTALS STATUS CONFIGURATION."""

import datetime
import glob
import os
import platform
import subprocess
import sys
import xml.etree.ElementTree as xml

TRX = {"t": "http://microsoft.com/schemas/VisualStudio/TeamTest/2010"}


def seconds(duration):
    """`00:01:02.5000000` as seconds."""
    hours, minutes, rest = duration.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


def unit_results(folder):
    """The element of every test in every .trx file of the folder."""
    for path in glob.glob(os.path.join(folder, "**", "*.trx"), recursive=True):
        yield from xml.parse(path).getroot().iterfind(".//t:UnitTestResult", TRX)


def results(folder):
    """(seconds, outcome, name) of every test in every .trx file of the folder."""
    for result in unit_results(folder):
        yield seconds(result.get("duration", "00:00:00")), result.get("outcome"), result.get("testName")


def result_lines(folder):
    """What tests wrote behind `result: `."""
    for result in unit_results(folder):
        for line in (result.findtext("t:Output/t:StdOut", "", TRX) or "").splitlines():
            if line.strip().startswith("result: "):
                yield line.strip()[len("result: "):]


def main(folder, stages, totals, status, configuration):
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    now = datetime.datetime.now(datetime.timezone.utc)
    print(f"# Nightly run, {now:%Y-%m-%d %H:%M} UTC\n")
    print(f"Commit {commit}, {configuration}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}: "
          f"{open(totals).read().strip()} (exit {status}).\n")
    print("| stage | seconds |\n|---|---|")
    for line in open(stages):
        name, took = line.rstrip("\n").split("\t")
        print(f"| {name} | {took} |")
    tests = sorted(results(folder), reverse=True)
    print("\nThe tests that took longest:\n\n| seconds | outcome | test |\n|---|---|---|")
    for took, outcome, name in tests[:40]:
        print(f"| {took:.1f} | {outcome} | `{name[:160]}` |")
    said = sorted(set(result_lines(folder)))
    if said:
        print("\nWhat they say of themselves:\n")
        for line in said:
            print(f"- {line}")
    unhappy = [test for test in tests if test[1] not in ("Passed", "NotExecuted")]
    for took, outcome, name in unhappy:
        print(f"\n- {outcome}: `{name[:300]}`")


if __name__ == "__main__":
    main(*sys.argv[1:])
