# `make` says what there is. Each target makes .venv ready first; that is quick when it is.

# Tools are started through it, since their own first lines name the folder the tree once lay in.
PYTHON := .venv/bin/python
# Tests draw into memory: no display is needed and no window flashes up.
OFFSCREEN := QT_QPA_PLATFORM=offscreen
# Two processes run tests; threads of torch beside them would only wait for each other.
ONE_THREAD := OMP_NUM_THREADS=1

.DEFAULT_GOAL := help
.PHONY: help run test test-slow lint bench bench-peers screenshots package package-test clean env \
	env-test env-package

help: ## show this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/make \1|\2/p' Makefile | \
	while IFS='|' read -r name text; do printf '  %-18s %s\n' "$$name" "$$text"; done

run: env ## open the window with the demo photos (without a display: train on them in the terminal)
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname -s)" = Darwin ]; then \
		exec .venv/bin/finetune-gui --demo; \
	else \
		echo "There is no display here, so this trains on the demo photos in the terminal instead."; \
		exec .venv/bin/finetune-gui train --demo; \
	fi

test: env-test ## run the tests
	@$(OFFSCREEN) $(ONE_THREAD) $(PYTHON) -m pytest -m "not slow" -n 2 --dist worksteal

test-slow: env-test ## run the tests that take minutes
	@$(OFFSCREEN) $(PYTHON) -m pytest -m slow

lint: env-test ## check style, types and who imports whom
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy --strict
	@$(PYTHON) .venv/bin/lint-imports

bench: env-test ## measure speed and memory
	@$(OFFSCREEN) $(PYTHON) -m pytest -s tests/benchmarks/bench_*.py

bench-peers: env-test ## compare with fastai, Trainer and PyTorch's tutorial (an hour)
	@$(PYTHON) -m tests.benchmarks.bench_peers

screenshots: env-test ## draw every page anew for the READMEs
	@$(OFFSCREEN) $(PYTHON) -m tests.helpers.screenshots

package: env-package ## build the program and its installers into dist/
	@$(PYTHON) packaging/package.py all

package-test: env-package ## build, install in a clean Debian, try everything, remove (needs root)
	@$(PYTHON) packaging/package.py all
	@bash packaging/package_test.sh

clean: ## remove what builds and checks left behind; .venv stays
	@rm -rf build dist .ruff_cache .mypy_cache .hypothesis .import_linter_cache
	@find . -path ./.venv -prune -o -name __pycache__ -type d -exec rm -rf {} +

env:
	@sh packaging/setup_env.sh run

env-test:
	@sh packaging/setup_env.sh test

env-package:
	@sh packaging/setup_env.sh package
