"""Projects with contracts only, in real git repositories."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.workspace.support import fill

NAME = "shop/v1/shop.proto"
CONFIG = f"name: shop-service\ncontracts:\n  - {NAME}\n"

CONTRACT = """\
syntax = "proto3";

package shop.v1;

import "google/api/annotations.proto";

service ShopService {
  rpc GetItem(GetItemRequest) returns (Item) {
    option (google.api.http) = {get: "/v1/{name=items/*}"};
  }
  rpc SellItem(SellItemRequest) returns (SellItemResponse) {
    option (google.api.http) = {
      post: "/v1/{name=items/*}:sell"
      body: "*"
    };
  }
}

message Item {
  string name = 1;
  int32 price = 2;
  string note = 3;
}

message GetItemRequest {
  string name = 1;
}

message SellItemRequest {
  string name = 1;
  int32 count = 2;
}

message SellItemResponse {
  Item item = 1;
}
"""


def project(root: Path, contract: str = CONTRACT, **more: str) -> Path:
    """A project in `root` whose one contract is `contract`; `more` are further texts, by path with `__` for `/`."""
    fill(root, {"scaffold.yaml": CONFIG, f"api/{NAME}": contract, **more})
    return root


def edit(root: Path, *changes: tuple[str, str], name: str = f"api/{NAME}") -> None:
    """Replaces texts in the contract; each has to be there."""
    text = (root / name).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    fill(root, {name: text})


def git(root: Path, *arguments: str) -> str:
    """Runs git as somebody who has no configuration of their own."""
    who = {
        f"GIT_{role}_{what}": "a@example.com"
        for role in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    environment = os.environ | who | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    done = subprocess.run(
        ["git", "-c", "protocol.file.allow=always", *arguments],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def commit(root: Path, message: str = "change") -> str:
    """Commits everything, in a new repository where there is none; returns the hash."""
    if not (root / ".git").exists():
        git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", message)
    return git(root, "rev-parse", "HEAD")


def packaged(root: Path, *folders: str) -> Mapping[str, str]:
    """The contracts of google/… that are installed, for tools that want them beside the others: texts by path."""
    from scaffolder.contract.wellknown import common_root

    source = common_root()
    assert source is not None
    return {
        f"{root.as_posix()}/{path.relative_to(source).as_posix()}": path.read_text(encoding="utf-8")
        for folder in folders
        for path in (source / folder).glob("*.proto")
    }
