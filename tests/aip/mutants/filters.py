"""Mutants of filters."""

from __future__ import annotations

import fnmatch
import re
import time
from collections.abc import Callable
from typing import Any

from google.protobuf.descriptor import FieldDescriptor as Fd

from ..reference import filters
from ..reference.filters import FilterError, Filters, Predicate
from ..reference.kinds import Kind, RefusedError
from ..reference.library import Library
from . import breaks


def with_filters(*checks: str) -> Callable[[type[Filters]], type[Filters]]:
    """A mutant whose filters are of another class."""

    def register(broken: type[Filters]) -> type[Filters]:
        class Broken(Library):
            def filters(self, kind: Kind) -> Filters:
                return broken(kind.message.DESCRIPTOR)

        Broken.__name__ = broken.__name__
        breaks(*checks)(Broken)
        return broken

    return register


_waited: list[str] = []  # once is enough to be slow


def nothing(resource: Any) -> bool:
    return False


@with_filters(
    "filter_compares_numbers",
    "filter_compares_text",
    "filter_takes_booleans",
    "filter_takes_enums",
    "filter_takes_floats",
    "filter_takes_timestamps",
    "filter_takes_durations",
    "filter_traverses_messages",
    "filter_traverses_maps",
    "filter_asks_what_a_map_has",
    "filter_asks_what_a_list_has",
    "filter_asks_what_a_list_of_messages_has",
    "filter_finds_by_server_fields",
    "filter_works_with_pages",
    "filter_refuses_unknown_fields",
    "filter_refuses_what_is_unbalanced",
    "filter_refuses_what_is_incomplete",
    "filter_refuses_to_traverse_lists",
    "filter_refuses_unknown_functions",
    "filter_refuses_values_of_another_type_for_numbers",
    "filter_refuses_values_of_another_type_for_times",
    "filter_refuses_values_of_another_type_for_booleans",
    "filter_refuses_unknown_enum_values",
    "filter_defines_numbers_out_of_range",
    "total_size_heeds_the_filter",
)
class Ignored(Filters):
    def compile(self, text: str) -> Predicate:
        return lambda resource: True


@with_filters("filter_compares_numbers", "filter_compares_nested_numbers")
class ComparesNumbersAsText(Filters):
    def test(self, field: Fd, comparison: str, argument: str) -> Callable[[Any], bool]:
        made = super().test(field, comparison, argument)
        if field.type != Fd.TYPE_INT32:
            return made
        compare = filters._COMPARE[comparison]
        return lambda value: compare(str(value), argument)


@with_filters("filter_compares_text")
class IgnoresCase(Filters):
    def test(self, field: Fd, comparison: str, argument: str) -> Callable[[Any], bool]:
        made = super().test(field, comparison, argument)
        if field.type != Fd.TYPE_STRING:
            return made
        compare = filters._COMPARE[comparison]
        return lambda value: compare(value.lower(), argument.lower())


@with_filters("filter_combines_with_and", "filter_joins_by_space", "filter_heeds_parentheses")
class TakesAndForOr(Filters):
    def conjunction(self, parts: list[Predicate]) -> Predicate:
        return self.disjunction(parts)

    def juxtaposed(self, parts: list[Predicate]) -> Predicate:
        return self.disjunction(parts)


@with_filters("filter_combines_with_or", "filter_heeds_parentheses")
class TakesOrForAnd(Filters):
    def disjunction(self, parts: list[Predicate]) -> Predicate:
        return self.conjunction(parts)


@with_filters("filter_negates", "filter_not_is_the_complement")
class IgnoresNot(Filters):
    def negation(self, part: Predicate) -> Predicate:
        return part


@with_filters("filter_not_is_the_complement", "filter_asks_what_is_there")
class NegatesAsSqlDoes(Filters):
    """NOT of what is unknown is unknown."""

    def negation(self, part: Predicate) -> Predicate:
        def known(resource: Any) -> bool:
            return "publish_time" not in resource.DESCRIPTOR.fields_by_name or resource.HasField(
                "publish_time"
            )

        return lambda resource: known(resource) and not part(resource)


@with_filters("filter_binds_or_before_and")
class BindsAndBeforeOr(Filters):
    def expression(self) -> Predicate:
        parts = [super().expression()]
        while self._take("word", "OR"):
            parts.append(super().expression())
        return self.disjunction(parts)

    def factor(self) -> Predicate:
        return self.term()


