"""A project of shelves and books that is regenerated and migrated."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit.database import DatabaseConfig
from tests import warm
from tests.migrations.chain import executed
from tests.regeneration.support import Workplace, new

PROTO = "library/v1/library.proto"
CONTRACT = """\
syntax = "proto3";

package library.v1;

import "google/api/resource.proto";
import "google/protobuf/empty.proto";

service LibraryService {
  rpc CreateShelf(CreateShelfRequest) returns (Shelf);
  rpc GetShelf(GetShelfRequest) returns (Shelf);
  rpc DeleteShelf(DeleteShelfRequest) returns (google.protobuf.Empty);
  rpc CreateBook(CreateBookRequest) returns (Book);
  rpc GetBook(GetBookRequest) returns (Book);
  rpc DeleteBook(DeleteBookRequest) returns (google.protobuf.Empty);
}

message Shelf {
  option (google.api.resource) = {
    type: "library.example.com/Shelf"
    pattern: "shelves/{shelf}"
  };
  string name = 1;
  string theme = 2;
}

message Book {
  option (google.api.resource) = {
    type: "library.example.com/Book"
    pattern: "shelves/{shelf}/books/{book}"
  };
  string name = 1;
  string title = 2;
  string isbn = 3;
  int32 pages = 4;
}

message CreateShelfRequest {
  Shelf shelf = 1;
  string shelf_id = 2;
}

message GetShelfRequest {
  string name = 1;
}

message DeleteShelfRequest {
  string name = 1;
}

message CreateBookRequest {
  string parent = 1;
  Book book = 2;
  string book_id = 3;
}

message GetBookRequest {
  string name = 1;
}

message DeleteBookRequest {
  string name = 1;
}
"""
MODEL = "src/demo/data/library.py"


@dataclass(frozen=True)
class Workshop:
    """The project, and its database."""

    place: Workplace
    url: str

    @property
    def root(self) -> Path:
        return self.place.root

    def contract(self, *edits: tuple[str, str]) -> None:
        for old, fresh in edits:
            self.place.edit(f"api/{PROTO}", old, fresh)

    def revisions(self) -> list[str]:
        return sorted(path.name for path in (self.root / "migrations/versions").glob("*.py"))

    def environment(self, **extra: str) -> dict[str, str]:
        return self.place.project.environment(DEMO_DATABASE__URL=self.url, **extra)

    def start(
        self, *command: str, python: Sequence[str] = (sys.executable,), **extra: str
    ) -> subprocess.Popen[str]:
        """A Python module in the project, as a process that goes on by itself."""
        return subprocess.Popen(
            [*python, "-m", *command],
            cwd=self.root,
            env=self.environment(**extra),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *command: str, code: int | None = 0, **extra: str) -> str:
        process = self.start(*command, python=warm.python(), **extra)
        output, _ = process.communicate(timeout=120)
        assert code is None or process.returncode == code, (
            f"{' '.join(command)}: {process.returncode}\n{output}"
        )
        return output

    def alembic(self, *arguments: str, code: int | None = 0) -> str:
        return self.run("alembic", *arguments, code=code)

    def sql(self, *statements: str) -> list[Any]:
        """Runs statements in one transaction; the rows of the last one."""
        return asyncio.run(executed(DatabaseConfig(url=self.url), *statements))

    def git(self, *arguments: str, check: bool = True) -> str:
        identity = {
            "GIT_AUTHOR_NAME": "a",
            "GIT_AUTHOR_EMAIL": "a@b",
            "GIT_COMMITTER_NAME": "a",
            "GIT_COMMITTER_EMAIL": "a@b",
        }
        result = subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            env=os.environ | identity,
            capture_output=True,
            text=True,
            check=False,
        )
        assert not check or result.returncode == 0, result.stdout + result.stderr
        return result.stdout


def workshop(folder: Path, url: str = "", contract: str = CONTRACT) -> Workshop:
    place = new("demo", contract, folder, PROTO)
    return Workshop(place, url or f"sqlite+aiosqlite:///{folder}/test.db")


def told(report: Mapping[str, Any], code: str) -> list[dict[str, str]]:
    return [item for item in report["diagnostics"] if item["code"] == code]
