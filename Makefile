# Two commands on a fresh machine: make run, make test.   make help says the rest.

PYTHON ?= python3
PORT   ?= 8000
DATA   ?= var
DEMO   ?= 1

BIN = .venv/bin
export PYTHONPATH = $(CURDIR)
# A machine may forbid Python to keep what it compiled; then every worker and every program compiles everything again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test test-all check catalogues lock migration installed tools browser bench clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

run: installed ## everything in one process, with the demonstration (PORT=8000 DATA=var DEMO=1)
	@exec env PORT=$(PORT) DATA=$(DATA) DEMO=$(DEMO) $(BIN)/python -m app run

test: tools browser ## the tests, in at most ten minutes (TESTS=tests/forum for some of them); migrations: make check
	$(BIN)/pytest $(SPREAD) -m "not long" --ignore=tests/test_migrations.py $(TESTS)

test-all: tools browser check ## everything, long forms included; pictures of the pages go to test-artefacts/
	PICTURES=1 $(BIN)/pytest $(SPREAD) $(TESTS)

# One more than the two cores they are meant for: many tests wait, for a clock or a browser. Who has done takes from others.
SPREAD = -n 3 --dist worksteal

check: tools ## style, types, import contracts, migrations, catalogues
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/catalogues.py check
	$(BIN)/pytest tests/test_migrations.py

catalogues: tools ## collect the words to translate into locale/
	$(BIN)/python scripts/catalogues.py update

migration: tools ## write a migration from the models (MESSAGE="what it does"; without it 0001 is written anew)
	$(BIN)/python scripts/migration.py $(if $(MESSAGE),"$(MESSAGE)")

lock: ## renew the hashed locks from pyproject.toml (needs uv)
	$(LOCK) --extra solver pyproject.toml -o requirements.lock
	$(LOCK) --extra solver --extra dev pyproject.toml -o requirements-dev.lock

LOCK = uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url

clean: ## remove what was made, but not the data
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-artefacts build

installed:
	@$(PYTHON) scripts/bootstrap.py

tools:
	@$(PYTHON) scripts/bootstrap.py dev

browser:
	@$(PYTHON) scripts/browser.py
