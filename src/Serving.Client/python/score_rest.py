"""Scores one row over REST with nothing but the standard library.

    python3 score_rest.py http://127.0.0.1:8080 MODEL '{"amount": 12.5}'
"""

import json
import sys
import urllib.error
import urllib.request


def main():
    address, model, row = sys.argv[1], sys.argv[2], sys.argv[3]
    request = urllib.request.Request(
        f"{address}/v1/score/{model}", data=row.encode(), headers={"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            result = json.load(answer)
    except urllib.error.HTTPError as error:
        problem = json.load(error)
        sys.exit(f"{problem['code']}: {problem['detail']}")
    print(json.dumps({name: result[name] for name in ("score", "model", "version")}))


if __name__ == "__main__":
    main()
