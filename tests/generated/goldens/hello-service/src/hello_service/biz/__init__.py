"""Entities, what must be stored, and the rules. Knows no transport, no message and no database."""
