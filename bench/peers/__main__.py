"""`python -m bench.peers`: the peers alone, one JSON row a line."""

from __future__ import annotations

import argparse
import json
import sys

from bench.peers import PeerMissing, measure


def main() -> int:
    """Print every row as soon as it is measured."""
    parser = argparse.ArgumentParser(prog="python -m bench.peers", description="Measure the peers on this machine.")
    parser.add_argument("--seconds", type=int, default=5, help="how long each case is measured")
    parser.add_argument("--scale", type=int, default=64, help="pgbench scale: at least the most clients")
    asked = parser.parse_args()
    try:
        for row in measure(seconds=asked.seconds, scale=asked.scale):
            print(json.dumps(row), flush=True)
    except PeerMissing as missing:
        print(f"Not measured: {missing}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
