"""The entry point of `protoc-gen-scaffold`, which protoc and buf run: a request on stdin, the answer on stdout."""

from __future__ import annotations

import sys

USAGE = """\
protoc-gen-scaffold is run by protoc or buf, with a request on its standard input:

  protoc --scaffold_out=src --scaffold_opt=package=order_service order/v1/order.proto

or in buf.gen.yaml:

  version: v2
  plugins:
    - local: protoc-gen-scaffold
      out: src
      strategy: all
      opt: [package=order_service]

package=NAME       the Python package that everything goes below
kit=true|false     whether with the runtime, NAME/kit; true if left out
client=true|false  whether with the typed clients; true if left out"""

BAD_INPUT = 2


def main() -> int:
    """Answers one request. A user's mistake is part of the answer; only what is no request at all is an exit code."""
    from scaffolder.cli.console import write

    if sys.argv[1:] == ["--version"]:
        from scaffolder import __version__

        write(sys.stdout, f"protoc-gen-scaffold {__version__}")
        return 0
    if sys.argv[1:] or sys.stdin.isatty():
        wants_help = sys.argv[1:] in (["--help"], ["-h"])
        write(sys.stdout if wants_help else sys.stderr, USAGE)
        return 0 if wants_help else BAD_INPUT
    return _answer(sys.stdin.buffer.read())


def _answer(request: bytes) -> int:
    from scaffolder.app.plugin import respond
    from scaffolder.cli.console import write
    from scaffolder.diagnostics import ScaffoldError

    def announce(text: str) -> None:
        write(sys.stderr, f"protoc-gen-scaffold: {text}")

    try:
        answer = respond(request, announce)
    except ScaffoldError as error:
        write(sys.stderr, f"protoc-gen-scaffold: {error}\n\n{USAGE}")
        return BAD_INPUT
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    return 0
