"""Standard methods of resources (AIP-121 to 136, 140 to 164, 231 to 235), recognised in a contract; of no language."""

from __future__ import annotations

from scaffolder.standard.model import INTEGERS, VERBS, Pairs, Resource, StandardMethod
from scaffolder.standard.overrides import CUSTOM, Problem
from scaffolder.standard.recognition import recognise
from scaffolder.standard.result import Standard

__all__ = [
    "CUSTOM",
    "INTEGERS",
    "VERBS",
    "Pairs",
    "Problem",
    "Resource",
    "Standard",
    "StandardMethod",
    "recognise",
]
