# Everything a person or a machine does with this repository. Needs Python >= 3.11 and make; Node only to build the page.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
FOR ?=
LEVEL ?= tests
# processes that share the tests that need no machine of their own: half of those wait for servers
WORKERS ?= 4
VENV := .venv
BIN := $(VENV)/bin
PAGE := services/gateway/dashboard
PAGE_SOURCES := $(shell find $(PAGE)/src $(PAGE)/public $(PAGE)/build $(PAGE)/index.html $(PAGE)/vite.config.ts $(PAGE)/tsconfig.json -type f 2>/dev/null)
# Node of the machine, else the one that setup put beside Python
export PATH := $(CURDIR)/$(VENV)/node:$(PATH)

.PHONY: help setup demo test test-python test-unit test-page coverage lint format generate bench soak-analytics soak-booking screenshots clean requirements page

help: ## what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(VENV)/ready ## .venv with all dependencies and the luna command

PIP_INSTALL = $(BIN)/python -m pip install -q --disable-pip-version-check

$(VENV)/bin/python:
	@$(PYTHON) -m venv $(VENV)

# the city alone: half of what its developers need
$(VENV)/luna: requirements/luna.txt pyproject.toml | $(VENV)/bin/python
	@echo "installing the pinned dependencies"
	@$(PIP_INSTALL) --require-hashes -r requirements/luna.txt
	@$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/ready: requirements/dev.txt | $(VENV)/luna
	@echo "installing the tools of its developers"
	@$(PIP_INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/node: | $(VENV)/bin/python
	@if command -v node >/dev/null && [ "$$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ]; then mkdir -p $@; else \
	  $(PYTHON) -m venv .luna/node-env; \
	  .luna/node-env/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/node.txt; \
	  ln -s $(CURDIR)/.luna/node-env/bin $@; fi

$(PAGE)/node_modules/.ready: $(PAGE)/package-lock.json | $(VENV)/node
	@echo "installing what the page is built with"
	@cd $(PAGE) && npm ci --loglevel=error --no-audit --no-fund >/dev/null
	@touch $@

$(PAGE)/dist/index.html: $(PAGE)/node_modules/.ready $(PAGE_SOURCES)
	@echo "building the page"
	@cd $(PAGE) && npm run --silent build

page: $(PAGE)/dist/index.html ## the dashboard's build

demo: ## the whole city on this machine; FOR=60 ends by itself with a summary
	@$(MAKE) --no-print-directory -j 2 $(VENV)/luna page
	@$(BIN)/luna up --demo $(if $(FOR),--for $(FOR))

test: ## every level, real Kafka and PostgreSQL included
	@$(MAKE) --no-print-directory -j 2 setup page
	@$(MAKE) --no-print-directory test-page test-python

SHARED = -m pytest $(LEVEL) --durations=15 -m "not bench and not alone" -n $(WORKERS) --dist worksteal

test-python: setup page
	@mkdir -p .luna; status=0; \
	$(BIN)/python $(SHARED) 2>&1 | tee .luna/pytest.log || status=1; \
	$(BIN)/python -m pytest $(LEVEL) --durations=15 -m alone 2>&1 | tee .luna/pytest-alone.log || test $$? = 5 || status=1; \
	tail -qn 1 .luna/pytest.log .luna/pytest-alone.log; exit $$status

# counting lines takes half as long again as the tests themselves: a run of its own
coverage: setup page ## which lines the tests reach: coverage.xml, and 85 % of them at least
	@rm -f .coverage .coverage.*
	@$(BIN)/coverage run $(SHARED)
	@$(BIN)/coverage combine -q && $(BIN)/coverage xml -q
	@$(BIN)/coverage report --fail-under=85

test-unit: setup ## the levels without servers, in a minute
	@$(BIN)/python -m pytest -q tests/unit tests/contract tests/architecture -m "not kafka and not postgres"

test-page: $(PAGE)/node_modules/.ready
	@cd $(PAGE) && npm run --silent test

lint: setup $(PAGE)/node_modules/.ready ## ruff, mypy, import-linter, eslint, tsc, generated files
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@cd $(PAGE) && npm run --silent lint
	@$(BIN)/python -m streamkit.generate --check
	@$(BIN)/python -m cli.settings_page --check
	@$(BIN)/python -m services.gateway.asyncapi --check
	@$(BIN)/python -m services.gateway.typescript --check

format: setup ## put the code in its form
	@$(BIN)/ruff check --fix --exit-zero .
	@$(BIN)/ruff format .

generate: setup ## types and docs from schemas/ and the API, settings pages from the settings classes
	@$(BIN)/python -m streamkit.generate
	@$(BIN)/python -m cli.settings_page
	@$(BIN)/python -m services.gateway.asyncapi
	@$(BIN)/python -m services.gateway.typescript

bench: setup ## measurements beside their peers: .luna/bench.json
	@$(BIN)/luna bench

KILLS ?= 1000
SEED ?= 1
soak-booking: setup ## kill -9 of booking at KILLS=1000 random moments, its ledger checked; SEED=1
	@$(BIN)/python -m tests.integration.booking.soak --kills $(KILLS) --seed $(SEED)

soak-analytics: setup ## 20 kill -9 and 3 rebalances of two workers of analytics, all it published counted anew; SEED=1
	@$(BIN)/python -m tests.integration.analytics.soak --seed $(SEED)

URL ?= http://127.0.0.1:8000
screenshots: setup ## pictures of every view of the city at URL=http://127.0.0.1:8000, into docs/
	@$(BIN)/python -m tests.e2e.screenshots $(URL)

requirements: setup ## compile requirements/*.in into pinned and hashed *.txt
	@for name in runtime dev kafka node bench-mesa-frames bench-khaos bench-eventum bench-quix; do \
	  if [ $$name = bench-eventum ]; then python=3.13; else python=3.11; fi; \
	  $(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version $$python \
	    requirements/$$name.in -o requirements/$$name.txt; done

clean: ## everything that was made
	@rm -rf $(VENV) .luna $(PAGE)/node_modules $(PAGE)/dist .coverage .coverage.* coverage.xml \
	  .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
