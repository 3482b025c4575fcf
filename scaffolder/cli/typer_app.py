"""The same command line as typer sees it, for whatever the small parser leaves: mistakes, completion, rare spellings.

The commands that typer gets are functions with a signature made from the table; called, they return the command and
the values, so that both ways end in the same place.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, Optional

import typer
from typer.core import TyperCommand, TyperGroup

from scaffolder import __version__
from scaffolder.cli.help import page
from scaffolder.cli.parser import Values
from scaffolder.cli.style import Style
from scaffolder.cli.table import BY_WORDS, COMMANDS, COMMON, GROUPS, Command, Parameter
from scaffolder.diagnostics import fail

Outcome = tuple[Command, Values]

# typer does not export the class of its usage errors, but that of one kind of them.
UsageError: Any = typer.BadParameter.__mro__[1]


def interpret(arguments: Sequence[str]) -> Outcome | int:
    """The command and its values, or the exit code if there is nothing more to do.

    Raises a `ScaffoldError` with code `usage` for a command line that means nothing.
    """
    common: Values = {}
    application = typer.main.get_command(build(common))
    try:
        outcome = application.main(args=list(arguments), prog_name="scaffold", standalone_mode=False)
    except UsageError as error:
        raise fail("usage", error.format_message().rstrip("."), _hint(arguments)) from error
    if not isinstance(outcome, tuple):
        return int(outcome or 0)
    command, values = outcome
    return command, {name: value or common.get(name) or value for name, value in values.items()}


def build(common: Values) -> typer.Typer:
    """The typer application; the options before the command's name are put into `common`."""
    root = _group()

    def remember(version: bool = False, **values: object) -> None:
        common.update(values)

    parameters = [*map(_parameter, COMMON), _version()]
    root.callback(invoke_without_command=False)(_with_signature(remember, parameters))
    groups = {"": root}
    for name, text in GROUPS.items():
        groups[name] = _group()
        root.add_typer(groups[name], name=name, help=text)
    for command in COMMANDS:
        group, _, name = command.words.rpartition(" ")
        register = groups[group].command(name, help=command.help, cls=_Command, context_settings=_CONTEXT)
        register(_with_signature(_returning(command), [_parameter(p) for p in command.parameters]))
    return root


_CONTEXT = {"help_option_names": ["-h", "--help"]}


class _Command(TyperCommand):
    def get_help(self, ctx: Any) -> str:
        return _page(ctx)


class _Group(TyperGroup):
    def get_help(self, ctx: Any) -> str:
        return _page(ctx)


def _page(context: Any) -> str:
    words = context.command_path.split()[1:]
    return page(words, Style(None)).rstrip("\n")


def _group() -> typer.Typer:
    return typer.Typer(
        cls=_Group,
        context_settings=_CONTEXT,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=True,
    )


def _returning(command: Command) -> Callable[..., Outcome]:
    def outcome(**values: object) -> Outcome:
        return command, values

    return outcome


def _with_signature(function: Callable[..., Any], parameters: list[inspect.Parameter]) -> Callable[..., Any]:
    def wrapper(**values: object) -> Any:
        return function(**values)

    annotations = {parameter.name: parameter.annotation for parameter in parameters}
    vars(wrapper).update(__signature__=inspect.Signature(parameters))
    wrapper.__annotations__ = annotations
    return wrapper


def _parameter(parameter: Parameter) -> inspect.Parameter:
    """The parameter as typer wants to find it in a function's signature."""
    kind: Any = bool if parameter.is_flag else list[str] if parameter.many else Optional[str]  # noqa: UP045
    if parameter.is_argument:
        default = ... if parameter.required else parameter.default
        info = typer.Argument(default, metavar=parameter.metavar, help=parameter.help, show_default=False)
        kind = str if parameter.required else kind
    else:
        metavar = parameter.metavar or None
        info = typer.Option(parameter.default, *parameter.flags, metavar=metavar, help=parameter.help)
    return inspect.Parameter(parameter.name, inspect.Parameter.KEYWORD_ONLY, default=info, annotation=kind)


def _version() -> inspect.Parameter:
    info = typer.Option(False, "--version", help="Print the version.", is_eager=True, callback=_print_version)
    return inspect.Parameter("version", inspect.Parameter.KEYWORD_ONLY, default=info, annotation=bool)


def _print_version(value: bool) -> None:
    if value:
        typer.echo(f"scaffold {__version__}")
        raise typer.Exit


def _hint(arguments: Sequence[str]) -> str:
    """The help page of what was meant."""
    words = [word for word in arguments if not word.startswith("-")]
    known = next(
        (name for name in (" ".join(words[:2]), *words[:1]) if name in BY_WORDS or name in GROUPS), ""
    )
    return " ".join(filter(None, ["scaffold", known, "--help"]))
