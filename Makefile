# Two commands do all the set-up on a fresh Debian with Python 3.11: `make demo` and `make test`.
PYTHON ?= python3
JOBS ?= 2
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := importers ledger ovop_payouts reports
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check install
LOCK := $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links

# Stamps: what is newer than its stamp is done again, so that a second make is fast.
RUN := $(VENV)/.run-installed
DEV := $(VENV)/.dev-installed
SYSTEM := $(VENV)/.system-installed
PEERS := $(VENV)/.peers-installed

# Commands are started hundreds of times in the tests: what Python compiled once is kept.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help demo test lint format retail soak bench docs screenshots lock clean debian-venv
.DELETE_ON_ERROR:

help:
	@echo "make demo    write a month of workbooks and run it, from import to statements, in ./demo"
	@echo "make test    lint and every test"
	@echo "make lint    ruff and mypy alone"
	@echo "make format  put the code into its form"
	@echo "make retail  book a published year of 541,909 sale lines of a real shop"
	@echo "make soak    the long tests"
	@echo "make bench   the benchmarks"
	@echo "make docs    write docs/commands.md, docs/kinds and ledger/example with the commands themselves"
	@echo "make screenshots  write a picture of each page in three languages at two widths"
	@echo "make lock    pin the dependencies anew (needs the network)"
	@echo "make clean   remove what the targets made"

demo: $(RUN)
	$(BIN)/ovop demo demo

test: lint $(SYSTEM)
	$(BIN)/pytest -q -n $(JOBS) --dist loadfile

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict $(PACKAGES)

format: $(DEV)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

retail: $(DEV)
	$(BIN)/pytest -q -m soak tests/retail

soak: $(DEV) $(SYSTEM)
	$(BIN)/pytest -q -n $(JOBS) -m soak

bench: $(DEV) $(PEERS)
	set -e; for script in bench/bench_*.py; do echo "== $$script"; $(BIN)/python $$script; done

docs: $(DEV) $(SYSTEM)
	$(BIN)/python docs/write_commands.py docs/commands.md
	$(BIN)/python docs/write_kinds.py docs/kinds
	$(BIN)/python docs/write_example.py ledger/example
	$(BIN)/python docs/write_parquet.py docs/parquet.md

screenshots: $(DEV) $(SYSTEM)
	[ -d demo/books ] || $(BIN)/ovop demo demo
	$(BIN)/python docs/write_screenshots.py demo screenshots

lock: $(DEV)
	$(LOCK) --build-deps-for editable --output-file requirements.lock pyproject.toml
	$(LOCK) --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml

clean:
	rm -rf $(VENV) demo build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || $(MAKE) --no-print-directory debian-venv
	$(PYTHON) -m venv $(VENV)

# Debian keeps the part of Python that makes environments in a package of its own.
debian-venv:
	@if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
		echo "Python cannot make a virtual environment. Install the package python3-venv" \
			"(sudo apt-get install python3-venv), then run make again." >&2; exit 1; fi
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv

# The project itself is built with the setuptools of the lock: nothing is fetched unpinned.
$(RUN): requirements.lock pyproject.toml | $(BIN)/python
	$(PIP) --require-hashes --requirement requirements.lock
	$(PIP) --no-build-isolation --no-deps --editable .
	@touch $@

$(DEV): requirements-dev.lock $(RUN)
	$(PIP) --require-hashes --requirement requirements-dev.lock
	@touch $@

# What benchmarks are measured beside.
$(PEERS): | $(BIN)/python
	@missing=; \
	command -v ledger >/dev/null || missing="$$missing ledger"; \
	command -v hledger >/dev/null || missing="$$missing hledger"; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
		echo "The benchmarks need:$$missing (sudo apt-get install$$missing), then run make again." >&2; \
		exit 1; fi; \
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
		--no-install-recommends $$missing
	@touch $@

# What tests open pages, workbooks and PDFs with: a browser, LibreOffice, poppler.
$(SYSTEM): | $(BIN)/python
	@missing=; \
	command -v chromium >/dev/null || missing="$$missing chromium"; \
	command -v soffice >/dev/null || missing="$$missing libreoffice-calc-nogui"; \
	command -v pdftoppm >/dev/null || missing="$$missing poppler-utils"; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
		echo "The tests need:$$missing (sudo apt-get install$$missing), then run make again." >&2; \
		exit 1; fi; \
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
		--no-install-recommends $$missing
	@touch $@
