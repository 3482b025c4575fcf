"""Which rules hold for the contracts of a folder: those of the nearest buf.yaml, else our own choice."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from scaffolder.app.care.buf import Configuration
from scaffolder.diagnostics import Diagnostic, Location, ScaffoldError, fail
from scaffolder.paths import shown
from scaffolder.suggest import hint

FILE = "buf.yaml"
VERSIONS = ("v1beta1", "v1", "v2")

LEVELS = {"wire": "WIRE", "wire-json": "WIRE_JSON", "package": "PACKAGE", "file": "FILE"}
"""What `--level` takes, from the least that is guarded to the most, and buf's category for it."""

LINT: Mapping[str, Any] = {
    "use": ["STANDARD"],
    # A standard method answers with the resource itself, or with Empty (https://google.aip.dev/131 to 135), and
    # others end their responses in Reply: what a response is called is no mistake.
    "except": ["RPC_RESPONSE_STANDARD_NAME", "RPC_REQUEST_RESPONSE_UNIQUE"],
    # A request without fields may grow some, but Empty is what the generated code of nobody chokes on.
    "rpc_allow_google_protobuf_empty_requests": True,
    "rpc_allow_google_protobuf_empty_responses": True,
}
"""What is asked of contracts where no buf.yaml has a `lint` section."""

BREAKING: Mapping[str, Any] = {"use": ["FILE"]}
"""What is asked of a change where no buf.yaml has a `breaking` section."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules for the contracts below `root`. Paths in `lint` and `breaking` are import names."""

    root: Path
    lint: Mapping[str, Any] = field(default_factory=lambda: LINT)
    breaking: Mapping[str, Any] = field(default_factory=lambda: BREAKING)
    version: str = "v2"
    file: Path | None = None
    plugins: Sequence[object] = ()

    def for_lint(self) -> Configuration:
        """The configuration of `buf lint`."""
        return self._configuration("lint", self.lint)

    def for_breaking(self, level: str) -> Configuration:
        """The configuration of `buf breaking`; `level` is one of `LEVELS` in place of the categories, or ""."""
        chosen = {"use": [LEVELS[level]]} if level else {}
        return self._configuration("breaking", {**self.breaking, **chosen})

    def level(self, level: str) -> str:
        """The `level` that is asked for, else the strictest category, "" where rules are named one by one."""
        used = self.breaking.get("use") or BREAKING["use"]
        names = {category: name for name, category in LEVELS.items()}
        return level or next((names[each] for each in reversed(LEVELS.values()) if each in used), "")

    def skips(self, rule: str, name: str) -> bool:
        """Whether a rule of our own for changes is not to hold for the contract `name`."""
        ignored = [*_texts(self.breaking.get("ignore"))]
        only = self.breaking.get("ignore_only")
        ignored += _texts(only.get(rule)) if isinstance(only, dict) else []
        if rule in _texts(self.breaking.get("except")):
            return True
        return any(name == path or name.startswith(f"{path.rstrip('/')}/") for path in ignored)

    def _configuration(self, key: str, section: Mapping[str, Any]) -> Configuration:
        content: dict[str, object] = {"version": self.version, key: _for_buf(section)}
        if self.plugins:
            content["plugins"] = self.plugins
        return Configuration(content, self.file)


def rules(root: Path) -> Rules:
    """The rules for the contracts below the proto path `root`.

    Raises a `ScaffoldError` with code `buf-config` for a buf.yaml that cannot be read.
    """
    folder = Path(os.path.abspath(root))
    file = next((each for each in _candidates(folder) if each.is_file()), None)
    if file is None:
        return Rules(folder)
    content = _read(file)
    version = str(content.get("version", ""))
    if version not in VERSIONS:
        raise _wrong(file, f"its version is `{version}`", f"one of {', '.join(VERSIONS)}: version: v2")
    module = _module(content, folder, file)
    found: dict[str, Mapping[str, Any]] = {}
    for key in ("lint", "breaking"):
        section = module.get(key, content.get(key))
        if section is not None and not isinstance(section, dict):
            raise _wrong(file, f"`{key}` is not a mapping", f"{key}:\n    use: [STANDARD]")
        if section is not None:
            found[key] = _by_import_name(section, folder, file)
    lint, breaking = found.get("lint", LINT), found.get("breaking", BREAKING)
    version = version if found else "v2"
    return Rules(folder, lint, breaking, version, file, content.get("plugins") or ())


