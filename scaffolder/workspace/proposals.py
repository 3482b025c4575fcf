"""`.scaffold/conflicts/`: what is left to the user, for reading."""

from __future__ import annotations

from scaffolder.workspace.changeset import Change

_LANGUAGES = {"py": "python", "yaml": "yaml", "toml": "toml", "json": "json"}

_PARTS = """\
What is below was changed both by you and by the contract or the templates. Your version stands.
To settle it, edit `{0}` as you want it and run `scaffold generate` again; to keep
your version as it is, delete this file first."""

_WHOLE = """\
The file was left alone as a whole, for the reason below, so it does not follow the contract.
To settle it, mend that in `{0}` and run `scaffold generate` again."""


def proposal(change: Change) -> bytes:
    """The conflicts of a file for the user to read: base, theirs, the tool's, and how to settle them."""
    language = _LANGUAGES.get(change.path.rpartition(".")[2], "")
    text = [
        f"# {change.path}\n",
        *(_WHOLE if any(item.is_whole for item in change.conflicts) else _PARTS)
        .format(change.path)
        .split("\n"),
        "",
    ]
    for item in change.conflicts:
        text += [f"## {item.name}, line {item.line}\n", f"{item.reason}\n" if item.reason else ""]
        text += [f"To take the generated one: `scaffold generate --restore '{change.path}::{item.name}'`\n"]
        for title, side in (
            ("Generated before", item.base),
            ("Yours", item.current),
            ("Generated now", item.incoming),
        ):
            fence = "`" * max(3, _longest_run(side) + 1)
            text += [f"{title}:\n", f"{fence}{language}\n{side.rstrip()}\n{fence}\n"]
    return "\n".join(line for line in text if line is not None).encode("utf-8", "surrogateescape")


def _longest_run(text: str) -> int:
    """The longest run of backticks."""
    longest = run = 0
    for character in text:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return longest
