# make run · test · check · bench · docs      (the virtual environment is in .venv)
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
STAMP := .venv/.installed
FRONTEND := $(wildcard src/terreau/ui/frontend/*.* src/terreau/ui/frontend/*/*.*)

.PHONY: run install test test-postgresql check bench-peers bench bench-full docs lock messages

run: install
	$(BIN)/terreau init --if-needed
	$(BIN)/terreau serve --port $(PORT)

install: $(STAMP)

$(STAMP): pyproject.toml engines/pyproject.toml requirements/all.txt build_hook.py $(FRONTEND) $(wildcard locale/*/LC_MESSAGES/*.po)
	$(PYTHON) -c 'import sys; sys.exit("Terreau needs Python 3.11 or newer; try: make PYTHON=python3.12 run") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/all.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-build-isolation --no-deps -e engines -e .
	touch $@

BY_FILE := -n 2 --dist loadfile --no-loadscope-reorder  # in the order of tests/conftest.py

test: install
	$(BIN)/pytest $(BY_FILE)

test-postgresql: install  ## the same tests on a PostgreSQL that is started for them, by two processes
	$(BIN)/python -m tests.postgres $(BY_FILE)

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run

bench-peers: install
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/bench.txt

bench: bench-peers  ## ratios against other tools, side by side, in some minutes
	$(BIN)/python -m benchmarks

bench-full: bench-peers  ## the same with the large sizes
	$(BIN)/python -m benchmarks --full

docs: install  ## write the reference pages that come from the code and from the specification of the engines
	$(BIN)/terreau docs
	$(BIN)/python engines/tests/spec/spec_manual.py

COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	--no-emit-index-url --no-emit-package terreau-engines --extra dev

lock:  ## renew the pinned versions; the files name no index
	$(COMPILE) pyproject.toml requirements/build.in -o requirements/all.txt
	$(COMPILE) --extra bench pyproject.toml -c requirements/all.txt -o requirements/bench.txt

messages:  ## bring new sentences into locale/en (needs GNU gettext); then translate what is empty or fuzzy
	env -u DJANGO_SETTINGS_MODULE $(BIN)/django-admin makemessages --locale en --no-location --no-obsolete --no-wrap --extension html,txt,py \
		$(addprefix --ignore ,node_modules var tests engines benchmarks data docs build dist)
