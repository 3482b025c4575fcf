"""What Python calls the things of a contract, before and after a rename: pairs of names out of pairs of views."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from scaffolder.contract.model import Contract, Enum, Message, Service, walk
from scaffolder.targets.python import types
from scaffolder.targets.python.domain import closure
from scaffolder.targets.python.modules import messages_module
from scaffolder.targets.python.views import ProjectViews

View = Mapping[str, Any]


@dataclass(slots=True)
class ServiceWords:
    """One service's names, old → new.

    `modules` and `members` are as in `Substitution`. `rpcs` are its methods in Python, `stores` the old names of the
    classes and attributes that keep its data, whose methods are not RPCs. `fields` are the attributes of classes by
    class, `plain` those fields that are called alike in every message of the service.
    """

    members: dict[str, dict[str, str]] = field(default_factory=dict)
    rpcs: dict[str, str] = field(default_factory=dict)
    stores: set[str] = field(default_factory=set)
    fields: dict[str, dict[str, str]] = field(default_factory=dict)
    plain: dict[str, str] = field(default_factory=dict)


def service_words(old: ProjectViews, new: ProjectViews) -> list[ServiceWords]:
    """The names of every service, in the contract's order."""
    was, now = (list(views.nouns.values()) for views in (old, new))
    services = zip(old.contract.services, new.contract.services, strict=True)
    return [
        _service(old, new, services_pair, (one["service"], other["service"]))
        for services_pair, one, other in zip(services, was, now, strict=True)
    ]


def full_names(old: Contract, new: Contract) -> dict[str, str]:
    """Full names of services, RPCs (with a dot and with a slash) and messages that are called otherwise now."""
    found = {a.full_name: b.full_name for a, b in _paired_types(old, new)}
    for a, b in zip(old.services, new.services, strict=True):
        found[a.full_name] = b.full_name
        for one, other in zip(a.methods, b.methods, strict=True):
            found[one.full_name] = other.full_name
            found[f"{a.full_name}/{one.name}"] = f"{b.full_name}/{other.name}"
    return {a: b for a, b in found.items() if a != b and "." in a}


def message_modules(
    old: Contract, new: Contract, gen: str
) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """protoc's modules that moved, and what each of them defines under another name."""
    modules, members = {}, {}
    for a, b in zip(old.files, new.files, strict=True):
        if a.provider:
            continue
        module = messages_module(a, gen).dotted
        modules[module] = messages_module(b, gen).dotted
        pairs = [pair for m, n in zip(a.messages, b.messages, strict=True) for pair in _types(m, n)]
        pairs += zip(a.enums, b.enums, strict=True)
        found: dict[str, str] = {}
        for one, other in pairs:
            local = _local(one, a.package)
            found[local] = other.name
            if isinstance(one, Enum) and isinstance(other, Enum):
                outer = local.rpartition(".")[0]
                for v, w in zip(one.values, other.values, strict=True):
                    found[f"{local}.{v.name}"] = w.name
                    found[".".join(filter(None, (outer, v.name)))] = w.name
        members[module] = found
    return {a: b for a, b in modules.items() if a != b}, members


def _service(
    old: ProjectViews, new: ProjectViews, services: tuple[Service, Service], layers: tuple[View, View]
) -> ServiceWords:
    was, now = layers
    found = ServiceWords(_members(old, was, now))
    for a, b in zip(was["methods"], now["methods"], strict=True):
        found.rpcs |= {a["snake"]: b["snake"], a["client_name"]: b["client_name"]}
    stem, noun = was["use_case_class"].removesuffix("UseCase"), was["noun"]
    # What a user writes where the contract has nothing to store is called like this.
    found.stores |= {f"{stem}Repository", f"Sql{stem}Repository", f"{noun}_repository", f"_{noun}_repository"}
    for repository in was["repositories"]:
        found.stores |= {f"{start}{repository['class']}" for start in ("", "Fake")} | {
            repository["sql_class"]
        }
        found.stores |= {repository["property"], f"_{repository['property']}"}
    messages = list(_reached(old.contract, services[0])), list(_reached(new.contract, services[1]))
    _add_fields(found, layers, messages)
    return found


