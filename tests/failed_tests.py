"""One line for each test that failed, name and message: failed_tests.py TRX_FOLDER."""

import sys

from nightly_results import TRX, unit_results

MESSAGE_MAX = 400


def main(folder):
    failed = []
    for result in unit_results(folder):
        if result.get("outcome") not in ("Passed", "NotExecuted"):
            message = result.findtext("./t:Output/t:ErrorInfo/t:Message", "", TRX)
            failed.append(f"{result.get('testName')}: {' '.join(message.split())[:MESSAGE_MAX]}")
    if failed:
        print("\n== failed")
        print("\n".join(sorted(failed)))


if __name__ == "__main__":
    main(*sys.argv[1:])
