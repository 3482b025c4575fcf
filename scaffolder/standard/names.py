"""What an RPC's name says: a verb of standard methods and, behind it, a resource or nothing."""

from __future__ import annotations

from scaffolder.standard.words import fold, is_plural, snake

VERB_WORDS = {
    "batch_create": "batch_create",
    "batch_delete": "batch_delete",
    "batch_get": "batch_get",
    "batch_update": "batch_update",
    "create": "create",
    "delete": "delete",
    "get": "get",
    "list": "list",
    "undelete": "undelete",
    "update": "update",
}
"""The words that the AIPs give standard methods, longest first, with their verbs."""

SIMILAR = {
    **dict.fromkeys(("add", "insert", "new", "register"), "create"),
    **dict.fromkeys(("describe", "fetch", "find", "load", "lookup", "read", "retrieve", "show"), "get"),
    **dict.fromkeys(("browse", "query", "search"), "list"),
    **dict.fromkeys(("change", "edit", "modify", "patch", "replace"), "update"),
    **dict.fromkeys(("destroy", "erase", "remove"), "delete"),
    **dict.fromkeys(("recover", "restore"), "undelete"),
}
"""Words that often mean the same, and often do not.

AddBook and RemoveBook change a field of a parent (AIP-144), SearchBooks ranks (AIP-136), ReadMessage marks as read.
So nothing is recognised by them; where the shape fits, the reason tells of `methods:` in scaffold.yaml.
"""

PLURAL = frozenset({"list", "batch_create", "batch_delete", "batch_get", "batch_update"})
"""Verbs behind which a resource stands in its plural."""


DESCRIBING = frozenset(
    {"bo", "data", "detail", "details", "do", "dto", "entity", "info", "model", "object", "pb", "po", "proto"}
    | {"reply", "res", "resp", "response", "rsp", "vo"}
)
"""Words that stand behind a resource's name where a message cannot have it: a service is called Student already.

None of `item`, `record`, `message` and `profile`: an OrderItem is a part of an order, and a UserProfile of a user.
"""


def split(name: str) -> tuple[str, str]:
    """The verb and what follows it in snake case: `GetBook` → `get`, `book`; the verb is `""` where it is another word.

    >>> split("BatchGetBooks"), split("List"), split("Listen")
    (('batch_get', 'books'), ('list', ''), ('', 'listen'))
    """
    words = snake(name).strip("_")
    for word, verb in VERB_WORDS.items():
        if words == word or words.startswith(f"{word}_"):
            return verb, words[len(word) + 1 :]
    return "", words


def similar(name: str) -> tuple[str, str]:
    """The verb that the first word may stand for, `""` for none, and what follows it."""
    first, _, rest = snake(name).strip("_").partition("_")
    return SIMILAR.get(first, ""), rest


def subject(service: str) -> str:
    """What a service is called after, in snake case: `book` of BookService, `books` of BooksAPI."""
    for ending in ("Service", "API", "Api"):
        if service.endswith(ending) and service != ending:
            return snake(service.removesuffix(ending)).strip("_")
    return snake(service).strip("_")


def described(message: str) -> str:
    """What a message describes by its name: `Student` of StudentInfo; `""` where it does not end so.

    >>> described("StudentInfo"), described("StudentDTO"), described("OrderItem")
    ('Student', 'Student', '')
    """
    head, _, last = snake(message).rpartition("_")
    return message[: -len(last)].rstrip("_") if head and last in DESCRIBING else ""


def may_be(message: str, noun: str) -> bool:
    """Whether a message, by its full name, may be what RPCs call `noun`: Book, BookInfo and GetBookReply a `book`."""
    name = message.rpartition(".")[2]
    about = described(name)
    return fold(noun) in {fold(name), fold(about), fold(split(about)[1])}


def fits(verb: str, rest: str, service: str, message: str) -> bool:
    """Whether what follows a verb names the message; behind a bare verb the service's name has to."""
    noun = snake(message)
    if not rest:
        return is_plural(subject(service), noun)
    return is_plural(rest, noun) if verb in PLURAL else fold(rest) == fold(noun)
