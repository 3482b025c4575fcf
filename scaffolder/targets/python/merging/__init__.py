"""How a Python module splits into definitions and merges: `merge` is where to begin."""
