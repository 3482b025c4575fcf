"""Regeneration on whole projects. Which test holds which law of docs/regeneration.md:

 1  a second run writes nothing        laws.py (after every command of test_stateful), test_story, test_contract_life
 2  what the user changed stands       test_stateful with user_edits.py, merge/test_python_properties, test_histories
 3  ways of a contract, hash seeds     test_stateful: the way, the seed; merge/test_python_properties: two steps
 4  all or nothing: SIGKILL, ENOSPC    workspace/test_journal: killed at any call; workspace/test_transaction
 5  what cannot be read is left alone  app/test_conflicts, merge/test_python_ways, test_found
 6  nothing is dropped in silence      laws.py: every difference is applied or told; merge/python_laws.py
 7  an added RPC is one insertion      test_contract_life, merge/test_python_table
 8  a removed RPC                      test_contract_life, app/test_dependents, merge/test_python_table
 9  renames are suggested              test_contract_life, targets/test_renames, targets/test_suggest_types
10  formatters make no edits           test_contract_life, merge/test_python_ways
11  line ends, encodings, tabs         merge/test_python_ways, app/test_encodings, laws.py
12  deleted stays deleted              test_stateful, app/test_ownership, merge/test_python_table
13  a name that the user wrote first   merge/test_python_table, laws.py: no second definition
14  links, modes, letter case          test_files
15  what is ever deleted               test_files, laws.py: only own files go
16  imports, starts, answers           test_stateful with importer.py and answering.py, test_contract_life, test_story

`make fuzz` and `make soak` run the random ones for long. Failures of other tools: test_named_failures.
"""
