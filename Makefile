# `make run` and `make test` do everything on a machine with Python 3.11; a second run installs nothing again.

PYTHON ?= python3.11
BIN    := .venv/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check
PORT   ?= 8501

.PHONY: run test check docs system clean

run: .venv/.run
	$(BIN)/python -m studio.server --port $(PORT)

test: .venv/.test
	$(BIN)/python -m pytest -n 2 --dist loadfile $(TESTS)

check: .venv/.test
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m core docs --check
	$(BIN)/python -m pytest tests/test_boundaries.py

docs: .venv/.run
	$(BIN)/python -m core docs

# torch goes first, by its exact pin: asked for through another package it would bring gigabytes of GPU libraries.
# The last lines compile the kernels now, so that nobody waits for it in front of the screen.
.venv/.run: requirements.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) install -q $$(grep -oE '^torch==[0-9.]+' requirements.txt)
	$(PIP) install -q -r requirements.txt
	$(PIP) install -q --no-deps --no-build-isolation -e .
	$(BIN)/python -m core.risk.warm
	$(BIN)/python -m core.protect.warm
	touch $@

.venv/.test: requirements-test.txt .venv/.run tests/browser/package-lock.json
	$(PIP) install -q -r requirements-test.txt
	bash .ci/system.sh
	if command -v npm >/dev/null; then cd tests/browser && npm ci --no-audit --no-fund --silent; \
	else echo "npm is not here: the accessibility check will be skipped"; fi
	touch $@

clean:
	rm -rf .venv *.egg-info .mypy_cache .ruff_cache .hypothesis
