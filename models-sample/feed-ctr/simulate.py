"""Simulates impressions of a feed with clicks:  simulate.py ROWS SEED FILE.csv   (same seed, same bytes)"""
import csv
import json
import math
import random
import sys

TAGS = ["news", "sport", "food", "music", "film", "travel", "science", "games", "money", "style", "garden", "books"]
USERS, ITEMS, AUTHORS = 3000, 2000, 150


def main():
    draw = random.Random(int(sys.argv[2]))
    user_tags = [draw.sample(range(len(TAGS)), 3) for _ in range(USERS)]
    user_bias = [draw.gauss(0, 0.5) for _ in range(USERS)]
    user_authors = [set(draw.sample(range(AUTHORS), 4)) for _ in range(USERS)]
    items = [(draw.randrange(AUTHORS), draw.sample(range(len(TAGS)), draw.randint(0, 4)), draw.gauss(0, 0.6),
              round(math.exp(draw.gauss(2.5, 0.8)), 2)) for _ in range(ITEMS)]
    with open(sys.argv[3], "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "at", "user", "item", "author", "slot", "device", "tags", "price", "age_h", "clicked"])
        for number in range(int(sys.argv[1])):
            at_ms = 1704067200000 + number * 9000 + draw.randrange(9000)
            hour = at_ms // 3600000 % 24
            user = int(USERS * draw.random() ** 2)
            item = int(ITEMS * draw.random() ** 2)
            author, tags, bias, price = items[item]
            slot, device, age = draw.randrange(12), draw.choice(["phone", "phone", "tablet", "desk"]), draw.expovariate(1 / 30)
            risk = (-2.6 + user_bias[user] + bias - 0.12 * slot - 0.01 * age + (0.3 if 18 <= hour < 23 else 0)
                    + 0.7 * sum(tag in user_tags[user] for tag in tags) + (1.4 if author in user_authors[user] else 0)
                    + (0.2 if device == "phone" else 0))
            clicked = draw.random() < 1 / (1 + math.exp(-risk))
            writer.writerow([
                f"I{number:07d}", at_ms, f"u{user:04d}", f"i{item:04d}", f"w{author:03d}", slot, device,
                json.dumps([TAGS[tag] for tag in tags], separators=(",", ":")),
                "" if draw.random() < 0.3 else f"{price:.2f}", "" if draw.random() < 0.05 else repr(round(age, 3)),
                int(clicked)])


main()
