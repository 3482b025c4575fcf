"""The care of contracts: what buf, and rules of our own, have against one, and against a change of it."""
