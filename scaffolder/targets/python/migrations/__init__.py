"""Migrations of a project's tables: what changed since the last revision, and that as the next revision's text."""
