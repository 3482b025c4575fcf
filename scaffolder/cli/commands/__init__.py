"""The commands: each turns what was typed into a call of a use case, and the report of it into text."""
