# Everything a person does with this repository. `make help` lists it.
PYTHON ?= python3
BIN := .venv/bin
SOAK_SECONDS ?= 60
SOAK_KILLS ?= 1000
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup start demo test check format bench bench-large bench-scoring soak lock

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/base.stamp: requirements/build.txt requirements/base.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Leadlight needs Python 3.11 or newer; name one with PYTHON=python3.x")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --require-hashes -r requirements/build.txt
	$(BIN)/pip install --quiet --require-hashes -r requirements/base.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: .venv/base.stamp requirements/dev.txt
	$(BIN)/pip install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

setup: .venv/dev.stamp ## Build .venv with all that developing needs

start: .venv/base.stamp ## Open an empty brokerage with an owner account, and serve it
	$(BIN)/leadlight start

demo: .venv/base.stamp ## Make a synthetic brokerage, score it and serve it, apart from your own
	$(BIN)/leadlight demo

test: .venv/dev.stamp ## Run the whole suite on SQLite, then on PostgreSQL all of it that asks the database
	$(BIN)/python -m tests

check: .venv/dev.stamp ## Format, lint, types, import contracts, migrations, deployment settings
	$(BIN)/ruff format --check src tests bench
	$(BIN)/ruff check src tests bench
	$(BIN)/mypy
	$(BIN)/lint-imports
	LEADLIGHT_HOME=$$(mktemp -d) $(BIN)/leadlight makemigrations --check --dry-run
	LEADLIGHT_HOME=$$(mktemp -d) LEADLIGHT_HTTPS=1 $(BIN)/leadlight check --deploy --fail-level WARNING

format: .venv/dev.stamp ## Put the code into its one form
	$(BIN)/ruff format src tests bench
	$(BIN)/ruff check --fix src tests bench

bench: .venv/dev.stamp ## Measure speed, each figure beside what it is measured against
	$(BIN)/python -m bench

bench-large: .venv/dev.stamp ## Measure latency and sweeps at millions of leads and events (takes long)
	$(BIN)/python -m bench --large

bench-scoring: .venv/dev.stamp ## Measure scoring against its rivals on real data (LEADLIGHT_DATA=folder)
	$(BIN)/python -m bench.scoring

soak: .venv/dev.stamp ## Kill everything again and again on both databases, with every broker (SOAK_SECONDS=60 SOAK_KILLS=1000)
	$(BIN)/python -m tests tests/intake/test_resume.py
	$(BIN)/python -m tests.soak --all --seconds $(SOAK_SECONDS)
	$(BIN)/python -m tests.soak.sends --all --kills $(SOAK_KILLS)

lock: .venv/dev.stamp ## Pin the newest packages anew (needs uv)
	for name in build base dev; do uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet requirements/$$name.in -o requirements/$$name.txt; done
