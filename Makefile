# Every command of the project; `make help` lists them.
# Most of it needs make and Python 3.11, and `make env` fetches the rest, by the lock; a deployment and its
# tests need Docker, which scripts/prepare-docker looks after.

SHELL := /bin/sh
BIN := .venv/bin
.DEFAULT_GOAL := help
# The steps of `make test` are told one after the other, also under `make -j`.
.NOTPARALLEL:
.PHONY: help env machine demo test lint format types docs docs-check test-unit test-component lock clean images up down township township-down cluster observability test-compose test-cluster soak bench

# Say what is being done: data goes to stdout, talk to stderr.
say = @printf '\n== %s\n' '$(1)' >&2

help:  ## list every command
	@echo 'make COMMAND, where COMMAND is one of:'
	@sed -n 's/^\([a-z-]*\):.*  ## \(.*\)$$/  \1\t\2/p' Makefile | expand -t 18

env:  ## make the environment in .venv, from the lock (PYTHON=... names another Python)
	@PYTHON='$(PYTHON)' scripts/make-env

demo: env  ## play a county's reception week, from the first visitor to the archived slips
	@$(BIN)/balian play samples/county-week.jsonl --fresh --dir out/demo/store --ledger out/demo/ledger.jsonl --summary out/demo/summary.json

test: env machine lint types docs-check test-unit test-component  ## pass every check and every test
	$(call say,everything passed)

machine:  ## make sure RabbitMQ, PostgreSQL and promtool are present for the tests
	$(call say,the servers that some tests need)
	@scripts/prepare-machine

lint: env  ## check style, format and the direction of imports
	$(call say,style and format)
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	$(call say,the direction of imports)
	@$(BIN)/lint-imports --no-logo

format: env  ## put the code into the house format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

types: env  ## check the types
	$(call say,types)
	@$(BIN)/mypy

docs: env  ## write docs/rules.md, docs/contracts.md and docs/metrics.md from the code
	@$(BIN)/python -m tools.docs write

docs-check: env  ## tell where those pages, the rules and their proofs fall short
	$(call say,documents made from the code and proofs of the rules)
	@$(BIN)/python -m tools.docs check

test-unit: env  ## run the unit tests; they must take every branch of every rule
	$(call say,unit tests and every branch of every rule)
	@$(BIN)/python -m pytest tests/unit -n 2 --cov --cov-report=term

test-component: env machine  ## run the tests with stores, the bus, whole hosts and casebooks
	$(call say,tests with stores and bus and whole casebooks)
	@scripts/test-components

images:  ## build the image of the services, and have those it stands on (Docker)
	$(call say,Docker and the images)
	@scripts/prepare-docker
	@deploy/build

up: images  ## start a county on this machine: RabbitMQ, PostgreSQL, the five services
	$(call say,the county)
	@deploy/up

down:  ## stop the county and the nodes that joined it; what they hold stays
	@deploy/down

township:  ## start the node NODE=code (TERRITORY= DEPARTMENT= REGIME=) beside the county
	$(call say,the node $(NODE))
	@TERRITORY='$(TERRITORY)' DEPARTMENT='$(DEPARTMENT)' REGIME='$(REGIME)' deploy/up --township '$(NODE)'

township-down:  ## stop the node NODE=code; what it holds stays, and petitions wait for it
	@deploy/down --township '$(NODE)'

cluster: images  ## start the county on three brokers instead of one
	$(call say,the county on three brokers)
	@deploy/up --cluster

observability:  ## start the county with Prometheus and Grafana, which watch it
	$(call say,the county and what watches it)
	@scripts/prepare-docker --observability
	@deploy/build
	@deploy/up --observability

test-compose: env  ## break a whole deployment in many ways, and lose nothing (Docker; 15 minutes)
	@scripts/test-deployment tests/compose -m 'not cluster and not soak'

test-cluster: env  ## the same with three brokers, and the one that leads killed (Docker)
	@scripts/test-deployment tests/compose -m cluster

soak: env  ## every fault and crash point in random order for HOURS=n (Docker)
	@SOAK_HOURS='$(HOURS)' scripts/test-deployment tests/compose -m 'soak or cluster'

bench: env machine  ## measure how fast it is, beside peers (QUICK=1, ONLY=relay,..., WRITE=1)
	@scripts/make-peers
	@$(BIN)/python -m bench $(if $(QUICK),--quick) $(if $(ONLY),--only '$(ONLY)') $(if $(WRITE),--write)

lock: env  ## pin every dependency with its hashes (UPGRADE=1: to the newest allowed)
	@UPGRADE='$(UPGRADE)' scripts/make-lock

clean:  ## remove what was made here: the environment, out/, var/ and the caches
	@rm -rf .venv .venv-bench out var build dist balian.egg-info htmlcov .coverage .coverage.*
	@rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@find balian bench services shared tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
