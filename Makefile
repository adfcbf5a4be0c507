# What to type; `make help` lists it. Every recipe works in a fresh clone.
SHELL := /bin/bash
PYTHON ?= .venv/bin/python
INSTALLED := .venv/.installed
EXTRAS := .venv/.installed-extras
RIVALS := .venv/.installed-rivals

# Only what stands on make's command line counts: an exported NAME of the shell is no study name.
given = $(if $(filter command%,$(origin $(1))),$($(1)))
option = $(if $(call given,$(1)),$(2) '$(subst ','\'',$(call given,$(1)))')
# The URL goes by the environment, where a password is not for all to read.
OPTSWEEP = $(if $(call given,STORAGE),OPTSWEEP_STORAGE="$$STORAGE") $(PYTHON) -m optsweep
SWEEP_OPTIONS = $(call option,STUDY,) $(call option,GPUS,--gpus) $(call option,TYPE,--type) \
	$(call option,TRIALS,--trials) $(call option,DATA,--data) $(call option,NAME,--name) \
	$(if $(call given,DRY_RUN),--dry-run)

.DEFAULT_GOAL := help
.PHONY: help install sweep resume status dashboard report lint test test-all chaos bench bench-gpu clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20
	@echo "  Options of sweep: GPUS=0,1 TYPE=random TRIALS=12 STUDY=uniref50 DATA=corpus.pt NAME=x STORAGE=URL DRY_RUN=1"

install: $(INSTALLED) ## make .venv with everything that is needed

# A venv of one's own (PYTHON=python3) is used as it is.
ifeq ($(PYTHON),.venv/bin/python)
READY = $(INSTALLED)
READY_FOR_ALL = $(EXTRAS)
READY_FOR_BENCH = $(RIVALS)
endif

$(INSTALLED): pyproject.toml constraints.txt
	@test -x .venv/bin/python || { echo "1 of 3: a virtual environment in .venv"; python3 -m venv .venv; }
	@echo "2 of 3: the newest pip"
	@.venv/bin/python -m pip install --quiet --upgrade pip
	@echo "3 of 3: optsweep and what it needs, half a minute to several minutes: torch with its CUDA libraries is large"
	@.venv/bin/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@
	@echo "Installed. Try it: make sweep, or .venv/bin/optsweep sweep"

# What test-all needs besides: the trackers and the drawer of pictures are tested as they really are.
$(EXTRAS): $(INSTALLED)
	@echo "What test-all needs besides: trackers, pictures, frameworks (minutes)"
	@.venv/bin/python -m pip install --quiet --constraint constraints.txt --editable '.[dev,all]'
	@touch $@

# What the benchmarks measure against.
$(RIVALS): $(INSTALLED)
	@echo "What the benchmarks measure against (minutes)"
	@.venv/bin/python -m pip install --quiet --constraint constraints.txt --editable '.[dev,bench]'
	@touch $@

sweep: $(READY) ## plan, run and resume a sweep (options below)
	@$(OPTSWEEP) sweep $(SWEEP_OPTIONS)

resume: $(READY) ## go on with the study last worked on (or NAME=)
	@name="$(or $(call given,NAME),$$(cat studies/.last_study 2>/dev/null))"; \
	test -n "$$name" || { echo "There is no study yet to go on with; begin one: make sweep" >&2; exit 2; }; \
	$(OPTSWEEP) sweep --name "$$name" $(call option,GPUS,--gpus)

status: $(READY) ## how the study stands
	@$(OPTSWEEP) status $(call option,NAME,--name)

dashboard: $(READY) ## browse the study with optuna-dashboard on 127.0.0.1:8080
	@$(OPTSWEEP) dashboard $(call option,NAME,--name)

report: $(READY) ## write a self-contained HTML report
	@$(OPTSWEEP) report $(call option,NAME,--name)

lint: $(READY) ## ruff, mypy --strict, the import rule, declared dependencies, the CI workflow
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	$(dir $(PYTHON))lint-imports --no-cache
	$(dir $(PYTHON))deptry optsweep examples
	$(PYTHON) -m check_jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml

test: $(READY) ## the fast tests
	$(PYTHON) -m pytest -m "not heavy and not gpu" -n 2

test-all: $(READY) $(READY_FOR_ALL) ## the heavy tests: databases, browser, trackers, chaos
	$(PYTHON) -m pytest -m "heavy or gpu" -n 2 --dist loadgroup

chaos: $(READY) ## strike real sweeps at random moments, on three databases (KILLS=50 SEED=1 DATABASES=sqlite SCRIPTS=1 PLAIN=1), or the queue's model check (MODEL=10000)
	$(PYTHON) -m tests.chaos $(call option,KILLS,--kills) $(call option,SEED,--seed) \
		$(call option,DATABASES,--databases) $(if $(call given,SCRIPTS),--scripts) $(if $(call given,PLAIN),--plain) \
		$(call option,MODEL,--model)

# The results stand beside the code that measured them, with the name of the processor.
bench: $(READY) $(READY_FOR_BENCH) ## benchmarks of training, data, dispatch, growth and estimates on this CPU, and what a GPU is given (an hour)
	@set -o pipefail; for part in training data dispatch growth estimates precision gpu_budget; do \
		$(PYTHON) -m benchmarks.$$part | tee benchmarks/results/$$part.txt || exit; done

bench-gpu: ## benchmarks of training on a GPU; PYTHON=python3 needs only torch, numpy and pydantic
	@set -o pipefail; $(PYTHON) -m benchmarks.gpu | tee benchmarks/results/gpu.txt

clean: ## remove caches and builds (studies and data stay)
	rm -rf build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
