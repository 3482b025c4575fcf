"""Which noun names a service's files, where services of one contract want the same one.

A service alone is called by its plain noun (`names.noun`). Where two want one, the first keeps it, and a later one gets
what tells its package from the first's: `order_v2` beside `order`, `translate_model` beside `model`, the whole package
where no part of it will do. What was chosen is recorded in scaffold.yaml, so that a service keeps its files whatever
is added to the contract or taken from it.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from scaffolder.contract.model import Contract, Service
from scaffolder.paths import WINDOWS_DEVICES
from scaffolder.targets.python.names import class_stem, identifier, in_words, noun, pascal, snake

_VERSION = re.compile(r"v\d\w*\Z")
_NOUN = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*\Z")


@dataclass(frozen=True, slots=True)
class Clash:
    """A noun that somebody chose for `service`, though it is, or reads as, that of `other`."""

    service: str
    noun: str
    other: str


def problem(word: str) -> str:
    """Why `word` cannot be a service's noun, `""` where it can: it names files, variables and classes."""
    if not _NOUN.match(word):
        return "has to be words in lower case with underscores between them"
    if keyword.iskeyword(word):
        return "is a Python keyword"
    return "is a device name on Windows, where no file can have it" if word in WINDOWS_DEVICES else ""


def stem_of(word: str, name: str) -> str:
    """The common part of class names of what is called `name` and has the noun `word`: `OrderV2`, `TranslateModel`.

    Where the plain noun is part of it, that part is written as the contract writes it: `IAMPolicyV2`.
    """
    before, plain, after = in_words(word, noun(name))
    return f"{pascal(before)}{class_stem(name)}{pascal(after)}" if plain else pascal(word)


def qualifies(word: str, service: Service) -> bool:
    """Whether a service's noun is its plain one with something before or behind it."""
    plain = noun(service.name)
    return word != plain and bool(in_words(word, plain)[1])


def settle(
    contract: Contract, order: Sequence[str], chosen: Mapping[str, str], known: Mapping[str, str]
) -> dict[str, str]:
    """The nouns of services that are not called by their plain one and have none in `chosen` yet, by full name.

    `order` are the contracts' files in the order of scaffold.yaml, `chosen` what it says of nouns, `known` the nouns
    of the last run: who had its plain one there keeps it. The order of files in `contract` means nothing.
    """
    places = {name: index for index, name in enumerate(order)}
    services = sorted(contract.services, key=lambda s: places.get(s.file, len(places)))  # stable
    taken: dict[str, Service] = {}
    for service in services:
        if word := chosen.get(service.full_name):
            _take(taken, word, service)
    for service in services:  # what moves away now is free at the next run
        if service.full_name in chosen and service.full_name in known:
            _take(taken, known[service.full_name], service)
    pending = [service for service in services if service.full_name not in chosen]
    found: dict[str, str] = {}
    for service in sorted(pending, key=lambda s: known.get(s.full_name) != noun(s.name)):
        words = chain((noun(service.name),), _qualified(service, taken), _numbered(service))
        word = next(each for each in words if _is_free(taken, each, service))
        _take(taken, word, service)
        if word != noun(service.name):
            found[service.full_name] = word
    return {service.full_name: found[service.full_name] for service in services if service.full_name in found}


def clashes(contract: Contract, chosen: Mapping[str, str], known: Mapping[str, str]) -> list[Clash]:
    """What `chosen` calls like another of its own, or like a service of the last run that it does not name."""
    services = {service.full_name: service for service in contract.services}
    taken: dict[str, Service] = {}
    for name, had in known.items():
        if name in services and name not in chosen and had == noun(services[name].name):
            _take(taken, noun(services[name].name), services[name])
    found = []
    for name, word in chosen.items():
        if service := services.get(name):
            other = _holder(taken, word, service)
            if other is not None:
                found.append(Clash(name, word, other.full_name))
            _take(taken, word, service)
    return found


