# One entry per need. Everything runs in .venv, which is made on first use; nothing is installed outside this folder.
PYTHON ?= python3
BIN := .venv/bin
FAST := not long and not browser and not faults
.DEFAULT_GOAL := help
.PHONY: help demo test test-long test-browser faults check bench docs clean

help:  ## list the entries
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/.tool  ## from this folder to a proven hybrid, in minutes
	@$(BIN)/groundplan demo

test: .venv/.dev  ## the checks and the fast suite (under ten minutes)
	@$(MAKE) --no-print-directory check
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m "$(FAST)" --cov --cov-report=term:skip-covered

test-long: .venv/.dev  ## the suites that take minutes: real projects, faults, removed protections
	@$(BIN)/python -m pytest -m "long and not browser and not faults" --timeout 1200

test-browser: .venv/.browser  ## the journey in a real browser (needs Chromium)
	@$(BIN)/python -m pytest -m browser --timeout 600

faults: .venv/.dev  ## what breaks at random moments, in full (half an hour); FAULTS_SEED=n replays
	@FAULTS_SCHEDULES=$${FAULTS_SCHEDULES:-200} FAULTS_CLIENTS=$${FAULTS_CLIENTS:-1000} FAULTS_SECONDS=$${FAULTS_SECONDS:-60} \
		$(BIN)/python -m pytest tests/faults -m faults --timeout 1200 -rA --tb=short

check: .venv/.dev  ## lint, format, types, import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: .venv/.bench  ## figures, side by side with the rival in one run
	@for file in bench/*.py; do echo "== $$file"; $(BIN)/python $$file || exit; done

docs: .venv/.dev  ## write the generated pages of docs/reference anew
	@$(BIN)/python scripts/docs.py
	@$(BIN)/python scripts/ledger.py

clean:  ## remove what the other entries made
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage .coverage.*

.venv/.tool: pyproject.toml
	@$(PYTHON) scripts/setup.py tool

.venv/.dev: pyproject.toml
	@$(PYTHON) scripts/setup.py dev

.venv/.bench: pyproject.toml
	@$(PYTHON) scripts/setup.py bench

.venv/.browser: pyproject.toml
	@$(PYTHON) scripts/setup.py browser
