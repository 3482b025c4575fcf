"""`python -m bench [--quick] [--only tool|growth|merge|json|service|storage] [--contracts N] [--scratch DIR]`."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from bench import bodies, growth, merging, service, storage, table, tool
from bench.measure import Unmeasurable
from bench.scratch import Scratch

REPOSITORY = Path(__file__).resolve().parent.parent


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Ratios, by alternating runs.")
    parser.add_argument("--quick", action="store_true", help="fewer runs: a look, not a number to quote")
    parser.add_argument(
        "--only", choices=("tool", "growth", "merge", "json", "service", "storage"), help="one of the tables"
    )
    parser.add_argument(
        "--contracts", type=int, default=50, metavar="N", help="how many the larger project has (default: 50)"
    )
    parser.add_argument(
        "--scratch",
        type=Path,
        default=REPOSITORY / ".bench",
        metavar="DIR",
        help="a folder that is made anew (default: .bench); one in memory leaves the disk out of it",
    )
    options = parser.parse_args()
    if options.scratch != REPOSITORY / ".bench" and options.scratch.exists():
        parser.error(f"{options.scratch} is there already, and would be removed")
    if options.contracts < 2:
        parser.error("--contracts has to be 2 or more")
    start = time.monotonic()
    print(table.machine() + "\n", flush=True)
    try:
        scratch = Scratch.make(REPOSITORY, options.scratch.absolute(), options.contracts)
    except Unmeasurable as error:
        print(f"nothing could be measured: {error}")
        return 0
    tables = {
        "tool": ("The tool: whole processes; less is better", tool.rows),
        "growth": ("The size of a project, 15 RPCs a service: whole processes; less is better", growth.rows),
        "merge": ("Merging, inside one process; less is better", merging.rows),
        "json": (
            "JSON bodies, inside one process: json_format's CPU / the kit's; more is better",
            bodies.rows,
        ),
        "service": (
            "A generated service: baseline's CPU per request / service's; more is better",
            service.rows,
        ),
        "storage": ("Lists of a generated service: wall time; less is better", storage.rows),
    }
    for name, (title, rows) in tables.items():
        if options.only in (None, name):
            print(table.render(title, rows(scratch, options.quick)), flush=True)
    print(f"{time.monotonic() - start:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
