"""The view of one RPC in the layers: how its handler calls the use case, and what the use case is given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from scaffolder.contract.model import Contract, Message, Method
from scaffolder.standard import StandardMethod
from scaffolder.targets.python import types
from scaffolder.targets.python.copying import Copying
from scaffolder.targets.python.domain import Domain
from scaffolder.targets.python.modules import Imports
from scaffolder.targets.python.parameters import LIST, SINGLE, Parameter, Parameters, of_request, signature
from scaffolder.targets.python.storage.stored import Stored


@dataclass(frozen=True)
class StandardView:
    """A standard method for the templates of biz/ and service/.

    `request` and `response` are the messages of its RPC. `single` is the method of the use case that does to one
    resource what a batch does to many; `copying` has the functions that make copies of a resource.
    """

    contract: Contract
    imports: Imports
    stored: Stored
    standard: StandardMethod
    request: Message
    response: Message
    single: str
    copying: Copying

    def view(self) -> dict[str, Any]:
        return {
            "shape": self.standard.verb,
            "standard": self.standard,
            "resource": self.standard.resource,
            "stored": self.stored,
            "message": self.request,
            "item_request": self.item_request if self.standard.item else None,
            "id_parameter": self._named(self.standard.id_field),
            "parent_parameter": next(
                (p for p in self.parameters if p.field and p.field == self.standard.parent), None
            ),
            **self._use_case(),
            **self._handler(),
        }

    @cached_property
    def parameters(self) -> list[Parameter]:
        return Parameters(self.stored, self.standard, self.request).all()

    @property
    def _gives(self) -> bool:
        """Whether a result comes back."""
        deletes = self.standard.verb in ("delete", "batch_delete")
        return not (deletes and (self.standard.is_empty or self.standard.result_identity))

    @property
    def _is_read(self) -> bool:
        """Whether a delete has to look at the resource first."""
        return bool(self.stored.is_soft or self._etags or self._belongs or self._gives)

    def _use_case(self) -> dict[str, Any]:
        verb, entity = self.standard.verb, self.stored.entity
        results = {"list": f"Page[{entity}]", "create": entity, "get": entity, "update": entity}
        many = f"list[{entity}]" if verb.startswith("batch_") else entity
        names = {each.name for each in self.parameters}
        return {
            "biz_parameter": signature(self.parameters),
            "biz_result": results.get(verb, many) if self._gives else "None",
            "gives": self._gives,
            "is_read": self._is_read,
            "transaction": f"self._transaction({'discard=validate_only' if 'validate_only' in names else ''})",
            "discards": "validate_only" in names,
            "naming": self._naming() if verb == "create" else [],
            "etags": self._etags,
            "query": self._query() if verb == "list" else "",
            "parameters": names,
            "has_mask": "update_mask" in names,
            "belongs": self._belongs,
            "in_parent": self._in_parent(),
            "stays": self._stays(),
            **self._batch(),
        }

    def _named(self, field: str) -> str:
        """The parameter that a field of the request comes in, `""` where there is none."""
        return next((each.name for each in self.parameters if field and each.field == field), "")

    @property
    def _is_request(self) -> bool:
        """Whether the resource itself is the request."""
        return self.request.full_name == self.stored.resource.message.full_name

    def _naming(self) -> list[str]:
        """The statements that give a new resource its name, and its parent where that is a field of its own."""
        stored, resource, standard = self.stored, self.stored.resource, self.standard
        parent, proposed = self._named(standard.parent), self._named(standard.id_field)
        target = f"{stored.variable}.{stored.identity}"
        found = []
        if resource.is_integer:
            found += [f"{target} = 0"] if standard.payload or self._is_request else []
        elif resource.patterns:
            second = f"proposed={proposed}" if proposed and not parent else proposed
            found.append(
                f"{target} = {stored.constant}.new_name({', '.join(filter(None, (parent, second)))})"
            )
        else:
            own = "" if stored.is_identified else target
            given = f"proposed={proposed or own}" if proposed or own else ""
            found.append(f"{target} = {stored.constant}.new_name({given})")
        if parent and resource.parent_field:
            found.append(f"{stored.variable}.{stored.attributes[resource.parent_field]} = {parent}")
        return found

    @property
    def _belongs(self) -> str:
        """Whether a resource is another parent's than the request says: `article_id != article_id`."""
        field, parent = self.stored.resource.parent_field, self._named(self.standard.parent)
        is_one = self.standard.verb in ("get", "update", "delete", "undelete")
        return f"{self.stored.attributes[field]} != {parent}" if field and parent and is_one else ""

    def _stays(self) -> str:
        """The statement that an update which says the parent leaves the resource there, unless it holds another one."""
        if not self._belongs or self.standard.verb != "update" or not self.standard.payload:
            return ""
        held = f"{self.stored.variable}.{self.stored.attributes[self.stored.resource.parent_field]}"
        return f"{held} = {held} or {self._named(self.standard.parent)}"

    def _in_parent(self) -> str:
        """The statement that an update is of a resource in the parent that the request says."""
        parent = self._named(self.standard.parent)
        if not parent or self.stored.resource.parent_field or self.standard.verb != "update":
            return ""
        return f'check_names([{self.stored.variable}.{self.stored.identity}], {parent}, "parent")'

    @property
    def _etags(self) -> list[str]:
        """Where a client may say which etag it knows: in the request, and, of an update, in the resource."""
        stored, standard = self.stored, self.standard
        found = ["etag"] if self._named(standard.etag) else []
        own = stored.resource.etag
        if standard.verb == "update" and own and (standard.payload or own in dict(standard.fields).values()):
            found.append(f"{stored.variable}.{stored.attributes[own]}")
        return found

    def _query(self) -> str:
        """The arguments of `Rules.query`."""
        standard = self.standard
        found = [f"parent={name}"] if (name := self._named(standard.parent)) else []
        found += [f"{name}={given}" for name in LIST if (given := self._named(getattr(standard, name)))]
        if not (standard.page_size or standard.page_token or standard.skip or standard.page):
            found.append("page_size=None")
        if standard.total_size:
            found.append("counted=True")
        equal = [
            f'"{of}": {each.name}{"" if each.default == "None" else " or None"}'
            for field, of in standard.equals
            for each in self.parameters
            if each.field == field
        ]
        return ", ".join([*found, *([f"equals={{{', '.join(equal)}}}"] if equal else [])])

    def _batch(self) -> dict[str, str]:
        """How a batch does one by one what is done to single resources."""
        standard, (_, _, verb) = self.standard, self.standard.verb.partition("batch_")
        parent = self._named(standard.parent)
        if standard.item and verb != "get":
            return self._batch_of(standard.item, verb, parent)
        check = f"check_names(names{f', {parent}' if parent else ''})" if verb == "get" or parent else ""
        if verb in ("", "get"):
            return {"each": "", "check_batch": check}
        options = [name for name in SINGLE[verb] if self._named(getattr(standard, name))]
        passed = ["name", *(f"{name}={name}" for name in options if name != "validate_only")]
        each = f'names, lambda name: self.{self.single}({", ".join(passed)}), "names"'
        return {"each": each, "check_batch": check}

    def _batch_of(self, item: StandardMethod, verb: str, parent: str) -> dict[str, str]:
        """A batch of requests; `parent` is the parameter with the parent that all have to share."""
        parameters = Parameters(self.stored, item, self.item_request).all()
        own = next((each for each in parameters if item.parent and each.field == item.parent), None)
        passed = [
            f"{each.name}={each.passed} or {parent}" if each is own and parent else each.batched
            for each in parameters
        ]
        check = ""
        if own and parent:
            check = f"check_parents({parent}, [{own.passed} for request in requests])"
        elif parent:
            first, name = parameters[0], self.stored.identity
            place = ".".join(filter(None, ("requests[{}]", first.field, name if verb == "update" else "")))
            value = f"({first.passed}).{name}" if verb == "update" else first.passed
            check = f'check_names([{value} for request in requests], {parent}, "{place}")'
        call = f"lambda request: self.{self.single}({', '.join(passed)})"
        return {"each": f"requests, {call}", "check_batch": check}

    @property
    def item_request(self) -> Message:
        """The request that a batch holds many of."""
        field = next(each for each in self.request.fields if each.name == self.standard.requests)
        return self.contract.messages[field.type_name]

    def _handler(self) -> dict[str, Any]:
        standard, stored = self.standard, self.stored
        arguments = ", ".join(each.argument for each in self.parameters)
        before = []
        if standard.verb == "update" and standard.payload and standard.identity:
            before = [f"{stored.variable} = {self.parameters[0].value}"]
            before.append(f"{stored.variable}.{stored.identity} = {of_request(standard.identity)}")
            arguments = ", ".join([stored.variable, *(each.argument for each in self.parameters[1:])])
        return {
            "arguments": arguments,
            "before": before,
            "renamed": ", ".join(f'{name}="{field}"' for name, field in self._renamed()),
            "result_var": self._result_var if self._gives and not self._is_empty else "",
            "answer": self._answer(),
        }

    def _renamed(self) -> list[tuple[str, str]]:
        """What violations of the rules call otherwise than this request does: (their word, the request's field)."""
        found = []
        if self.standard.verb in ("create", "update") and self.stored.field != self.standard.payload:
            found.append((self.stored.field, self.standard.payload))
        plain = (each for each in self.parameters if each.field and each.name != each.field)
        return found + [(each.name, each.field) for each in plain if each.name != self.stored.variable]

    @property
    def _is_empty(self) -> bool:
        return self.standard.is_empty

    @property
    def _result_var(self) -> str:
        if self.standard.verb == "list":
            return "page"
        return "found" if self.standard.verb.startswith("batch_") else self.stored.variable

    def _answer(self) -> str:
        """The response, of what the use case gave."""
        standard, stored, response = self.standard, self.stored, self.imports.type_of(self.response)
        if self._is_empty:
            return f"{response}({f'{standard.success}=True' if standard.success else ''})"
        writer = f"{stored.domain.function_of(stored.resource.message)}_to"
        if standard.copy:
            writer = self.copying.writer(stored.resource.message, standard.copy, standard.shows)
        written = f"{writer}({stored.variable})"
        if standard.read_mask:
            name = "" if standard.read_mask == "read_mask" else f', "{standard.read_mask}"'
            written = f"read_masked({written}, {of_request(standard.read_mask)}{name})"
        if standard.result_identity:
            known = f"{stored.variable}.{stored.identity}" if self._gives else of_request(standard.identity)
            return f"{response}({standard.result_identity}={known})"
        if not standard.items:
            return f"{response}({standard.result}={written})" if standard.result else written
        source = "page.items" if standard.verb == "list" else "found"
        parts = [f"{standard.items}=[{written} for {stored.variable} in {source}]"]
        if standard.next_token:
            parts.append(f"{standard.next_token}=page.next_token")
        if standard.total_size:
            parts.append(f"{standard.total_size}=page.total_size")
        return f"{response}({', '.join(parts)})"


