# `make run` and `make test` each set up whatever is still missing first. Either may come first.

BIN := .venv/bin
SCREEN := $(strip $(DISPLAY)$(WAYLAND_DISPLAY))

.DEFAULT_GOAL := help
.PHONY: help run demo test clean distclean

help: ## say what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

ifeq ($(SCREEN),)
run: demo
else
run:
	@installer/setup.sh app
	@$(BIN)/mirrordesk run
endif
run: ## set up, then start MirrorDesk; without a screen, as `make demo`

demo: ## set up, then record, ask and take screenshots on a virtual desktop
	@installer/setup.sh all
	@$(BIN)/python -m mirrordesk.demo

test: ## set up, then check style, types and import directions, and run the tests
	@installer/setup.sh all
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses 2

clean: ## remove caches and what the demonstrations left in run/
	rm -rf build dist run *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -rf .import_linter_cache
	find mirrordesk tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## remove the virtual environment, too
	rm -rf .venv
