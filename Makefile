# `make help` lists the targets. Everything is installed into .venv, at the versions of
# constraints.txt; a target that needs the install brings it up to date first.

VENV   := .venv
PY     := $(VENV)/bin/python
# The stamp carries the checkout's path: an editable install does not survive a move.
STAMP  := $(VENV)/.installed-$(shell pwd | cksum | cut -d' ' -f1)
# The Python to build .venv from: the first of these that is new enough.
PYTHON ?= python3 python3.14 python3.13 python3.12 python3.11 python
# Passed on to the tool behind a target: make test ARGS="-k pricing", make bench ARGS="1000000".
ARGS   ?=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

$(PY):
	@found=; seen=; \
	for name in $(PYTHON); do \
	  version=$$($$name -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue; \
	  seen="$$seen $$name=$$version"; \
	  if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then found=$$name; break; fi; \
	done; \
	if [ -z "$$found" ] && [ -z "$$seen" ]; then \
	  echo "otel-agents needs Python 3.11 or newer, and none of these is on PATH: $(PYTHON)" >&2; exit 1; \
	elif [ -z "$$found" ]; then \
	  echo "otel-agents needs Python 3.11 or newer, and found only:$$seen (name another: make PYTHON=/path/to/python3 ...)" >&2; exit 1; \
	elif ! $$found -c 'import venv, ensurepip' 2>/dev/null; then \
	  echo "otel-agents needs the venv and ensurepip modules of $$found (on Debian and Ubuntu: apt-get install python3-venv)" >&2; exit 1; \
	fi; \
	echo "creating $(VENV) with $$found" >&2; \
	$$found -m venv $(VENV) || { rm -rf $(VENV); echo "$$found could not create $(VENV)" >&2; exit 1; }

$(STAMP): pyproject.toml constraints.txt | $(PY)
	@echo "installing otel-agents and its tools into $(VENV), at the versions of constraints.txt" >&2
	@$(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[all,test]' \
	  || { echo "the install failed: it needs a package index that pip can reach, and the versions of constraints.txt on it" >&2; exit 1; }
	@rm -f $(VENV)/.installed-*
	@touch $@

.PHONY: install
install: $(STAMP) ## Create .venv and install everything at its locked version

.PHONY: demo
demo: $(STAMP) ## Set up, then run the demo: a simulated fleet through the real pipeline
	@$(VENV)/bin/otel-agents demo $(ARGS)

.PHONY: test
# Coverage doubles the time, so a laptop asks for it: make test ARGS=--cov
test: $(STAMP) ## Set up, then run the tests (a selection: ARGS="-k pricing"; with coverage: ARGS=--cov)
	@$(PY) -m pytest $(if $(strip $(ARGS)),$(ARGS),$(if $(CI),--cov))

.PHONY: fmt
fmt: $(STAMP) ## Format the code and mend what the linter can mend
	@$(PY) -m ruff check --fix-only --quiet .
	@$(PY) -m ruff format .

.PHONY: lint
lint: $(STAMP) ## Lint, and check the format
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

.PHONY: types
types: $(STAMP) ## Check the types of package, tools, tests and benchmarks
	@$(PY) -m mypy $(ARGS)

.PHONY: imports
imports: $(STAMP) ## Check that imports go one way (docs/adr/0001-house.md)
	@$(VENV)/bin/lint-imports

.PHONY: gen
gen: $(STAMP) ## Generate what is generated: otel_agents/semconv.py, semconv/README.md, the picture
	@$(PY) -m semconv.generate
	@$(PY) docs/picture.py

.PHONY: gen-check
gen-check: $(STAMP) ## Check that the generated files are those of the registry
	@$(PY) -m semconv.generate --check \
	  || { echo "the generated files are not those of semconv/registry: run 'make gen' and commit what it writes" >&2; exit 1; }
	@$(PY) docs/picture.py --check

.PHONY: weaver
weaver:
	@if command -v weaver >/dev/null 2>&1; then weaver registry check -r semconv/registry --v2; \
	else echo "weaver is not on PATH: the registry is checked by semconv/ alone"; fi

.PHONY: check
check: lint types imports gen-check weaver ## Run every static check (and weaver, where it is on PATH)

.PHONY: tools
tools: ## Build the Collector that the live tests run, once for each manifest (needs go)
	@collector-config/build.sh

.PHONY: bench
bench: $(STAMP) ## Run the benchmarks, each beside its peer
	@set -e; for file in $$(grep -l __main__ benchmarks/*.py); do \
	  name=$$(basename $$file .py); echo "== $$name"; $(PY) -m benchmarks.$$name $(ARGS); done

.PHONY: lock
lock: $(STAMP) ## Renew constraints.txt from pyproject.toml
	@$(PY) -m pip install --quiet --disable-pip-version-check uv
	@$(PY) -m uv pip compile --quiet --upgrade --universal --all-extras --python-version 3.11 \
	  --no-emit-index-url --custom-compile-command 'make lock' pyproject.toml -o constraints.txt
