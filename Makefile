# Each command installs what it needs into .venv; see README.md.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
BIN := .venv/bin

export NO_MKDOCS_2_WARNING := 1

.PHONY: help serve test build live clean

help:
	@echo "make serve   set up, and serve the course on http://$(HOST):$(PORT)/ with live reload"
	@echo "make test    set up, and run all checks and tests"
	@echo "make build   set up, and write the static site into site/"
	@echo "make live    set up, and fetch the Python that live boxes run in the reader's browser"
	@echo "make clean   remove the site, the cache and the environment"

serve:
	@$(PYTHON) scripts/prepare.py --host $(HOST) --port $(PORT)
	$(BIN)/mkdocs serve -a $(HOST):$(PORT)

test:
	@$(PYTHON) scripts/prepare.py --browser
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/zizmor --offline --quiet .github/workflows
	$(BIN)/pytest

build:
	@$(PYTHON) scripts/prepare.py
	$(BIN)/mkdocs build --strict

live:
	@$(PYTHON) scripts/prepare.py
	$(BIN)/python scripts/fetch_live.py

clean:
	rm -rf .venv .cache site .site.building .site.old
