"""A service in memory that keeps every rule of the suite, written by hand from the AIPs, and copies of it that break
one rule each (`tests.aip.mutants`). It shares no code with the suite's checks: each is the other's proof.
"""