@with_filters("filter_has_wildcards", "filter_defines_wildcards_inside")
class KnowsNoWildcard(Filters):
    def wildcard(self, pattern: str) -> Callable[[str], bool]:
        return lambda text: text == pattern


@with_filters("filter_wildcards_are_no_sql", "filter_wildcards_heed_case_as_equality_does")
class MatchesAsSqlDoes(Filters):
    def wildcard(self, pattern: str) -> Callable[[str], bool]:
        like = re.escape(pattern).replace(r"\*", ".*").replace("%", ".*").replace("_", ".")
        return lambda text: re.fullmatch(like, text, re.IGNORECASE | re.DOTALL) is not None


@with_filters("filter_wildcards_are_no_sql")
class MatchesAsAGlobDoes(Filters):
    def wildcard(self, pattern: str) -> Callable[[str], bool]:
        return lambda text: fnmatch.fnmatchcase(text, pattern)


@with_filters("filter_may_be_blank")
class WantsAFilter(Filters):
    def compile(self, text: str) -> Predicate:
        if text and not text.strip():
            raise FilterError("a filter of spaces")
        return super().compile(text)


@with_filters("filter_takes_booleans")
class KnowsNoFalse(Filters):
    def typed(self, field: Fd, argument: str) -> Any:
        return bool(argument) if field.type == Fd.TYPE_BOOL else super().typed(field, argument)


@with_filters("filter_takes_enums", "filter_refuses_unknown_enum_values")
class NumbersEnums(Filters):
    def typed(self, field: Fd, argument: str) -> Any:
        return len(argument) if field.type == Fd.TYPE_ENUM else super().typed(field, argument)


@with_filters("filter_takes_floats")
class KnowsNoExponents(Filters):
    def typed(self, field: Fd, argument: str) -> Any:
        if field.type == Fd.TYPE_DOUBLE and "e" in argument:
            raise FilterError("an exponent")
        return super().typed(field, argument)


@with_filters("filter_takes_timestamps")
class IgnoresOffsets(Filters):
    def typed(self, field: Fd, argument: str) -> Any:
        if field.message_type is not None and field.message_type.name == "Timestamp":
            argument = re.sub(r"[+-]\d\d:\d\d$", "Z", argument)
        return super().typed(field, argument)


@with_filters("filter_takes_durations")
class RoundsDurations(Filters):
    def typed(self, field: Fd, argument: str) -> Any:
        found = super().typed(field, argument)
        is_duration = field.message_type is not None and field.message_type.name == "Duration"
        return round(found) if is_duration else found


class _WithoutPaths(Filters):
    def resolve(self, path: list[str], comparison: str) -> tuple[list[str], Fd | None]:
        found, field = super().resolve(path, comparison)
        if self.is_refused(path):
            raise FilterError("not supported")
        return found, field

    def is_refused(self, path: list[str]) -> bool:
        return len(path) > 1


@with_filters("filter_traverses_messages", "filter_compares_nested_numbers", "filter_traverses_maps")
class KnowsNoPaths(_WithoutPaths):
    pass


@with_filters("filter_traverses_maps", "filter_asks_what_a_map_has", "filter_quotes_keys_of_maps")
class KnowsNoMaps(_WithoutPaths):
    def is_refused(self, path: list[str]) -> bool:
        return path[0] == "labels"


@with_filters("filter_quotes_keys_of_maps")
class CutsKeys(Filters):
    def resolve(self, path: list[str], comparison: str) -> tuple[list[str], Fd | None]:
        found, field = super().resolve(path, comparison)
        return [re.split(r"[ .]", step)[0] for step in found], field

    def has(self, steps: list[str], field: Fd | None, argument: str) -> Predicate:
        return super().has(steps, field, re.split(r"[ .]", argument)[0])


@with_filters("filter_asks_what_a_list_has", "filter_asks_what_a_list_of_messages_has")
class FindsPartsInLists(Filters):
    def has(self, steps: list[str], field: Fd | None, argument: str) -> Predicate:
        if argument == "*" or filters.is_map(field):
            return super().has(steps, field, argument)
        found = filters.elements
        return lambda resource: any(argument in value for value in found(resource, steps))


