"""Renames of a contract, followed into the user's files: `renaming` is where to begin."""
