# Maraga Care. `make` alone explains what there is.

PYTHON := .venv/bin/python
SOURCES := bot actions knowledge_base
# The embedded PostgreSQL has a folder of its own; what it would say of another is no news.
export PYTHONWARNINGS := ignore:XDG_RUNTIME_DIR is not set

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run stop demo test test-fast chaos bench bench-console page-times gate-times search-times evaluate compare lint types format screenshots screenshots-phone clean

help: ## say what each command does
	@echo "Maraga Care"
	@echo
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-17s %s\n", $$1, $$2}'
	@echo
	@echo "Settings: copy .env.example to .env and change what you need."

setup: ## build both Python environments; nothing is started
	@python3 scripts/setup.py

setup-dev:
	@python3 scripts/setup.py --dev

run: setup ## start everything and stay; Ctrl-C stops it
	@exec $(PYTHON) -m bot run

stop: ## stop what runs here, from another terminal
	@if [ -x $(PYTHON) ]; then exec $(PYTHON) -m bot stop; fi

demo: setup ## play a conversation in the terminal, over the real path
	@exec $(PYTHON) -m bot demo

test: setup-dev ## lint, types and every test; fast ones first
	@exec scripts/test.sh

test-fast: setup-dev ## the quick tests: no Rasa, no browser, no pages (a minute)
	@exec scripts/test.sh fast

chaos: setup-dev ## kill every process at random while 500 messages flow
	@MARAGA_CHAOS=full exec $(PYTHON) -m pytest -m chaos -s

bench: setup-dev ## measure, and print the table of docs
	@exec $(PYTHON) scripts/bench.py

bench-console: setup-dev ## a hundred consoles open while 80 messages a second come
	@exec $(PYTHON) scripts/bench_console.py

page-times: setup-dev ## the server time of every page of the console over years of data
	@exec $(PYTHON) scripts/page_times.py

gate-times: setup-dev ## how long a draft is tried against 2,000 questions beside 500 articles
	@exec $(PYTHON) scripts/gate_times.py

search-times: setup-dev ## how long a question is searched for in 10,000 articles, once encoded
	@exec $(PYTHON) scripts/search_times.py

evaluate: setup-dev ## how often the bot is right, silent or wrong, on questions kept for that
	@exec $(PYTHON) scripts/evaluate.py

compare: setup-dev ## what each part of the knowledge base earns, beside other methods (a quarter of an hour)
	@exec $(PYTHON) scripts/compare.py

lint: setup-dev ## style and mistakes that can be seen without running
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .

types: setup-dev ## mypy, strict
	@$(PYTHON) -m mypy $(SOURCES)

format: setup-dev ## put the code into its one format
	@$(PYTHON) -m ruff check --fix .
	@$(PYTHON) -m ruff format .

screenshots: setup-dev ## pictures of the guides, and every screen in var/pictures; no Rasa
	@exec $(PYTHON) scripts/screenshots.py guides screens

screenshots-phone: setup-dev ## pictures of the README, of a whole service
	@exec $(PYTHON) scripts/screenshots.py phone

clean: stop ## remove environments, caches and models, but never your data
	rm -rf .venv .venv-rasa .pytest_cache .mypy_cache .ruff_cache .hypothesis .rasa models
	find $(SOURCES) scripts tests -name __pycache__ -type d -prune -exec rm -rf {} +