def uses_transaction(method: Mapping[str, Any]) -> bool:
    """Whether a method of the use case opens a transaction, by its view; one that its owner writes may have to."""
    shape = method["shape"]
    if shape == "delete":
        return method["is_read"] or method["discards"] or "allow_missing" in method["parameters"]
    return method["discards"] if shape == "create" else shape not in ("get", "list", "batch_get")


def custom_view(domain: Domain, method: Method) -> dict[str, Any]:
    takes = method.client_streaming or method.input != types.EMPTY
    gives = method.server_streaming or method.output != types.EMPTY
    request, response = domain.value_of(method.input), domain.value_of(method.output)
    if method.client_streaming:
        parameter = f", requests: AsyncIterator[{request.annotation}]"
        argument = f"{request.read('request')} async for request in requests"
    else:
        parameter = f", request: {request.annotation}" if takes else ""
        argument = request.read("request") if takes else ""
    result = response.annotation if gives else "None"
    return {
        "shape": "custom",
        "biz_parameter": parameter,
        "biz_argument": argument,
        "biz_result": f"AsyncIterator[{result}]" if method.server_streaming else result,
        "has_result": gives,
        "write_response": response.write("response"),
    }


def with_lists(methods: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The methods with `list` named as the use case's class body has to: an RPC called List hides the type there."""
    name = "builtins.list" if any(method["snake"] == "list" for method in methods) else "list"
    keys = ("biz_parameter", "biz_result")
    return [
        method | {key: re.sub(r"(?<![\w.])list(?=\[)", name, method[key]) for key in keys if key in method}
        for method in methods
    ]
