"""Random input for as long as one likes: `python -m tests.fuzz TARGET --seconds N --seed S`."""
