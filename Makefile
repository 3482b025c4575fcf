# `make demo` and `make test` need Python 3.11 or newer, make and git, and nothing else.
# PYTHON=/path/to/python chooses the Python, PYTEST="-k name" narrows the tests.

VENV ?= .venv
BIN := $(VENV)/bin
PYTHON ?=
PYTEST ?=

.PHONY: help demo test lint types unit fuzz soak corpus bench goldens clean

help: ## what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.ready ## a contract becomes a service that runs and answers, before your eyes
	@$(BIN)/python scripts/demo.py

test: lint types unit ## everything that continuous integration runs

lint: $(VENV)/.ready ## ruff over the tool, the templates' runtime and the tests
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .

types: $(VENV)/.ready ## mypy --strict over the same
	$(BIN)/mypy

unit: $(VENV)/.ready ## the tests alone
	$(BIN)/python -m pytest -q -rs -n 2 --dist worksteal $(PYTEST)

RANDOM := $(BIN)/python -m pytest -q -rs -n 2 --hypothesis-profile random -m hypothesis
LAWS := tests/contract tests/kit tests/migrations tests/standard tests/targets

fuzz: $(VENV)/.ready ## random paths, requests and bodies for FUZZ_SECONDS (600), then examples of every law: LAW_EXAMPLES (1000), MERGES (20000)
	$(BIN)/python -m tests.fuzz --seconds $(or $(FUZZ_SECONDS),600) --seed $(or $(SEED),0)
	SCAFFOLD_EXAMPLES=$(or $(LAW_EXAMPLES),1000) $(RANDOM) $(LAWS) $(PYTEST)
	SCAFFOLD_EXAMPLES=$(or $(MERGES),20000) $(RANDOM) tests/merge $(PYTEST)

soak: $(VENV)/.ready ## random lives of whole projects, for SECONDS (3600), from SEED (0)
	TMPDIR=$$([ -w /dev/shm ] && echo /dev/shm || echo /tmp) $(BIN)/python -m tests.regeneration.soak --seconds $(or $(SECONDS),3600) --seed $(or $(SEED),0)

corpus: $(VENV)/.ready ## every service of seven npm packages: generated, checked, called over both transports; CORPUS="--only pubsub"
	$(BIN)/python -m tests.corpus $(CORPUS)

bench: $(VENV)/.ready ## ratios against bare Python, protoc, and minimal servers written by hand
	$(BIN)/python -m pip install --quiet --constraint constraints.txt -e '.[bench]'
	$(BIN)/python -m bench

goldens: $(VENV)/.ready ## writes the expected outputs anew; read the diff before you commit it
	UPDATE_GOLDENS=1 $(BIN)/python -m pytest -q -n 2 -k golden $(PYTEST)

clean: ## removes what the targets above made
	rm -rf $(VENV) .demo .bench build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/.ready: pyproject.toml constraints.txt scripts/venv.sh
	@scripts/venv.sh "$(VENV)" "$(PYTHON)"
	@touch $@