def _members(views: ProjectViews, was: View, now: View) -> dict[str, dict[str, str]]:
    """What the service's own modules define."""
    package, noun, gen = views.package, was["noun"], f"{views.package}.gen.{was['gen_module']}"
    repositories = _same_length(was["repositories"], now["repositories"])
    biz = _keys(was, now, "use_case_class") | {a["class"]: b["class"] for a, b in repositories}
    biz |= {a["stored"].constant: b["stored"].constant for a, b in repositories}
    data = {a["sql_class"]: b["sql_class"] for a, b in repositories}
    data |= {a["row_class"]: b["row_class"] for a, b in repositories if a["resource"] and b["resource"]}
    clients = _keys(was, now, "client_class", "async_client_class")
    return {
        f"{package}.biz.{noun}": biz,
        f"{package}.biz.{noun}_types": _domain(was, now),
        f"{package}.data.{noun}": data,
        f"{views.handlers_module}.{noun}": _keys(was, now, "handler_class"),
        f"{views.handlers_module}.{noun}_mapping": _functions(was, now),
        f"{gen}_rpc": {a["constant"]: b["constant"] for a, b in _same_length(was["methods"], now["methods"])},
        f"{gen}_server": _keys(was, now, "base_class", "bind"),
        f"{gen}_client": clients,
        f"{package}.client": clients,
    }


def _domain(was: View, now: View) -> dict[str, str]:
    types = _same_length([*was["enums"], *was["types"]], [*now["enums"], *now["types"]])
    found = {a["name"]: b["name"] for a, b in types}
    for a, b in _same_length(was["enums"], now["enums"]):
        for one, other in zip(a["members"], b["members"], strict=True):
            found[f"{a['name']}.{one['name']}"] = other["name"]
    return found


def _functions(was: View, now: View) -> dict[str, str]:
    pairs = _same_length(was["conversions"], now["conversions"])
    builders = _same_length(was["builders"], now["builders"])
    found = {f"{a.stem}_{way}": f"{b.stem}_{way}" for a, b in pairs for way in ("from", "to")}
    return found | {a.name: b.name for a, b in builders} | {a.paths: b.paths for a, b in builders if a.paths}


def _add_fields(
    found: ServiceWords, layers: tuple[View, View], messages: tuple[list[Message], list[Message]]
) -> None:
    """The fields of every class, and those whose old name became one and the same everywhere."""
    pairs: list[tuple[str, list[tuple[str, str]]]] = []
    for a, b in zip(*messages, strict=True):
        pairs.append((a.name, [(f.name, g.name) for f, g in zip(a.fields, b.fields, strict=True)]))
    for c, d in _same_length(layers[0]["types"], layers[1]["types"]):
        pairs.append(
            (c["name"], [(f["name"], g["name"]) for f, g in zip(c["fields"], d["fields"], strict=True)])
        )
    for e, f in _same_length(layers[0]["repositories"], layers[1]["repositories"]):
        if e["resource"] and f["resource"]:
            columns = zip(e["table"].columns, f["table"].columns, strict=True)
            pairs.append((e["row_class"], [(x.attribute, y.attribute) for x, y in columns]))
    everywhere: dict[str, set[str]] = {}
    for owner, names in pairs:
        known = found.fields.setdefault(owner, {})
        for one, other in names:
            everywhere.setdefault(one, set()).add(other)
            # Two classes of one name: what they do not agree on is not known.
            known[one] = other if known.get(one, other) == other else one
    found.plain = {a: others.pop() for a, others in everywhere.items() if len(others) == 1}


def _reached(contract: Contract, service: Service) -> Iterator[Message]:
    """Every message that the service's RPCs take, give or reach; also such that are money under one of two names."""
    roots = [name for method in service.methods for name in (method.input, method.output)]
    reached = closure(contract, roots, lambda _, name: name in types.WELL_KNOWN)
    return (message for name, message in contract.messages.items() if name in reached)


def _paired_types(old: Contract, new: Contract) -> Iterator[tuple[Message | Enum, Message | Enum]]:
    for a, b in zip(old.files, new.files, strict=True):
        for one, other in zip(a.messages, b.messages, strict=True):
            yield from _types(one, other)
        yield from zip(a.enums, b.enums, strict=True)


def _types(old: Message, new: Message) -> Iterator[tuple[Message | Enum, Message | Enum]]:
    for a, b in zip(walk(old), walk(new), strict=True):
        yield a, b
        yield from zip(a.enums, b.enums, strict=True)


def _local(item: Message | Enum, package: str) -> str:
    return item.full_name.removeprefix(package).removeprefix(".")


def _keys(was: View, now: View, *keys: str) -> dict[str, str]:
    return {was[key]: now[key] for key in keys}


def _same_length(old: Iterable[Any], new: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Pairs of what corresponds; none where the rename itself changed what there is (a resource that is no more)."""
    one, other = list(old), list(new)
    return list(zip(one, other, strict=True)) if len(one) == len(other) else []
