"""Mutants of List."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from typing import Any

from ..reference.kinds import Keys, Kind, RefusedError, invalid, key_of
from ..reference.library import Library
from . import breaks


@breaks("list_has_what_was_created", "creates_at_once_are_all_stored", "list_reads_across_parents")
class ForgetsTheNewest(Library):
    def below(self, kind: Kind, parent: str) -> Iterable[Any]:
        return list(super().below(kind, parent))[:-1]


@breaks("list_items_are_what_get_returns")
class ListsSummaries(Library):
    async def list_page(self, kind: Kind, request: Any, response: Any) -> Any:
        listed = await super().list_page(kind, request, response)
        for item in getattr(listed, kind.plural):
            item.ClearField("create_time")
        return listed


@breaks(
    "list_is_scoped_by_parent",
    "list_of_an_empty_collection_is_empty",
    "list_defines_an_unknown_parent",
    "list_reads_across_the_inner_parents_only",
)
class ListsEveryParents(Library):
    def is_below(self, above: Sequence[str], wanted: Sequence[str]) -> bool:
        return True

    async def list_page(self, kind: Kind, request: Any, response: Any) -> Any:
        self.MAX_PAGE_SIZE = 10_000
        if not self.store.get("shelves/others"):
            self.store["shelves/others/books/b"] = self.kinds[1].message(
                name="shelves/others/books/b", title="x"
            )
            name = "shelves/others/books/b/reviews/r"
            self.store[name] = self.kinds[2].message(name=name, text="x")
        return await super().list_page(kind, request, response)


@breaks(
    "list_reads_across_parents", "list_reads_across_the_inner_parents_only", "batch_get_reads_across_parents"
)
class KnowsNoWildcard(Library):
    def is_below(self, above: Sequence[str], wanted: Sequence[str]) -> bool:
        return list(above) == list(wanted)


@breaks("list_wants_a_parent")
class ListsWithoutAParent(Library):
    async def list_page(self, kind: Kind, request: Any, response: Any) -> Any:
        if kind.parent is not None and not request.parent:
            return response
        return await super().list_page(kind, request, response)


@breaks("page_size_is_honoured", "last_page_has_no_token", "page_token_has_to_be_one")
class ListsAllAtOnce(Library):
    def limit(self, page_size: int) -> int:
        super().limit(page_size)
        return 1000


@breaks("page_size_zero_is_a_default")
class TakesZeroForZero(Library):
    def limit(self, page_size: int) -> int:
        if page_size == 0:
            raise invalid(("page_size", "is zero"))
        return super().limit(page_size)


@breaks("page_size_may_be_huge")
class RefusesHugePages(Library):
    def limit(self, page_size: int) -> int:
        if page_size > self.MAX_PAGE_SIZE:
            raise invalid(("page_size", "is too large"))
        return super().limit(page_size)


@breaks("page_size_may_not_be_negative")
class TakesNegativeSizes(Library):
    def limit(self, page_size: int) -> int:
        return super().limit(abs(page_size))


@breaks("last_page_has_no_token")
class AlwaysHasAToken(Library):
    def has_more(self, found: Sequence[Any], limit: int) -> bool:
        return len(found) >= limit


class _Offsets(Library):
    """Pages by counting, as OFFSET does."""

    async def list_page(self, kind: Kind, request: Any, response: Any) -> Any:
        self._start, self._size = 0, self.limit(request.page_size)
        if request.page_token:
            self._start = self.place_of(request)[0]
        return await super().list_page(kind, request, response)

    def behind(self, keys: Any, found: Sequence[Any], last: list[Any]) -> list[Any]:
        return list(found)[last[0] :]

    def token(self, request: Any, last: list[Any]) -> str:
        return super().token(request, [self._start + self._size])


@breaks("pages_stand_inserts")
class CountsFromTheNewest(_Offsets):
    def compare(self, keys: Any, one: Any, other: Any) -> int:
        order = list(self.store)
        return order.index(other.name) - order.index(one.name)


@breaks("pages_stand_deletes")
class CountsFromTheFirst(_Offsets):
    pass


@breaks(
    "pages_visit_each_once", "page_size_may_change", "order_pages_over_equal_keys", "filter_works_with_pages"
)
class SkipsOneOnEveryPage(Library):
    def behind(self, keys: Any, found: Sequence[Any], last: list[Any]) -> list[Any]:
        return super().behind(keys, found, last)[1:]


@breaks("page_size_may_change")
class BindsTokensToTheSize(Library):
    def query_of(self, request: Any) -> list[str]:
        return [*super().query_of(request), str(request.page_size)]


@breaks("page_token_has_to_be_one")
class TakesForgedTokens(Library):
    def is_damaged(self, check: str, body: str) -> bool:
        return False

    def place_of(self, request: Any) -> list[Any]:
        try:
            return super().place_of(request)
        except RefusedError:
            return [[1, ""]]

    def behind(self, keys: Any, found: Sequence[Any], last: list[Any]) -> list[Any]:
        return list(found)


@breaks("page_token_is_of_its_filter", "page_token_is_of_its_order", "page_token_is_of_its_parent")
class TakesEveryListsTokens(Library):
    def query_of(self, request: Any) -> list[str]:
        return []

    def behind(self, keys: Any, found: Sequence[Any], last: list[Any]) -> list[Any]:
        return super().behind(keys[-1:], found, last[-1:])


@breaks("total_size_counts_all_pages", "total_size_heeds_the_filter")
class CountsThePage(Library):
    def total(self, total: int, page: Sequence[Any]) -> int:
        return len(page)


@breaks("total_size_heeds_the_filter")
class CountsEverything(Library):
    def total(self, total: int, page: Sequence[Any]) -> int:
        return len(self.store)


@breaks(
    "order_ascends_and_descends",
    "order_has_several_keys",
    "order_is_by_nested_fields",
    "order_is_by_duration",
)
class IgnoresTheOrder(Library):
    def keys(self, kind: Kind, order_by: str) -> Keys:
        super().keys(kind, order_by)
        return [(["name"], False)]


@breaks("order_ascends_and_descends", "order_is_by_nested_fields", "order_is_by_time")
class SortsAsText(Library):
    def compare(self, keys: Any, one: Any, other: Any) -> int:
        mine, theirs = [[json.dumps(key_of(each, path)) for path, _ in keys] for each in (one, other)]
        return (mine > theirs) - (mine < theirs)


@breaks("order_ascends_and_descends", "order_has_several_keys", "order_ignores_spaces")
class OnlyAscends(Library):
    def descends(self, words: Sequence[str]) -> bool:
        return False


@breaks("order_is_by_time")
class SortsBySeconds(Library):
    def keys(self, kind: Kind, order_by: str) -> Keys:
        found = super().keys(kind, order_by)
        return [([*path, "seconds"] if path[-1].endswith("_time") else path, down) for path, down in found]


@breaks("order_has_several_keys")
class KnowsOneKey(Library):
    def keys(self, kind: Kind, order_by: str) -> Keys:
        return super().keys(kind, order_by.partition(",")[0])


@breaks("order_ignores_spaces")
class TakesSpacesForNames(Library):
    def keys(self, kind: Kind, order_by: str) -> Keys:
        if "  " in order_by:
            raise invalid(("order_by", "has spaces"))
        return super().keys(kind, order_by)


@breaks("order_is_by_nested_fields")
class OrdersByNoNestedField(Library):
    def order_path(self, kind: Kind, text: str) -> list[str]:
        if "." in text:
            raise invalid(("order_by", "is nested"))
        return super().order_path(kind, text)


@breaks("order_is_by_duration")
class SortsDurationsAsText(Library):
    def compare(self, keys: Any, one: Any, other: Any) -> int:
        if keys[0][0] == ["loan_period"]:
            mine, theirs = f"{one.loan_period.seconds}s", f"{other.loan_period.seconds}s"
            return (mine > theirs) - (mine < theirs)
        return super().compare(keys, one, other)


@breaks("order_pages_over_equal_keys")
class HasNoTieBreaker(Library):
    def keys(self, kind: Kind, order_by: str) -> Keys:
        found = super().keys(kind, order_by)
        return found[:-1] or found


@breaks("order_pages_over_unset_keys")
class LosesUnsetKeys(Library):
    """As SQL does, where nothing is greater than NULL."""

    def behind(self, keys: Any, found: Sequence[Any], last: list[Any]) -> list[Any]:
        return [
            each
            for each in super().behind(keys, found, last)
            if all(key_of(each, path) != [0] for path, _ in keys)
        ]


@breaks("order_refuses_unknown_fields", "order_refuses_what_is_none")
class OrdersByAnything(Library):
    def keys(self, kind: Kind, order_by: str) -> Keys:
        try:
            return super().keys(kind, order_by)
        except RefusedError:
            return [(["name"], False)]


@breaks("read_mask_without_the_name_pages_as_well", "read_mask_picks_fields_of_a_list")
class NeedsTheNameToPage(Library):
    def token(self, request: Any, last: list[Any]) -> str:
        if self.is_masked(request):
            return base64.urlsafe_b64encode(b"broken").decode()
        return super().token(request, last)

    def is_masked(self, request: Any) -> bool:
        return "read_mask" in request.DESCRIPTOR.fields_by_name and bool(request.read_mask.paths)


@breaks(
    "read_mask_picks_fields",
    "read_mask_picks_nested_fields",
    "read_mask_picks_fields_of_a_list",
    "read_mask_picks_fields_of_a_batch",
)
class IgnoresReadMasks(Library):
    def masked(self, resource: Any, request: Any) -> Any:
        return resource


@breaks("read_mask_of_a_star_is_all")
class TakesAStarForNothing(Library):
    def masked(self, resource: Any, request: Any) -> Any:
        if "read_mask" in request.DESCRIPTOR.fields_by_name and "*" in request.read_mask.paths:
            return type(resource)()
        return super().masked(resource, request)


@breaks("read_mask_defines_unknown_paths")
class TakesUnknownPathsForAll(Library):
    def masked(self, resource: Any, request: Any) -> Any:
        try:
            return super().masked(resource, request)
        except RefusedError:
            return resource


@breaks("read_mask_picks_nested_fields")
class ReadsWholeMessages(Library):
    def masked(self, resource: Any, request: Any) -> Any:
        if "read_mask" in request.DESCRIPTOR.fields_by_name:
            cut = [path.partition(".")[0] for path in request.read_mask.paths]
            del request.read_mask.paths[:]
            request.read_mask.paths.extend(cut)
        return super().masked(resource, request)