def _candidates(folder: Path) -> Iterator[Path]:
    """Where a buf.yaml for the folder can be: in it or above, up to the top of the repository."""
    for each in (folder, *folder.parents):
        yield each / FILE
        if (each / ".git").exists():
            return


def _read(file: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(file.read_text("utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        place = Location(shown(file), mark.line + 1, mark.column + 1) if mark else Location(shown(file))
        reason = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise fail("buf-config", f"is not YAML: {reason}", "see the line above it, too", place) from error
    if not isinstance(content, dict):
        raise _wrong(file, "is not a mapping", "it begins with: version: v2")
    return content


def _module(content: Mapping[str, Any], folder: Path, file: Path) -> Mapping[str, Any]:
    """The module of a v2 workspace that the folder is, or is in; an empty one where it lists none for it."""
    own = posixpath.normpath(os.path.relpath(folder, file.parent).replace(os.sep, "/"))
    modules = content.get("modules")
    best: tuple[int, Mapping[str, Any]] = (-1, {})
    for module in modules if isinstance(modules, list) else ():
        if isinstance(module, dict):
            path = posixpath.normpath(str(module.get("path", ".")))
            if path in (".", own) or own.startswith(f"{path}/"):
                best = max(best, (len(path) if path != "." else 0, module), key=lambda each: each[0])
    return best[1]


def _by_import_name(section: Mapping[str, Any], folder: Path, file: Path) -> dict[str, Any]:
    """A section with its paths relative to `folder`, as imports have them, rather than to buf.yaml."""
    changed = dict(section)
    if "ignore" in section:
        changed["ignore"] = _names(section["ignore"], folder, file)
    if isinstance(section.get("ignore_only"), dict):
        by_rule = {rule: _names(paths, folder, file) for rule, paths in section["ignore_only"].items()}
        changed["ignore_only"] = {rule: paths for rule, paths in by_rule.items() if paths}
    return changed


def _names(paths: object, folder: Path, file: Path) -> list[str]:
    found = []
    for path in _texts(paths):
        name = os.path.relpath(file.parent / path, folder).replace(os.sep, "/")
        if name == "." or set(name.split("/")) == {".."}:  # the folder itself, or one above it
            found += sorted(f"{each.name}" for each in folder.iterdir()) if folder.is_dir() else []
        elif not name.startswith("../"):
            found.append(name)
    return found


def _for_buf(section: Mapping[str, Any]) -> dict[str, Any]:
    """A section without our own rules, which buf does not know."""
    changed = dict(section)
    if "except" in section:
        changed["except"] = [rule for rule in _texts(section["except"]) if not is_own(rule)]
    if isinstance(section.get("ignore_only"), dict):
        changed["ignore_only"] = {
            rule: paths for rule, paths in section["ignore_only"].items() if not is_own(rule)
        }
    return changed


def is_own(rule: str) -> bool:
    """Whether a rule is one of ours: those about google.api.http, of which buf knows nothing."""
    return rule.startswith("HTTP_")


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def _wrong(file: Path, message: str, advice: str) -> ScaffoldError:
    return fail("buf-config", message, advice, Location(shown(file)))


def check_level(level: str) -> None:
    """Raises a `ScaffoldError` with code `usage` for a level that there is none of; "" is none at all."""
    if level and level not in LEVELS:
        message = f"--level {level}: there is no such level"
        raise ScaffoldError([Diagnostic("usage", message, hint(level, tuple(LEVELS)))])
