"""A .proto contract becomes a complete Python gRPC + HTTP service, and stays one as the contract changes."""

__version__ = "0.1.0"
