"""Two branches change the contract, each regenerates and commits; git merges them, and one more run puts it right."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from .contract_cases import BIZ, added_in_the_middle, added_last, removed
from .contract_life import REFUNDS, START, Contracts, Edit, after, change, files, instead, make
from .support import Workplace

pytestmark = pytest.mark.slow

REFUND, INVOICE = "refund/v1/refund.proto", "invoice/v1/invoice.proto"
INVOICES = """\
syntax = "proto3";

package invoice.v1;

// Sends invoices.
service InvoiceService {
  // Sends an invoice.
  rpc SendInvoice(SendInvoiceRequest) returns (SendInvoiceResponse);
}

message SendInvoiceRequest {
  string order_id = 1;
}

message SendInvoiceResponse {}
"""
OURS, THEIRS = "ours", "theirs"
MACHINE = (".scaffold/", "src/shop/gen/", "src/shop/kit/", "src/shop/client.py", "clients/python/src/")


@dataclass(frozen=True)
class Branch:
    """What happens on one branch."""

    contracts: Contracts
    edits: tuple[Edit, ...] = ()


def listing(contracts: Contracts) -> Contracts:
    """One more RPC, of a name of its own, last."""
    last = "  rpc FollowOrder(FollowOrderRequest) returns (Order);\n"
    return contracts.edit(
        (last, f"{last}\n  // Repeats an order.\n  rpc RepeatOrder(FindOrderRequest) returns (Order);\n")
    )


def with_refunds(contracts: Contracts) -> Contracts:
    return contracts.added(REFUND, 'syntax = "proto3";\n\npackage refund.v1;\n\n' + REFUNDS)


def with_invoices(contracts: Contracts) -> Contracts:
    return contracts.added(INVOICE, INVOICES)


FIND = instead(
    BIZ,
    '        raise UnimplementedError("order.v1.OrderService.FindOrder")\n',
    "        # Found by number alone.\n        return Order(order_id=request.order_id)\n",
)
PLACE = instead(
    BIZ,
    '        raise UnimplementedError("order.v1.OrderService.PlaceOrder")\n',
    "        # Placed by name alone.\n        return Order(customer=request.customer)\n",
)
WAREHOUSE = after(
    "src/shop/wiring.py",
    "            DomainErrors(STATUSES),\n        ]\n",
    '\n    @cached_property\n    def warehouse(self) -> str:\n        return "Rotterdam"\n',
)

STORIES: dict[str, tuple[Branch, Branch, Contracts]] = {
    "an rpc each, in different places": (
        Branch(added_in_the_middle(START), (PLACE,)),
        Branch(listing(START), (WAREHOUSE,)),
        listing(added_in_the_middle(START)),
    ),
    "a service each": (
        Branch(with_refunds(START), (FIND,)),
        Branch(with_invoices(START), (WAREHOUSE,)),
        with_invoices(with_refunds(START)),
    ),
    "one changes the contract, one only edits": (
        Branch(with_refunds(added_in_the_middle(START))),
        Branch(START, (FIND, PLACE, WAREHOUSE)),
        with_refunds(added_in_the_middle(START)),
    ),
    "one removes an rpc, one adds another": (
        Branch(removed(START), (PLACE,)),
        Branch(listing(START), (FIND,)),
        listing(removed(START)),
    ),
    "both make the same change": (
        Branch(added_last(START), (PLACE,)),
        Branch(added_last(START), (FIND,)),
        added_last(START),
    ),
}


@pytest.mark.parametrize("side", [OURS, THEIRS])
@pytest.mark.parametrize("story", STORIES)
def test_two_branches_that_both_regenerated(story: str, side: str, tmp_path: Path) -> None:
    """Branch, change, regenerate, commit, twice; merge -> one more run makes the project of the merged contract."""
    one, other, merged = STORIES[story]
    home = make(START, tmp_path)
    work_on(home, "one", one)
    git(home, "checkout", "--quiet", "main")
    work_on(home, "other", other)
    git(home, "checkout", "--quiet", "one")

    git(home, "merge", "--no-edit", "other", code=None)

    left = git(home, "diff", "--name-only", "--diff-filter=U").split()
    assert not [path for path in left if path.startswith(MACHINE)], left
    resolve(home, left, side, merged)
    git(home, "add", "--all")
    git(home, "commit", "--quiet", "--allow-empty", "-m", "merged")

    told = home.generate()

    assert "conflict" not in told
    assert not (home.root / ".scaffold/replaced").exists(), (
        "what git made of the machine's files is nobody's edit"
    )
    (tmp_path / "fresh").mkdir()
    fresh = make(merged, tmp_path / "fresh")
    kept = [edit for edit in (*one.edits, *other.edits) if edit.written in home.read(edit.path)]
    lost = [edit for edit in (*one.edits, *other.edits) if edit not in kept]
    assert all(edit.path in left for edit in lost), "only a user's own choice in a conflict loses an edit"
    for edit in kept:
        fresh.edit(edit.path, edit.old, edit.new)
    assert files(home) == files(fresh)
    before = home.state()
    assert home.generate() == "nothing to do\n"
    assert home.state() == before


def work_on(home: Workplace, branch: str, work: Branch) -> None:
    """A branch from main: the contract changes, the project is regenerated and edited, and all of it is committed."""
    git(home, "checkout", "--quiet", "-b", branch)
    change(home, START, work.contracts)
    home.generate()
    for edit in work.edits:
        home.edit(edit.path, edit.old, edit.new)
    git(home, "add", "--all")
    git(home, "commit", "--quiet", "-m", branch)


def resolve(home: Workplace, left: list[str], side: str, merged: Contracts) -> None:
    """As a user would: the contract as it is meant, and one side of all else."""
    for path in left:
        git(home, "checkout", f"--{side}", "--", path)
    for name, text in merged.files.items():
        home.write(f"api/{name}", text)
    config = home.read("scaffold.yaml").split("contracts:\n")
    rest = config[1][config[1].index("\n\n") :]
    home.write(
        "scaffold.yaml", f"{config[0]}contracts:\n" + "\n".join(f"  - {n}" for n in merged.files) + rest
    )


def git(home: Workplace, *arguments: str, code: int | None = 0) -> str:
    """Runs git in the project; what it printed."""
    author = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    result = subprocess.run(
        ["git", *author, *arguments],
        cwd=home.root,
        capture_output=True,
        text=True,
        check=False,
        env={name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    )
    assert code is None or result.returncode == code, result.stdout + result.stderr
    return result.stdout
