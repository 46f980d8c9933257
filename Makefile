# KCS Meet. `make run` needs Debian 12 with Python 3.11, Node 20, make and a compiler; `make help` lists the targets.
PYTHON ?= python3
# Further arguments for what a target runs: make test ARGS="-k worker -x"
ARGS ?=

IN_VENV := .venv/bin/python
SOURCES := $(wildcard client kcs media meetings bench cluster setup tests manage.py)

.PHONY: help setup run cluster admin test clean lint lint-setup lint-style lint-types lint-arrows lint-migrations lint-browser messages \
	bench bench-setup bench-control bench-join bench-memory bench-trace bench-events bench-capacity bench-people

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name text; do printf '  make %-14s %s\n' "$$name" "$$text"; done

setup: ## get everything that `make run` needs; what is there already is left alone
	@$(PYTHON) -m setup run

run: setup ## set up and serve until Ctrl-C, on HOST (127.0.0.1) and PORT (8000), from the environment or .env
	@exec $(IN_VENV) manage.py serve --migrate

cluster: ## the same on PostgreSQL, Redis, two web processes behind HAProxy and two media nodes, on PORT (8000), until Ctrl-C
	@$(PYTHON) -m setup cluster
	@exec $(IN_VENV) -m cluster

admin: setup ## make an administrator for /admin/
	@$(IN_VENV) manage.py migrate --noinput --verbosity 0
	@exec $(IN_VENV) manage.py createsuperuser

test: ## run all tests (installs Chromium, coturn, Redis, PostgreSQL, HAProxy and ffmpeg where this is root)
	@$(PYTHON) -m setup test
	node --test tests/pages/*.test.js
	$(IN_VENV) -m tests $(ARGS)

lint: lint-style lint-types lint-arrows lint-migrations lint-browser ## check style, types and the arrows between packages (-k: all of them)

lint-setup:
	@$(PYTHON) -m setup lint

lint-style: lint-setup
	$(IN_VENV) -m ruff check .
	$(IN_VENV) -m ruff format --check .

lint-types: lint-setup
	$(IN_VENV) -m mypy $(SOURCES)

lint-arrows: lint-setup
	.venv/bin/lint-imports

lint-migrations: lint-setup
	$(IN_VENV) manage.py makemigrations --check --dry-run

lint-browser: lint-setup
	node_modules/.bin/tsc --noEmit

messages: lint-setup ## find new texts for locale/ (needs gettext) and compile the translations
	$(IN_VENV) manage.py makemessages --all --no-wrap --no-location --ignore=node_modules --ignore=.venv --ignore=tests --ignore='templates/admin/*'
	$(IN_VENV) manage.py makemessages --all --no-wrap --no-location --domain=djangojs --ignore=node_modules --ignore=.venv --ignore=tests --ignore='*/build/*'
	$(IN_VENV) -m setup.translations

bench: bench-control bench-join bench-memory bench-trace bench-events bench-capacity bench-people ## print all benchmarks

bench-control: bench-setup ## our object model against the Node package, operation by operation
	$(IN_VENV) -m bench.control_plane $(ARGS)

bench-join: bench-setup ## from socket open to the first remote frame, in real Chromium
	$(IN_VENV) -m bench.join $(ARGS)

bench-memory: bench-setup ## memory per participant
	$(IN_VENV) -m bench.memory $(ARGS)

bench-trace: bench-setup ## what the event stream adds to a join
	$(IN_VENV) -m bench.trace_cost $(ARGS)

bench-events: bench-setup ## what the event stream of a long call takes: bytes, and drawing its timeline
	$(IN_VENV) -m bench.call_events $(ARGS)

bench-people: bench-setup ## a thousand people who listen and chat in one meeting, beside socket.io
	$(IN_VENV) -m bench.people $(ARGS)

bench-capacity: bench-setup ## consumers a worker carries, joins a second, cost of a join by the size of the room
	$(IN_VENV) -m bench.capacity $(ARGS)

bench-setup:
	@$(PYTHON) -m setup test

clean: ## remove what set-up made; keeps var/ (your meetings) and the worker in ~/.cache/kcs-meet
	rm -rf .venv node_modules meetings/static/meetings/build staticfiles .mypy_cache .ruff_cache .pytest_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
