"""Scores per second on a ready signal matrix, beside bare XGBoost on the same matrix in the same run."""

import sys

from bench.scoring import serving_speed

if __name__ == "__main__":
    held, line = serving_speed()
    print(line)
    sys.exit(not held)