@with_filters("filter_asks_what_is_there")
class FindsNothingThere(Filters):
    def has(self, steps: list[str], field: Fd | None, argument: str) -> Predicate:
        return nothing if argument == "*" else super().has(steps, field, argument)


@with_filters("filter_finds_optional_fields")
class TakesZeroForUnset(Filters):
    def negation(self, part: Predicate) -> Predicate:
        def is_set(resource: Any) -> bool:
            return "minimum_age" not in resource.DESCRIPTOR.fields_by_name or bool(resource.minimum_age)

        return lambda resource: is_set(resource) and not part(resource)


@with_filters("filter_finds_by_server_fields")
class HidesServerFields(_WithoutPaths):
    def is_refused(self, path: list[str]) -> bool:
        return path == ["create_time"]


class _Lenient(Filters):
    """Finds nothing where a value is none of the field."""

    types: tuple[Any, ...] = ()

    def test(self, field: Fd, comparison: str, argument: str) -> Callable[[Any], bool]:
        try:
            return super().test(field, comparison, argument)
        except FilterError:
            name = field.message_type.name if field.message_type else field.type
            if name in self.types:
                return nothing
            raise


@with_filters("filter_refuses_values_of_another_type_for_numbers")
class TakesAnythingForNumbers(_Lenient):
    types = (Fd.TYPE_INT32,)


@with_filters("filter_refuses_values_of_another_type_for_times")
class TakesAnythingForTimes(_Lenient):
    types = ("Timestamp",)


@with_filters("filter_refuses_values_of_another_type_for_booleans")
class TakesAnythingForBooleans(_Lenient):
    types = (Fd.TYPE_BOOL,)


@with_filters("filter_refuses_unknown_enum_values")
class TakesAnythingForEnums(_Lenient):
    types = (Fd.TYPE_ENUM,)


@with_filters(
    "filter_refuses_unknown_fields", "filter_refuses_to_traverse_lists", "filter_refuses_unknown_functions"
)
class FindsNothingInUnknownFields(Filters):
    def restriction(self) -> Predicate:
        try:
            return super().restriction()
        except FilterError:
            while self._tokens:
                self._tokens.pop()
            return nothing


@with_filters("filter_refuses_to_traverse_lists")
class TraversesLists(Filters):
    def resolve(self, path: list[str], comparison: str) -> tuple[list[str], Fd | None]:
        return super().resolve(path, ":")


@with_filters("filter_refuses_what_is_unbalanced", "filter_refuses_what_is_incomplete")
class RepairsFilters(Filters):
    def compile(self, text: str) -> Predicate:
        try:
            return super().compile(text)
        except FilterError:
            return lambda resource: True


@with_filters("filter_is_no_sql", "filter_compares_text")
class BuildsSql(Filters):
    def typed(self, field: Fd, argument: str) -> Any:
        found = super().typed(field, argument)
        if isinstance(found, str) and ("'" in found or " " in found):
            raise FilterError('near "\'": syntax error')
        return found


@breaks("filter_defines_numbers_out_of_range", "filter_stands_length", "filter_defines_odd_characters")
class FallsOverFilters(Library):
    def predicate(self, kind: Kind, text: str) -> Predicate:
        if "99999" in text or "e400" in text or len(text) > 9000 or text == ";":
            raise RefusedError("INTERNAL", "OverflowError", "")
        return super().predicate(kind, text)


@with_filters("filter_stands_deep_nesting")
class HasNoLimit(Filters):
    def compile(self, text: str) -> Predicate:
        if text.startswith("(((") and not _waited:
            _waited.append(text)
            time.sleep(3.1)
        return super().compile(text)


@with_filters("filter_wildcards_answer_at_once")
class MatchesSlowly(Filters):
    def wildcard(self, pattern: str) -> Callable[[str], bool]:
        def matches(text: str) -> bool:
            if pattern.count("*") > 20 and text.endswith("aaa") and pattern not in _waited:
                _waited.append(pattern)
                time.sleep(3.1)
            return False

        return matches


@with_filters("filter_defines_odd_characters")
class FallsOverCharacters(Filters):
    def compile(self, text: str) -> Predicate:
        if "`" in text:
            raise RefusedError("INTERNAL", "KeyError: '`'", "")
        return super().compile(text)
