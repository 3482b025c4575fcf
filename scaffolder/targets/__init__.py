"""Output languages, one package each; a further one is a sibling of `python`."""
