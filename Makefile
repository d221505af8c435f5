# Each command installs what it needs into .venv; see README.md.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
NEWEST ?= torch numpy mkdocs-material
BIN := .venv/bin
# Measures time: nothing else may run beside it.
ALONE := tests/test_browser_lighthouse.py

export NO_MKDOCS_2_WARNING := 1
# Where this is set, Python compiles again each time what it imports; pip has not (scripts/prepare.py).
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help serve test ready npm code words build offline live clean parity bench fuzz lock audit versions

help:
	@echo "make serve   set up, and serve the course on http://$(HOST):$(PORT)/ with live reload"
	@echo "make test    set up, and run all checks and tests"
	@echo "make parity  set up, and report what changed in one language since the other was touched"
	@echo "make fuzz    set up, and try the parsers on more than 100,000 inputs, which takes minutes"
	@echo "make build   set up, and write the static site into site/"
	@echo "make offline set up, and pack the course for the file system into dist/numpy-to-pytorch.zip"
	@echo "make bench   set up, and measure how fast all this is; PART=reload measures one part"
	@echo "make live    set up, and fetch the Python that live boxes run in the reader's browser"
	@echo "make lock    set up, and lock what requirements.txt names, with hashes; UPGRADE=--upgrade updates"
	@echo "make audit   set up, and look for known vulnerabilities in what is locked"
	@echo "make versions   set up, and write .cache/versions.md: what newer packages change on which pages"
	@echo "make clean   remove the site, the cache and the environment"

serve:
	@$(PYTHON) scripts/prepare.py --host $(HOST) --port $(PORT)
	$(BIN)/mkdocs serve -a $(HOST):$(PORT)

test:
	@$(MAKE) --no-print-directory --jobs 2 code words
	$(BIN)/pytest --ignore $(ALONE)
	$(BIN)/pytest -n 0 $(ALONE)

ready: npm
	@$(PYTHON) scripts/prepare.py --browser

code: ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

words: ready node_modules/.package-lock.json
	$(BIN)/rumdl check .
	node_modules/.bin/cspell --no-progress
	$(BIN)/zizmor --offline --quiet .github/workflows

parity:
	@$(PYTHON) scripts/prepare.py
	@$(BIN)/python scripts/parity.py

fuzz:
	@$(PYTHON) scripts/prepare.py
	FUZZ=220 $(BIN)/pytest tests/test_fuzz.py --dist load

build:
	@$(PYTHON) scripts/prepare.py
	$(BIN)/mkdocs build --strict

offline:
	@$(PYTHON) scripts/prepare.py
	$(BIN)/python scripts/offline.py

bench:
	@$(PYTHON) scripts/prepare.py
	@$(BIN)/python -m compileall -qq -j 0 .venv/lib || true # what pip has not; some is not for Python 3
	@$(BIN)/python -m bench $(PART)

live:
	@$(PYTHON) scripts/prepare.py
	$(BIN)/python scripts/fetch_live.py

lock:
	@$(PYTHON) scripts/prepare.py
	$(BIN)/python scripts/lock.py $(UPGRADE)

audit:
	@$(PYTHON) scripts/prepare.py
	$(BIN)/pip-audit --strict --disable-pip --require-hashes -r requirements.lock -r requirements-cuda.lock

# Without .venv/ready, the next command puts back what is locked.
versions: ready node_modules/.package-lock.json
	$(BIN)/python scripts/versions.py record .cache/pinned.json
	rm .venv/ready
	$(BIN)/pip install --upgrade $(NEWEST) --extra-index-url https://download.pytorch.org/whl/cpu
	-$(BIN)/pytest --junitxml=.cache/tests.xml
	$(BIN)/python scripts/versions.py record .cache/newest.json --tests .cache/tests.xml
	$(BIN)/python scripts/versions.py report .cache/pinned.json .cache/newest.json > .cache/versions.md

clean:
	rm -rf .venv .cache dist node_modules site .site.building .site.old

npm:
	@command -v $@ > /dev/null || \
		{ echo "The spelling checker and Lighthouse come from npm, which is not installed: install Node.js."; exit 1; }

node_modules/.package-lock.json: package.json package-lock.json | npm
	npm ci --no-audit --no-fund
