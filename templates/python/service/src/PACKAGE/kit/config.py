"""Typed settings: environment over secrets over the YAML file over defaults, and every mistake named at once.

A setting `grpc.port` of a service whose prefix is ORDER_SERVICE_ is, in that order of precedence,

- the environment variable ORDER_SERVICE_GRPC__PORT,
- the file ORDER_SERVICE_GRPC__PORT (in any case) in the secrets directory,
- `grpc: {port: …}` in the YAML file,
- the default in the code.

Two variables choose the sources themselves: ORDER_SERVICE_CONFIG the file, ORDER_SERVICE_SECRETS_DIR the
directory (/run/secrets).
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from .config_errors import ConfigError, Origins, explain, unknown_variables
from .config_sources import Variable, read_variables, read_yaml
from .units import ByteSize, Duration

__all__ = ["ByteSize", "ConfigError", "Duration", "Section", "Settings", "load"]

SECRETS_DIR = "/run/secrets"


class Section(BaseModel):
    """A group of settings. Unknown keys are errors, values do not change after the start."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Settings(BaseSettings):
    """The whole configuration; a subclass sets `env_prefix`. `load` reads the sources.

    Called by itself it takes its arguments and defaults only, whatever the environment holds: fit for tests.
    """

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, env_nested_delimiter="__", enable_decoding=False
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


S = TypeVar("S", bound=Settings)


def load(cls: type[S], path: Path | None) -> S:
    """Reads all sources and validates; ConfigError lists every mistake found, each with its source.

    `path` is the YAML file, None for none; one that is named must exist, a secrets directory need not.
    """
    prefix = str(cls.model_config.get("env_prefix", "")).upper()
    named = os.environ.get(f"{prefix}CONFIG")
    file = read_yaml(Path(named) if named else path)
    try:
        variables = read_variables(prefix, Path(os.environ.get(f"{prefix}SECRETS_DIR", SECRETS_DIR)))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"secrets directory: {error}"]) from error
    origins = Origins(prefix, variables, file)
    problems = [*file.problems, *unknown_variables(cls, origins)]
    try:
        settings = cls(**_merged(file.values, _nested(cls, variables)))
    except ValidationError as error:
        raise ConfigError([*problems, *explain(cls, error, origins)]) from error
    if problems:
        raise ConfigError(problems)
    return settings


def _nested(cls: type[Settings], variables: Mapping[str, Variable]) -> dict[str, Any]:
    source = EnvSettingsSource(cls)
    source.env_vars = {name.lower(): variable.value for name, variable in variables.items()}
    return _decoded(cls, source())


def _decoded(cls: type[BaseModel], values: dict[str, Any]) -> dict[str, Any]:
    """Values of list and dict settings read as JSON; one that is not stays text, for validation to refuse."""
    for name, value in values.items():
        annotation = cls.model_fields[name].annotation if name in cls.model_fields else None
        if isinstance(value, dict) and isinstance(annotation, type) and issubclass(annotation, BaseModel):
            _decoded(annotation, value)
        elif isinstance(value, str) and get_origin(annotation) in (list, tuple, set, frozenset, dict):
            with suppress(ValueError):
                values[name] = json.loads(value)
    return values


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        inner = merged.get(key)
        if isinstance(inner, Mapping) and isinstance(value, Mapping):
            merged[key] = _merged(inner, value)
        else:
            merged[key] = value
    return merged
