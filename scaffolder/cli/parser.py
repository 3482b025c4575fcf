"""Reads well-formed command lines from the table, and nothing else.

Only what can mean one thing is read here: options spelled out, a value that does not look like an option. For all
else, mistakes above all, the answer is None, and typer, which knows every way to spell a command line, is asked.
"""

from __future__ import annotations

from scaffolder.cli.table import BY_WORDS, COMMON, GROUPS, Command, Parameter

TYPE_CHECKING = False  # importing typing for it takes as long as reading the command line
if TYPE_CHECKING:
    from collections.abc import Sequence

Values = dict[str, object]


def parse(arguments: Sequence[str]) -> tuple[Command, Values] | None:
    """The command and the value of each of its parameters, or None where that is not plain."""
    values: Values = {}
    rest = list(arguments)
    by_flag = {flag: parameter for parameter in COMMON for flag in parameter.flags}
    while rest and rest[0].startswith("-"):
        if not _option(rest, by_flag, values):
            return None
    count = 2 if rest[:1] and rest[0] in GROUPS else 1
    command = BY_WORDS.get(" ".join(rest[:count]))
    if command is None or not _parameters(command, rest[count:], values):
        return None
    return command, {
        parameter.name: values.get(parameter.name, parameter.default) for parameter in command.parameters
    }


def _parameters(command: Command, rest: list[str], values: Values) -> bool:
    """Reads what follows the command's name into `values`; False where it is not plain."""
    by_flag = {flag: parameter for parameter in command.parameters for flag in parameter.flags}
    positional: list[str] = []
    while rest:
        if rest[0] == "--":
            positional += rest[1:]
            break
        if rest[0].startswith("-"):
            if not _option(rest, by_flag, values):
                return False
        else:
            positional.append(rest.pop(0))
    return all(positional) and _arguments(command, positional, values)


def _option(rest: list[str], by_flag: dict[str, Parameter], values: Values) -> bool:
    """Takes one option and its value off the front of `rest`."""
    flag, equals, value = rest[0].partition("=")
    parameter = by_flag.get(flag)
    if parameter is None:
        return False
    if parameter.is_flag:
        values[parameter.name] = True
        del rest[0]
        return not equals
    if equals:
        taken, plain = 1, flag.startswith("--") and bool(value)
    else:
        taken, value = 2, rest[1] if len(rest) > 1 else ""
        plain = bool(value) and not value.startswith("-")
    del rest[:taken]
    _store(parameter, value, values)
    return plain


def _store(parameter: Parameter, value: str, values: Values) -> None:
    if parameter.many:
        held = values.setdefault(parameter.name, [])
        assert isinstance(held, list)
        held.append(value)
    else:
        values[parameter.name] = value


def _arguments(command: Command, positional: list[str], values: Values) -> bool:
    """Gives the positional words to the arguments in their order; the last one may take many."""
    for parameter in command.parameters:
        if not parameter.is_argument:
            continue
        if parameter.many:
            values[parameter.name] = positional
            positional = []
        elif positional:
            values[parameter.name] = positional[0]
            positional = positional[1:]
        elif parameter.required:
            return False
    return not positional
