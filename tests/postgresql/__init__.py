"""A real PostgreSQL for tests; `fixtures` has what they use.

- `SCAFFOLD_POSTGRES_URL` names a running server (postgresql://user:password@host:port/database) whose user may create
  databases; nothing is started then.
- Else the newest one that is installed is started, in a temporary directory, on a free port, as a user without rights
  where the tests run as root. One server serves a whole test run, with all its workers, and ends with the last of them.
- Else Debian's packages are unpacked into a folder of our own, without installing anything.
- Else tests that need it are skipped, and say why.

Tests of generated projects are given a database by the variable `TEST_DATABASE_URL`.
"""
