# make run and make test need python3 (3.11 or newer) and a package index, nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MADE := $(VENV)/.made-run
JOBS ?= auto
MADE_DEV := $(VENV)/.made-dev
SOURCES := app sessions push schemas clients/python tests bench

.DEFAULT_GOAL := help
.PHONY: help run test test-browser clients conformance lint format generate bench bench-rivals chaos chaos-push screenshots clean

help:  ## Show this help
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: $(MADE)  ## Start the product and print the address of its page
	@$(BIN)/python -m app.cli serve

test: $(MADE_DEV)  ## Run the tests (unit, contract, client and end to end), on all cores: JOBS=0 for one by one
	@$(BIN)/python -m pytest --ignore=tests/browser -n $(JOBS) --dist worksteal $(ARGS)

test-browser: $(MADE_DEV)  ## Run the tests of the page, in Chromium and in Node.js
	@$(BIN)/python -m pytest tests/browser $(ARGS)
	@node --test tests/console/*.test.mjs

clients: $(MADE_DEV)  ## Check the clients but Python's, all or some: make clients ARGS="web"
	@clients/check $(ARGS)

conformance: $(MADE_DEV)  ## Run Autobahn's WebSocket cases against the server stack
	@$(BIN)/python -m tests.conformance

lint: $(MADE_DEV)  ## Check style, types and import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

format: $(MADE_DEV)  ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

generate: $(MADE_DEV)  ## Write schemas/generated and the clients' types anew
	@$(BIN)/python -m app.contract
	@$(BIN)/python -m clients.generate

bench: $(MADE_DEV)  ## Measure everything, or parts: make bench ARGS="streams idle"
	@$(BIN)/python -m bench $(ARGS)

bench-rivals: $(MADE_DEV)  ## Measure the product beside LangGraph Server, Agno and Chainlit
	@$(BIN)/python -m bench.rivals $(ARGS)

chaos: $(MADE_DEV)  ## Kill, pause, cut and stall it at random and check all promises: make chaos SECONDS=120 SEED=7
	@$(BIN)/python -m tests.chaos --seconds $(or $(SECONDS),120) $(if $(SEED),--seed $(SEED)) $(ARGS)

chaos-push: $(MADE_DEV)  ## Kill those that send notifications and check that none is lost: make chaos-push SEED=7
	@$(BIN)/python -m tests.chaos_push $(if $(SEED),--seed $(SEED)) $(ARGS)

demo: $(MADE)  ## Print five conversations over three weeks: what a mentor remembers, keeps and corrects
	@$(BIN)/python -m app.demo

screenshots: $(MADE_DEV)  ## Photograph the page: make screenshots ARGS="DIR http://127.0.0.1:8000/"
	@$(BIN)/python -m tests.browser.screenshots $(ARGS)

clean:  ## Remove the environment and caches, never the data
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage* htmlcov

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "ION needs Python 3.11 or newer as '$(PYTHON)'; name another with: make run PYTHON=python3.12"; exit 1; }
	@echo "Making the environment in $(VENV) …"
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "Python's venv module is missing; on Debian: apt-get install python3-venv"; exit 1; }

$(MADE): pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing the product (once) …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[semantic]'
	@touch $@

$(MADE_DEV): pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing the product and its tests (once) …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $(MADE) $@
