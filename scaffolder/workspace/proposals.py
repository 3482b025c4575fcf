"""`.scaffold/conflicts/`: what is left to the user, for reading."""

from __future__ import annotations

from scaffolder.workspace.changeset import Change

_LANGUAGES = {"py": "python", "yaml": "yaml", "toml": "toml", "json": "json"}


def proposal(change: Change) -> bytes:
    """The conflicts of a file for the user to read: base, theirs, the tool's, and how to settle them."""
    language = _LANGUAGES.get(change.path.rpartition(".")[2], "")
    text = [
        f"# {change.path}\n",
        "What is below was changed both by you and by the contract or the templates. Your version stands.",
        f"To settle it, edit `{change.path}` as you want it and run `scaffold generate` again; to keep",
        "your version as it is, delete this file first. To take the generated one:",
        f"`scaffold generate --restore '{change.path}::NAME'`, with the name from below.\n",
    ]
    for item in change.conflicts:
        text += [f"## {item.name}, line {item.line}\n", f"{item.reason}\n" if item.reason else ""]
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
