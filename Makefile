PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: test demo lint

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet -e '.[dev]'
	touch $@

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/mypy --strict ledger ovop_payouts importers reports

test: lint
	$(BIN)/pytest -q

demo: $(VENV)/.installed
	$(BIN)/ovop demo demo
