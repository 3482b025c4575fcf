"""The entry point: reads the command line, calls the command, turns whatever happens into an exit code.

0 done or nothing to do · 1 a difference or a conflict is left · 2 bad input · 70 a fault of the tool (EX_SOFTWARE of
sysexits.h) · 130 interrupted · 141 the reader of the output went away.
"""

from __future__ import annotations

import gc
import os
import sys

from scaffolder.cli.console import Console, write
from scaffolder.cli.table import GROUPS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scaffolder.cli.table import Command

BAD_INPUT, FAULT, INTERRUPTED, BROKEN_PIPE = 2, 70, 130, 141
HELP = ("--help", "-h")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command line (that of the process if None) and returns the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if arguments is None:
        gc.disable()  # a tenth of a large run, for nothing: what a command holds, it holds to its end
    try:
        code = _guarded(given)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # What is still in the buffer would raise again when Python closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE


def _guarded(arguments: list[str]) -> int:
    """Every way in which a command can end, as an exit code."""
    try:
        return _run(arguments)
    except KeyboardInterrupt:
        write(sys.stderr, "\nscaffold: interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:
        return _failed(error, arguments)


def _run(arguments: list[str]) -> int:
    if "_SCAFFOLD_COMPLETE" not in os.environ:
        if (words := _asks_for_help(arguments)) is not None:
            return _help(words)
        if arguments == ["--version"]:
            from scaffolder import __version__

            write(sys.stdout, f"scaffold {__version__}")
            return 0
        from scaffolder.cli.parser import parse

        parsed = parse(arguments)
        if parsed is not None:
            return call(*parsed)
    from scaffolder.cli.typer_app import interpret

    outcome = interpret(arguments)
    return outcome if isinstance(outcome, int) else call(*outcome)


def _asks_for_help(arguments: list[str]) -> list[str] | None:
    """The command that help is wanted for, as words; None where none is wanted. No command at all wants help."""
    before = arguments[: arguments.index("--")] if "--" in arguments else arguments
    words = [word for word in before if not word.startswith("-")]
    if not arguments or any(flag in before for flag in HELP):
        return words
    return words if len(arguments) == 1 and arguments[0] in GROUPS else None


def call(command: Command, values: dict[str, object]) -> int:
    """Carries out a command that has been read."""
    from importlib import import_module

    given = dict(values)
    directory = given.pop("directory")
    console = Console(quiet=bool(given.pop("quiet")), verbose=bool(given.pop("verbose")))
    if isinstance(directory, str):
        _enter(directory)
    module, _, name = command.handler.partition(":")
    handler: Callable[..., int] = getattr(import_module(module), name)
    return handler(console=console, **given)


def _enter(directory: str) -> None:
    from scaffolder.diagnostics import Location, fail

    try:
        os.chdir(directory)
    except OSError as error:
        raise fail(
            "directory", f"{error.strerror}", "name another folder with -C", Location(directory)
        ) from error


def _help(words: list[str]) -> int:
    from scaffolder.cli.help import page
    from scaffolder.cli.style import Style

    write(sys.stdout, page(words, Style(sys.stdout)).rstrip("\n"))
    return 0


def _failed(error: Exception, arguments: list[str]) -> int:
    from scaffolder.diagnostics import Diagnostic, Location, ScaffoldError

    verbose = "-v" in arguments or "--verbose" in arguments
    if isinstance(error, OSError) and error.filename is not None:
        error = ScaffoldError([Diagnostic("io", str(error.strerror), location=Location(str(error.filename)))])
    if isinstance(error, ScaffoldError):
        if "--json" in arguments:
            from scaffolder.cli.reporting import print_failure

            print_failure(error, Console())
        Console().diagnostics(error.diagnostics)
        return error.exit_code
    if verbose:
        _trace(error)
    what = f"{type(error).__name__}: {error}".rstrip(": ")
    hint = "" if verbose else "; `-v` shows where"
    write(
        sys.stderr,
        f"scaffold: internal error: {what}\n  This is a fault of scaffold. Please report it{hint}.",
    )
    return FAULT


def _trace(error: BaseException) -> None:
    import traceback

    write(sys.stderr, "".join(traceback.format_exception(error)).rstrip())
