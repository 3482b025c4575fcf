"""`protoc-gen-scaffold`: what is never edited of a package, for those whose build already runs protoc or buf."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from google.protobuf.message import DecodeError

from scaffolder.contract.request import PluginRequest, response
from scaffolder.diagnostics import Diagnostic, ScaffoldError, fail
from scaffolder.project import Project
from scaffolder.suggest import hint

OPTIONS = ("package", "kit", "client")


@dataclass(frozen=True, slots=True)
class PluginOptions:
    """What ``--scaffold_opt`` says. `package` is the Python package that everything goes below; without `kit` its
    runtime is left out, without `client` the clients are.
    """

    package: str
    kit: bool = True
    client: bool = True

    @classmethod
    def parse(cls, parameter: str) -> PluginOptions:
        """Reads ``package=order_service,kit=false``; every mistake is in the one `ScaffoldError`."""
        given: dict[str, str] = {}
        problems: list[Diagnostic] = []
        for item in filter(None, (part.strip() for part in parameter.split(","))):
            key, equals, value = item.partition("=")
            problem = "" if equals else "has no value"
            if key not in OPTIONS:
                problems.append(_problem(f"there is no option `{key}`", hint(key, OPTIONS)))
            elif key in given:
                problems.append(_problem(f"`{key}` is given twice", "leave one of them out"))
            elif key == "package" and not (value.isidentifier() and not keyword.iskeyword(value)):
                problem = problem or f"`{value}` is no name of a Python package"
                problems.append(_problem(f"`package`: {problem}", "package=order_service"))
            elif key != "package" and value not in ("true", "false"):
                problems.append(_problem(f"`{key}` is true or false, not `{value}`", f"{key}=false"))
            given[key] = value
        if "package" not in given:
            problems.append(_problem("no package is given", "--scaffold_opt=package=order_service"))
        if problems:
            raise ScaffoldError(problems)
        return cls(given["package"], given.get("kit") != "false", given.get("client") != "false")


def respond(content: bytes, announce: Callable[[str], None] = lambda _: None) -> bytes:
    """The CodeGeneratorResponse to a serialized CodeGeneratorRequest; a mistake, the tool's own too, is an error in it.

    `announce` is told what is likely to be missing. Paths are relative to the folder of ``--scaffold_out``.

    Raises:
        ScaffoldError: `content` is no such request.
    """
    try:
        request = PluginRequest.read(content)
    except DecodeError as error:
        raise fail("plugin-request", "this is no request of protoc's", "run it by protoc or buf") from error
    try:
        options = PluginOptions.parse(request.parameter)
        files = dict(_files(request, options)) if request.asked else {}
    except ScaffoldError as error:
        return response(error=str(error))
    except Exception as error:
        what = f"{type(error).__name__}: {error}".rstrip(": ")
        return response(error=f"internal error: {what}\n  This is a fault of scaffold. Please report it.")
    if request.missing:
        names = ", ".join(request.missing)
        advice = "generate them too (buf: include_imports: true; protoc: name them)"
        announce(f"{options.package}.gen will import what this run does not make: {names}; {advice}")
    return response(sorted(files.items()))


def _problem(message: str, advice: str) -> Diagnostic:
    return Diagnostic("plugin-option", message, advice)


def _files(request: PluginRequest, options: PluginOptions) -> Iterator[tuple[str, str]]:
    """Path and text of each file. Messages are those of the files to generate alone, as protoc's own plugins do it."""
    from scaffolder.app import nouns, pipeline
    from scaffolder.contract import builder
    from scaffolder.targets.python.modules import safe_stem

    contract = builder.build(request.descriptor_set, request.asked, [])
    project = Project(Path(), options.package.replace("_", "-"), options.package, request.asked)
    unwanted = tuple(f"gen/{safe_stem(name)}_pb2" for name in request.missing)
    for artifact in pipeline.machine_part(contract, nouns.named(project, contract)):
        path = artifact.path.removeprefix("src/")
        _, _, below = path.partition("/")
        is_client = below == "client.py" or (below.startswith("gen/") and below.endswith("_client.py"))
        if below.startswith(unwanted) or (not options.kit and below.startswith("kit/")):
            continue
        if options.client or not is_client:
            yield path, artifact.content.decode()