def inherited(chosen: Mapping[str, str], known: Mapping[str, str]) -> list[Clash]:
    """What `chosen` newly calls by a noun that another service had in the last run, whose files have to move first."""
    holders = {word: name for name, word in known.items()}
    return [
        Clash(name, word, holders[word])
        for name, word in chosen.items()
        if holders.get(word, name) != name and known.get(name) != word
    ]


def derived(full_name: str) -> set[str]:
    """Nouns that this module, and not a user, gives the service, as far as its own name tells."""
    package, _, name = full_name.rpartition(".")
    parts, plain = package.split("."), noun(name)
    prefixes = {"_".join(parts[start:end]) for end in range(len(parts) + 1) for start in range(end)}
    versions = {part for part in parts[-1:] if _VERSION.match(part)}
    names = {plain, *(f"{snake(prefix)}_{plain}" for prefix in prefixes)}
    return names | {f"{each}_{version}" for each in names for version in versions}


def gen_names(services: Iterable[Service], nouns: Mapping[str, str]) -> dict[str, str]:
    """What a service's own modules below gen/ are called, in the folder of its contract: `order_service`.

    A service that is not called by its plain noun has one by that noun where its folder holds the plain name already.
    """
    found: dict[str, str] = {}
    taken: set[tuple[str, str]] = set()
    for service in sorted(services, key=lambda s: nouns[s.full_name] != noun(s.name)):
        folder, plain = service.file.rpartition("/")[0], snake(service.name).strip("_")
        words = (identifier(plain or "service"), f"{nouns[service.full_name]}_service")
        found[service.full_name] = next((word for word in words if (folder, word) not in taken), words[1])
        taken.add((folder, found[service.full_name]))
    return found


def _qualified(service: Service, taken: Mapping[str, Service]) -> Iterator[str]:
    """Nouns of a service whose plain one another has, the shortest that tells the two apart first."""
    plain = noun(service.name)
    package, version = _split(service)
    owner = _holder(taken, plain, service)
    beside = owner is None or _package(owner) == _package(service)
    other = set() if owner is None or beside else set(_split(owner)[0])
    telling = [part for part in reversed(package) if part not in other]
    if version and not telling:
        yield f"{plain}_{version}"
    for part in telling:
        yield f"{part}_{plain}"
        if version and not beside:
            yield f"{part}_{plain}_{version}"
    yield "_".join(filter(None, (*package, plain, version)))


def _package(service: Service) -> str:
    return service.full_name.rpartition(".")[0]


def _split(service: Service) -> tuple[list[str], str]:
    """The words of a service's package without its version, and that."""
    parts = [snake(part).strip("_") for part in _package(service).split(".") if part]
    version = parts.pop() if parts and _VERSION.match(parts[-1]) else ""
    return parts, version


def _numbered(service: Service) -> Iterator[str]:
    number = 2
    while True:
        yield f"{noun(service.name)}_{number}"
        number += 1


def _footprint(word: str, service: Service) -> Iterable[str]:
    """What a noun names: modules, of which case does not tell one from another on every disk, and clients."""
    stem = stem_of(word, service.name)
    modules = (word.lower(), f"{word.lower()}_types", f"{word.lower()}_mapping")
    return (*modules, f"{stem}Client", f"Async{stem}Client")


def _take(taken: dict[str, Service], word: str, service: Service) -> None:
    for name in _footprint(word, service):
        taken.setdefault(name, service)


def _holder(taken: Mapping[str, Service], word: str, service: Service) -> Service | None:
    """Another service that has what the noun would name."""
    holders = (taken.get(name) for name in _footprint(word, service))
    return next((other for other in holders if other is not None and other is not service), None)


def _is_free(taken: Mapping[str, Service], word: str, service: Service) -> bool:
    usable = word == noun(service.name) or not problem(word)
    return usable and _holder(taken, word, service) is None
