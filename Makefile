# Each command installs what it needs into .venv; see README.md.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
NEWEST ?= torch numpy mkdocs-material
BIN := .venv/bin

export NO_MKDOCS_2_WARNING := 1
# Node.js is in .venv where the system has none.
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Where this is set, Python compiles again each time what it imports; pip has not (tools/install.py).
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help serve test thorough test-all lint code words build offline clean parity bench fuzz lock audit versions

help:
	@echo "make serve   set up, and serve the course on http://$(HOST):$(PORT)/ with live reload"
	@echo "make test    set up, and run what a commit has to pass: formatting, lint, types, the first tier of tests"
	@echo "make thorough   set up, and run the other tests: every page in every browser, width and palette, faults, fuzzing"
	@echo "make test-all   both: make test, then make thorough"
	@echo "make parity  set up, and report what changed in one language since the other was touched"
	@echo "make fuzz    set up, and try the parsers on more than 100,000 inputs and 2,000 builds, which takes an hour"
	@echo "make build   set up, and write the static site into site/; with RELEASE=true refuse to leave out a part"
	@echo "make offline set up, and pack the course for the file system into dist/numpy-to-pytorch.zip"
	@echo "make bench   set up, and measure how fast all this is, for How this site works; PART=save measures one part"
	@echo "make lock    set up, and lock what requirements*.txt name, with hashes; UPGRADE=--upgrade updates"
	@echo "make audit   set up, and look for known vulnerabilities in what is locked"
	@echo "make versions   set up, and write .cache/versions.md: what newer packages change on which pages"
	@echo "make clean   remove the site, the cache and the environment"

serve:
	@$(PYTHON) tools/install.py --host $(HOST) --port $(PORT)
	$(BIN)/mkdocs serve -a $(HOST):$(PORT)

build:
	@$(PYTHON) tools/install.py
	$(BIN)/mkdocs build --strict

offline:
	@$(PYTHON) tools/install.py
	$(BIN)/python -m tools.offline

test:
	@$(PYTHON) tools/install.py tests
	@$(MAKE) --no-print-directory lint
	$(BIN)/pytest

thorough:
	@$(PYTHON) tools/install.py all-tests
	$(BIN)/pytest -m thorough

test-all: test thorough

lint:
	@$(MAKE) --no-print-directory --jobs 2 code words

code:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

words:
	$(BIN)/rumdl check .
	node_modules/.bin/cspell --no-progress
	$(BIN)/zizmor --offline --quiet .github/workflows

parity:
	@$(PYTHON) tools/install.py
	@$(BIN)/python -m tools.parity

fuzz:
	@$(PYTHON) tools/install.py tests
	FUZZ=220 $(BIN)/pytest tests/test_fuzz.py tests/test_fuzz_build.py -m thorough --dist load

bench:
	@$(PYTHON) tools/install.py all-tests
	@$(BIN)/python -m compileall -qq -j 0 .venv/lib || true # what pip has not; some is not for Python 3
	@$(BIN)/python -m tools.bench $(PART) --write

lock:
	@$(PYTHON) tools/install.py tests
	$(BIN)/python -m tools.lock $(UPGRADE)

audit:
	@$(PYTHON) tools/install.py tests
	$(BIN)/pip-audit --strict --disable-pip --require-hashes -r locks/site.lock -r locks/torch-cuda.lock -r locks/dev.lock

# Without .venv/installed, the next command puts back what is locked.
versions:
	@$(PYTHON) tools/install.py tests
	$(BIN)/python -m tools.versions record .cache/pinned.json
	rm -r .venv/installed
	$(BIN)/pip install --upgrade $(NEWEST) --extra-index-url https://download.pytorch.org/whl/cpu
	-$(BIN)/pytest --junitxml=.cache/tests.xml
	$(BIN)/python -m tools.versions record .cache/newest.json --tests .cache/tests.xml
	$(BIN)/python -m tools.versions report .cache/pinned.json .cache/newest.json > .cache/versions.md

clean:
	rm -rf .venv .cache dist node_modules site .site.building .site.old
