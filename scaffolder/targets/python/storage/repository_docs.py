"""What a repository protocol in biz/ says of its methods: the docstrings, finished and wrapped."""

from __future__ import annotations

from scaffolder.targets.python.names import plural, title
from scaffolder.targets.python.storage.stored import Stored
from scaffolder.targets.python.text import WIDTH, docstring


def repository_docs(stored: Stored) -> dict[str, str]:
    """By the method's name; `kept_for` is of the constant that says how long what is deleted can come back."""
    noun = title(stored.resource.name).lower()
    once = ", once for each request_id: the same again gives what is stored"
    unless = ", and AbortedError where its etag is not the stored one"
    below = ", and FailedPreconditionError where something is below it"
    locked = "With `for_update`, nobody else changes it until the transaction ends."
    texts = {
        "create": _doc(
            f"Stores a new {noun}{once if 'request_id' in stored.needs else ''}.",
            "Raises AlreadyExistsError.",
        ),
        "get": _doc(locked if "for_update" in stored.needs else "", "Raises NotFoundError."),
        "get_many": _doc("All of them, in the order of the names.", "Raises NotFoundError."),
        "find": _doc(f"The {plural(noun)} that the query asks for."),
        "update": _doc(
            "Replaces what is stored.", f"Raises NotFoundError{unless if stored.resource.etag else ''}."
        ),
        "delete": _doc(
            "With `force`, all below it as well." if "force" in stored.needs else "",
            f"Raises NotFoundError{below if stored.is_parent else ''}.",
        ),
    }
    kept_for = (
        f"How long a deleted {noun} can come back, as its {stored.resource.purge_time} says (AIP-164);",
        "who purges it is for you to say.",
    )
    return texts | {"kept_for": docstring("\n".join(kept_for), 0)}


def _doc(*sentences: str) -> str:
    """A method's docstring: on one line where that fits, else a line for each sentence."""
    said = [each for each in sentences if each]
    text = " ".join(said)
    return docstring(text if len(text) <= WIDTH - 14 else "\n".join(said), 8)
