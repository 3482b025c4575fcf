"""Published contracts, fetched by npm and never committed: each becomes a project that is checked and called.

    python -m tests.corpus [--sample] [--only TEXT] [--jobs 2] [--keep]

For every proto package with a service: `scaffold new`, a second `generate`, mypy, ruff, import, the service itself
from start to SIGTERM, and then each RPC over gRPC and each HTTP binding, with what the handler received compared with
what was sent. What is called is read from protoc's own descriptors, not from what the tool made of them. There is no
list of exemptions. See docs/corpus.md.
"""
