# Two commands do everything: make demo, make test. Each says what it installs before it does.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
OWN := tests/checks tests/scanner/formats
SERVERS := nginx-light gnutls-bin haproxy stunnel4 knot unbound postfix openssl chromium npm bind9-utils bind9-dnsutils

# Hundreds of processes of the tests would compile the same files each time.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test lint type docs bench servers second clean

demo: .venv/runs ## scan the built-in practice government and write its report
	$(BIN)/govscan demo --output demo-report

test: .venv/tests servers second ## every test, on real servers
	$(BIN)/python -m pytest -q -n auto $(OWN) --cov=checks --cov=scanner.formats --cov-branch --cov-report= --cov-fail-under=100
	$(BIN)/python -m pytest -n 5 --dist loadgroup tests $(OWN:%=--ignore=%) # they wait more than they compute

lint: .venv/tests ## style, and the directions of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

type: .venv/tests ## types, strictly
	$(BIN)/mypy

docs: .venv/tests ## check pages, schemas, command reference
	$(BIN)/python docs/generate.py

bench: .venv/tests ## every measurement, side by side with the peers, which it installs for itself
	$(BIN)/python -m bench.fleet
	$(BIN)/python -m bench.tls_engine
	$(BIN)/python -m bench.tls
	$(BIN)/python -m bench.web
	$(BIN)/python -m bench.pages
	$(BIN)/python -m bench.web_sites
	$(BIN)/python -m bench.zones
	$(BIN)/python -m bench.mail
	$(BIN)/python -m bench.exposure
	$(BIN)/python -m bench.exports

.venv/made:
	@echo "Making a virtual environment in .venv"
	$(PYTHON) -m venv .venv
	@touch $@

.venv/runs: .venv/made pyproject.toml constraints.txt
	@echo "Installing govscan and what it needs (pinned in constraints.txt) into .venv"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/tests: .venv/runs
	@echo "Installing the tools of the tests (pinned in constraints.txt) into .venv"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

servers: ## Debian's servers for the tests; without root those tests say why they are skipped
	@tests/install_servers $(SERVERS)

second: .venv/tests ## other programs that read our exports, in an environment of their own
	@test -e .venv/second/made || { \
	  echo "Installing programs that read our exports (pinned in tests/second-opinions.txt)"; \
	  $(PYTHON) -m venv .venv/second && \
	  .venv/second/bin/python -m pip install --quiet --disable-pip-version-check -r tests/second-opinions.txt && \
	  touch .venv/second/made; } || echo "They are not here: the tests that ask them are skipped"

clean:
	rm -rf .venv demo-report
