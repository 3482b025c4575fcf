"""The command line: flags, printing and exit codes. Nothing else prints.

One table (`table`) describes every command. A small parser reads well-formed command lines straight from it, since
importing typer costs more than most runs; typer, built from the same table, does the rest: usage errors, completion,
and everything that is spelled in an unusual way.
"""
