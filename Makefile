# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Everything runs in $(VENV), made with $(PYTHON); the work is done by the scripts of tools/.
# ARGS is handed on to the tool behind a target, e.g.  make unit ARGS="-k gate -x"

SHELL := /bin/bash
export PYTHON ?= python3
export VENV ?= .venv
export SHARED ?= ../shared
# What the environment is for; the tests alone need less than the linters do: requirements/test.txt
REQUIREMENTS ?= requirements/development.txt

BASE := $(VENV)/.base
DEVELOPMENT := $(VENV)/.development
RUN := @. tools/environment.sh &&

.DEFAULT_GOAL := help
.PHONY: help demo test matrix lint sanity molecule unit bench soak simulator build docs release mutants clean

help: ## print this list
	@sed -nE 's/^([a-z]+):[^#]*## (.*)/  make \1\t\2/p' Makefile | expand -t 20

demo: $(BASE) ## show a deployment gate at work, against the simulator; ARGS=--verbose shows the logs, too
	$(RUN) tools/demo $(ARGS)

test: $(DEVELOPMENT) ## all tests: lint; sanity, molecule, unit with the oldest and the newest ansible-core
	@$(VENV)/bin/python tools/matrix --test

matrix: $(DEVELOPMENT) ## sanity, molecule, unit with every ansible-core and Python; ARGS=--list tells which
	@$(VENV)/bin/python tools/matrix $(ARGS)

lint: $(DEVELOPMENT) ## linters, types, documentation, licences, changelog, artifact
	$(RUN) tools/lint $(ARGS)

sanity: $(DEVELOPMENT) ## ansible-test sanity
	$(RUN) tools/sanity $(ARGS)

molecule: $(DEVELOPMENT) ## the role's scenarios
	$(RUN) rm -rf .build/ansible/tmp/molecule.* && molecule test $(or $(ARGS),--all --report)

# One process more than there are cores, since tests wait now and then.
unit: $(DEVELOPMENT) ## pytest, on all cores of the machine
	$(RUN) pytest --numprocesses $$(($$(getconf _NPROCESSORS_ONLN) + 1)) --dist loadfile $(ARGS)

mutants: $(DEVELOPMENT) ## mutation testing of rules/ and gate/: which changes no test notices; a sample, ARGS=--all for all
	$(RUN) tools/mutants $(ARGS)

bench: $(DEVELOPMENT) ## what it costs, measured; CHECK=1 fails when a figure falls short
	$(RUN) python tests/bench $(if $(CHECK),--check) $(ARGS)

soak: $(DEVELOPMENT) ## many clusters on a bad day, and ten minutes of gating: decisions, limits, memory, open files
	$(RUN) python tests/soak $(ARGS)

simulator: $(BASE) ## run the simulated services until interrupted
	$(RUN) python tests/simulator $(ARGS)

build: $(BASE) ## build the collection's artifact in .build/dist
	$(RUN) tools/build

docs: $(DEVELOPMENT) ## build the documentation in .build/docs/html
	$(RUN) tools/docs

release: $(DEVELOPMENT) ## build the artifact and have the importer of Ansible Galaxy take it
	$(RUN) antsibull-changelog lint && tools/importer

clean: ## remove environments, caches and results
	rm -rf .venv* .build .ansible .hypothesis .mypy_cache .pytest_cache .ruff_cache tests/output changelogs/.plugin-cache.yaml
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BASE): requirements.txt requirements/ansible.txt requirements/simulator.txt
	@tools/setup $^ && touch $@

$(DEVELOPMENT): $(BASE) requirements/development.txt requirements/test.txt
	@tools/setup requirements.txt requirements/ansible.txt requirements/simulator.txt $(REQUIREMENTS) && touch $@
