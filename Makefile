# Everything a developer does: make demo, make test, make check.
.DEFAULT_GOAL := help
VENV := .venv
PY := $(VENV)/bin/python
PORT ?= 8000
# TORCH_BACKEND=cpu saves the CUDA libraries, where uv can reach that index. Then versions are resolved anew, not locked.
TORCH_BACKEND ?=
# Where no bytecode is written, each of a run's many processes compiles the model's libraries anew: 15 s apiece.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test test-fast check lock clean

help: ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

demo: $(VENV)/.runtime ## install, prepare a demo household, and serve on localhost
	@$(PY) manage.py demo --port $(PORT)

# The browser has an event loop of its own, in which asynchronous tests cannot run: hence two runs.
test: $(VENV)/.dev ## run the whole suite
	@./deploy/test-tools.sh
	@$(PY) -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder --ignore tests/browser
	@$(PY) -m pytest -n auto --maxprocesses 3 --dist loadfile --no-loadscope-reorder tests/browser

check: $(VENV)/.dev ## style, types, security, imports, dependencies, templates, migrations, corpus
	@./deploy/check.sh

lock: ## pin every version and hash from pyproject.toml
	@uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q -o requirements.txt
	@uv pip compile pyproject.toml --extra dev -c requirements.txt --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q -o requirements-dev.txt

$(VENV)/.runtime: requirements.txt
	@./deploy/install.sh requirements.txt "$(TORCH_BACKEND)"
	@touch $@

$(VENV)/.dev: requirements-dev.txt
	@./deploy/install.sh requirements-dev.txt "$(TORCH_BACKEND)" --extra dev
	@touch $@ $(VENV)/.runtime

clean: ## forget the environment and the embedded data
	@rm -rf $(VENV) .lilo
