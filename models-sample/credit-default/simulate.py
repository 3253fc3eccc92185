"""Simulates loan applications with a default label:  simulate.py ROWS SEED FILE.csv   (same seed, same bytes)"""
import csv
import math
import random
import sys

REGIONS = ["Madrid", "Cataluña", "Andalucía", "Galicia", "Valencia", "Aragón", "Murcia", "Asturias"]
REGION_RISK = [-0.2, -0.1, 0.35, 0.0, 0.15, -0.1, 0.3, 0.05]


def application(number, draw):
    at_ms = 1704067200000 + number * 700000 + draw.randrange(700000)
    age = min(80, max(19, draw.gauss(42, 13)))
    region = draw.randrange(len(REGIONS))
    income = math.exp(draw.gauss(10.15, 0.45))
    debt = income * max(0.0, draw.gauss(0.28, 0.22))
    job_months = int(draw.expovariate(1 / 70))
    utilisation = min(1.6, max(0.0, draw.gauss(0.42, 0.3)))
    late = min(9, int(draw.expovariate(1.6)))
    amount = round(max(500.0, math.exp(draw.gauss(8.7, 0.7))), 2)
    months = draw.choice([12, 24, 36, 48, 60, 72, 84])
    burden = amount / min(months, 60) * 12 / income
    risk = (-4.9 + 1.5 * REGION_RISK[region] + 2.4 * (debt / income) + 2.2 * utilisation + 0.9 * late + 1.8 * burden
            - 0.008 * min(job_months, 180) - 0.02 * (age - 40) + (0.8 if age < 24 else 0.0))
    defaulted = draw.random() < 1 / (1 + math.exp(-risk))
    birth_ms = at_ms - int(age * 365.2425 * 86400000)

    def maybe(value, share):
        return "" if draw.random() < share else value

    return [
        f"A{number:07d}", at_ms, maybe(birth_ms, 0.01), maybe(f"{income:.2f}", 0.06), maybe(f"{debt:.2f}", 0.08),
        maybe(job_months, 0.1), maybe(f"Empresa {draw.randrange(400) ** 2 // 400}", 0.15), maybe(REGIONS[region], 0.02),
        maybe(repr(round(utilisation, 4)), 0.12), maybe(late, 0.05), f"{amount:.2f}", months, int(defaulted),
    ]


def main():
    draw = random.Random(int(sys.argv[2]))
    with open(sys.argv[3], "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "at", "birth", "income", "debt", "job_months", "employer", "region", "utilisation",
                         "late_12m", "amount", "months", "defaulted"])
        for number in range(int(sys.argv[1])):
            writer.writerow(application(number, draw))


main()
