# Saxaul: two commands are enough, `make run` and `make test`. Everything else is for those who change it.
SHELL := /bin/sh
VENV ?= .venv
PY := $(VENV)/bin/python
PYTEST := $(PY) -m pytest
TOWN := $(VENV)/bin/saxaul
export SAXAUL_VENV := $(VENV)
# Tools that write a page of docs/ and check it with --check.
PAGES := $(patsubst tools/%.py,tools.%,$(wildcard tools/problems.py tools/reference.py tools/openapi.py))
CODE := saxaul tests tools $(wildcard bench)

.DEFAULT_GOAL := help
.PHONY: help run demo test quick lint fix cases sim bench docs clean catalogues environment environment-run lock

help: ## show these words
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: environment-run catalogues ## start a town on this machine and print its addresses
	@$(TOWN) run

demo: environment-run catalogues ## show in the terminal what the wallet does, step by step
	@$(TOWN) demo

test: environment catalogues ## everything that CI runs, with a table at the end
	@$(PY) tools/legs.py

quick: environment catalogues ## the tests of a minute: no browser, no PostgreSQL, nothing slow
	@$(PYTEST) -n 2 -m "not web and not pg and not slow" --ignore tests/web
	@$(PYTEST) -m "not web and not slow" tests/web

lint: environment catalogues ## format, lint, types, house rules, generated pages
	@$(PY) -m ruff format --check $(CODE)
	@$(PY) -m ruff check $(CODE)
	@$(PY) -m mypy
	@$(PYTEST) tests/test_house.py
	@for page in $(PAGES); do $(PY) -m $$page --check || exit 1; done

fix: environment ## format the code and mend what ruff can mend
	@$(PY) -m ruff format $(CODE)
	@$(PY) -m ruff check --fix $(CODE)

cases: environment catalogues ## the worked examples of every programme
	@$(PYTEST) tests/programmes

sim: environment catalogues ## the simulated town with faults, then the check of its books
	@$(PYTEST) tests/sim

bench: catalogues ## the benchmarks with the peers measured in the same run
	@sh tools/environment.sh bench
	@$(PY) -m bench

docs: environment catalogues ## write the generated pages of docs/ again
	@for page in $(PAGES); do $(PY) -m $$page || exit 1; done

clean: ## remove what was built, but not the town in data/
	@rm -rf $(VENV) build dist static .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find saxaul tests tools \( -name __pycache__ -o -name '*.mo' \) -prune -exec rm -rf {} +

catalogues:
	@[ ! -x $(PY) ] || $(PY) tools/catalogues.py

environment:
	@sh tools/environment.sh test

environment-run:
	@sh tools/environment.sh run

# Needs uv. Keeps the versions that still fit; `make lock UPGRADE=--upgrade` takes the newest. No address of an index is written.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate
lock: ## compile requirements/*.txt from pyproject.toml (needs uv)
	@$(LOCK) $(UPGRADE) pyproject.toml --extra build -o requirements/run.txt
	@$(LOCK) $(UPGRADE) pyproject.toml --extra build --extra test -c requirements/run.txt -o requirements/test.txt
	@$(LOCK) $(UPGRADE) pyproject.toml --extra build --extra test --extra bench -c requirements/test.txt -o requirements/bench.txt
