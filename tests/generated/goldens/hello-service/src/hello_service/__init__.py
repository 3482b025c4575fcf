"""Hello service."""
