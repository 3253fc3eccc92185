"""Splits a file in time order:  split_rows.py ROWS.csv SHARE SAMPLES DIR

Writes DIR/train.csv (the first SHARE of the rows), DIR/test.csv (the rest) and DIR/samples.csv (SAMPLES rows spread
evenly over the rest, every positive among the first half of them as far as they go, so that a demo shows alerts).
"""
import csv
import sys


def write(path, head, rows):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


def main():
    source, share, count, folder = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    with open(source, newline="") as file:
        reader = csv.reader(file)
        head = next(reader)
        rows = list(reader)
    cut = int(len(rows) * share)
    train, test = rows[:cut], rows[cut:]
    label = next(i for i, name in enumerate(head) if name in ("fraud", "defaulted", "clicked"))
    positive = [row for row in test if row[label] in ("1", "true")][: count // 4]
    step = max(1, len(test) // (count - len(positive)))
    chosen = {row[0] for row in positive} | {row[0] for row in test[::step][: count - len(positive)]}
    write(f"{folder}/train.csv", head, train)
    write(f"{folder}/test.csv", head, test)
    write(f"{folder}/samples.csv", head, [row for row in test if row[0] in chosen])


main()
