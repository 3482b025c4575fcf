"""Help pages from the table: for the whole tool, a group of commands, or one command."""

from __future__ import annotations

from scaffolder.cli.style import Style
from scaffolder.cli.table import BY_WORDS, COMMANDS, COMMON, GROUPS, Command, Parameter

TYPE_CHECKING = False  # importing typing for it takes as long as reading the command line
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WIDTH = 100
LEFT = 30

INTRODUCTION = """\
Give it a contract, get a gRPC + HTTP service in Python that you would be glad to own; change the contract as
often as you like, and it follows."""

START = """\
  scaffold new order-service                      a service from a built-in sample contract
  scaffold new order-service --proto order.proto  a service from a contract of yours
  scaffold generate                               after a change of the contract"""


def page(words: Sequence[str], style: Style) -> str:
    """The help page of the command or group that `words` begin with, of the whole tool where they name none."""
    named = " ".join(words[:2])
    command = BY_WORDS.get(named) or BY_WORDS.get(" ".join(words[:1]))
    if command is not None:
        return _command(command, style)
    if words and words[0] in GROUPS:
        group = words[0]
        return _group(f"scaffold {group} COMMAND [OPTIONS]", GROUPS[group], f"{group} ", style)
    return _group("scaffold COMMAND [OPTIONS]", INTRODUCTION, "", style, examples=START)


def _command(command: Command, style: Style) -> str:
    options = [parameter for parameter in command.parameters if not parameter.is_argument]
    parts = [f"{style.bold('Usage:')} scaffold {command.usage} [OPTIONS]", command.help]
    if command.arguments:
        parts.append(_section("Arguments:", ((p.metavar, p.help) for p in command.arguments), style))
    parts.append(_section("Options:", _options(options), style))
    return "\n\n".join(parts) + "\n"


def _group(usage: str, text: str, prefix: str, style: Style, examples: str = "") -> str:
    commands = [command for command in COMMANDS if command.words.startswith(prefix)]
    rows = ((command.usage, command.help) for command in commands)
    parts = [f"{style.bold('Usage:')} {usage}", text, _section("Commands:", rows, style)]
    if examples:
        parts.append(f"{style.bold('Begin with:')}\n{examples}")
        extra = [
            ("--version", "Print the version."),
            ("--install-completion", "Let this shell complete commands and options."),
            ("--show-completion", "Print the completion, to install it by hand."),
        ]
        parts.append(_section("Options:", [*_options(COMMON), *extra], style))
        parts.append("`scaffold COMMAND --help` tells more about a command.")
    else:
        parts.append(_section("Options:", _options(COMMON), style))
    return "\n\n".join(parts) + "\n"


def _options(parameters: Iterable[Parameter]) -> list[tuple[str, str]]:
    rows = []
    for parameter in parameters:
        spelled = ", ".join(parameter.flags) + (f" {parameter.metavar}" if parameter.metavar else "")
        repeated = " May be repeated." if parameter.many else ""
        rows.append((spelled, parameter.help + repeated))
    return [*rows, ("-h, --help", "Show this page.")]


def _section(title: str, rows: Iterable[tuple[str, str]], style: Style) -> str:
    """Rows in two columns; a left part that is too wide has a line of its own."""
    lines = [style.bold(title)]
    for left, right in rows:
        wrapped = _wrap(right, WIDTH - LEFT)
        head = f"  {style.cyan(left)}"
        if len(left) + 4 > LEFT:
            lines.append(head)
        else:
            lines.append(head + " " * (LEFT - len(left) - 2) + wrapped.pop(0))
        lines += [" " * LEFT + line for line in wrapped]
    return "\n".join(lines)


def _wrap(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) + 1 > width:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return lines
