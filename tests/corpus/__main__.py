"""The whole corpus, or what of it is asked for; see the package's docstring."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from .checks import Check, Result
from .contracts import Source
from .corpus import everything, sample
from .fetch import NotFetchedError
from .report import failures, head, row, total

SEEDS = 4


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.corpus", description=__doc__)
    parser.add_argument("--sample", action="store_true", help="only what every test run looks at")
    parser.add_argument("--only", metavar="TEXT", default="", help="projects whose names contain TEXT")
    parser.add_argument("--jobs", type=int, default=2, help="how many projects at once (2)")
    parser.add_argument("--seeds", type=int, default=SEEDS, help=f"requests for each RPC ({SEEDS})")
    parser.add_argument("--keep", action="store_true", help="leave the projects where they are made")
    given = parser.parse_args(arguments)
    try:
        sources = [each for each in (sample() if given.sample else everything()) if given.only in each.name]
    except NotFetchedError as error:
        print(error, file=sys.stderr)
        return 1
    folder = Path(tempfile.mkdtemp(prefix="corpus-"))
    try:
        return run(sources, folder, given)
    finally:
        if given.keep:
            print(f"the projects are in {folder}")
        else:
            shutil.rmtree(folder)


def run(sources: Sequence[Source], folder: Path, given: argparse.Namespace) -> int:
    """Prints a row for each project as it ends, then the sums, then what failed; 1 where anything did."""
    print(head(), flush=True)
    results: list[Result] = []
    with ThreadPoolExecutor(given.jobs) as pool:
        largest_first = sorted(
            sources, key=lambda each: -sum((each.root / name).stat().st_size for name in each.files)
        )
        for done in as_completed([pool.submit(_one, each, folder, given) for each in largest_first]):
            results.append(done.result())
            print(row(results[-1]), flush=True)
    print(total(results))
    print(failures(results), end="")
    return 1 if not results or any(result.failures for result in results) else 0


def _one(source: Source, folder: Path, given: argparse.Namespace) -> Result:
    # Two runs of mypy that write into one cache would undo each other's work.
    cache = folder / f"mypy-{threading.get_ident()}"
    place = folder / source.npm.replace("/", "+") / source.project
    result = Check(source, place, cache, seeds=given.seeds).run()
    if not given.keep:
        shutil.rmtree(place)
    return result


if __name__ == "__main__":
    sys.exit(main())
