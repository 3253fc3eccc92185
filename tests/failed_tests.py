"""One line for each test that failed, name and message: failed_tests.py TRX_FOLDER [--names, the methods alone]."""

import sys

from nightly_results import TRX, unit_results

MESSAGE_MAX = 400


def main(folder, names=""):
    failed = []
    for result in unit_results(folder):
        if result.get("outcome") not in ("Passed", "NotExecuted"):
            message = result.findtext("./t:Output/t:ErrorInfo/t:Message", "", TRX)
            failed.append((result.get("testName"), " ".join(message.split())[:MESSAGE_MAX]))
    if names:
        print("\n".join(sorted({name.split("(")[0] for name, _ in failed})))
    elif failed:
        print("\n== failed")
        print("\n".join(sorted(f"{name}: {message}" for name, message in failed)))


if __name__ == "__main__":
    main(*sys.argv[1:])
