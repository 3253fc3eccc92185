"""Makes sample requests for windows:  samples.py TRANSACTIONS.csv CHARGEBACKS.csv FROM COUNT HISTORIES OUT.jsonl

Takes COUNT payments since FROM, in order of time, of cards with fraud and of as many others, so that a replay of them
fills the cards' windows. HISTORIES of them, spread evenly, carry what their windows see: the earlier payments of the
card, the device and the terminal, and the complaints known by then.
"""
import csv
import datetime
import json
import sys

DAY = 86_400_000
CARD_EVENTS, DEVICE_EVENTS, TERMINAL_EVENTS = 40, 10, 20


def milliseconds(text):
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return int(moment.timestamp() * 1000 + 0.5)


def rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def event(row, fields):
    return {field: typed(field, row[field]) for field in fields if row.get(field, "") != ""}


def typed(field, text):
    return float(text) if field in ("lat", "lon") else text


REQUEST = ["id", "at", "card", "terminal", "device", "amount", "mcc", "country", "lat", "lon", "channel"]
COMPLAINT = ["txn_id", "at", "known_at", "terminal", "card"]


def latest(payments, before, age, count, test):
    found = [row for row in payments if before - age <= row["ms"] < before and test(row)]
    return found[-count:]


def history(sample, payments, complaints):
    before = sample["ms"]
    seen = {row["id"]: row for row in
            latest(payments, before, 30 * DAY, CARD_EVENTS, lambda row: row["card"] == sample["card"])
            + latest(payments, before, 7 * DAY, DEVICE_EVENTS,
                     lambda row: sample["device"] != "" and row["device"] == sample["device"])
            + latest(payments, before - 7 * DAY, 30 * DAY, TERMINAL_EVENTS,
                     lambda row: row["terminal"] == sample["terminal"])}
    known = [row for row in complaints if row["known_ms"] <= before
             and (row["card"] == sample["card"] or row["terminal"] == sample["terminal"])]
    given = {}
    if seen:
        given["txn"] = [event(row, REQUEST) for row in sorted(seen.values(), key=lambda row: row["ms"])]
    if known:
        given["chargeback"] = [event(row, COMPLAINT) for row in sorted(known, key=lambda row: row["known_ms"])]
    return given


def main():
    payments, complaints = rows(sys.argv[1]), rows(sys.argv[2])
    start, count, histories = milliseconds(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5])
    for row in payments:
        row["ms"] = milliseconds(row["at"])
    for row in complaints:
        row["known_ms"] = milliseconds(row["known_at"])
    later = [row for row in payments if row["ms"] >= start]
    fraud_cards = list(dict.fromkeys(row["card"] for row in later if row["fraud"] == "1"))[:20]
    other_cards = [card for card in dict.fromkeys(row["card"] for row in later) if card not in fraud_cards][:20]
    cards = set(fraud_cards + other_cards)
    samples = [row for row in later if row["card"] in cards][:count]
    with_history = {samples[(index * len(samples)) // histories]["id"] for index in range(histories)}
    with open(sys.argv[6], "w") as out:
        for row in samples:
            line = {"request": event(row, REQUEST)}
            if row["id"] in with_history:
                line = {"given": history(row, payments, complaints), **line}
            out.write(json.dumps(line) + "\n")


main()
