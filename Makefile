# Sourcier : deux commandes, « make run » et « make test ».

PYTHON ?= python3
PORT ?= 7860
BIN := .venv/bin
DATA := $(or $(SOURCIER_HOME),$(or $(XDG_DATA_HOME),$(HOME)/.local/share)/sourcier)
SOURCES := assistant ingestion tests

# Où il est posé, chacun des processus que lancent les tests recompilerait tous nos modules.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run ask bench test check fix sbom audit install engine models index

help: ## ce texte
	@echo "Sourcier répond aux questions de commande publique, sur cette machine."
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' Makefile
	@echo
	@echo "Variables : PORT=7861, PYTHON=python3.12, SOURCIER_HOME=/chemin des données."
	@echo "PyTorch : là où pip ne voit que l'index principal, il prend la construction pour cartes"
	@echo "graphiques (3 Go). Si un dépôt de constructions « cpu » vous est accessible, indiquez-le"
	@echo "à pip (PIP_EXTRA_INDEX_URL, PIP_FIND_LINKS ou pip config) : pip le préfère à version égale."

run: ## installe ce qui manque, puis ouvre la page sur http://127.0.0.1:7860
	@$(PYTHON) -I ingestion/setup/preflight.py --port $(PORT) $(if $(wildcard .venv/installed),--installed)
	@$(MAKE) -s install
	@test -f "$(DATA)/current" || $(MAKE) -s index
	@$(BIN)/sourcier serve --port $(PORT)

ask: ## pose une question : make ask Q="Puis-je acheter sans concurrence ?"
	@if [ -z "$$Q" ]; then echo 'Écrivez la question : make ask Q="…"' >&2; exit 2; fi
	@$(MAKE) -s install
	@test -f "$(DATA)/current" || $(MAKE) -s index
	@$(BIN)/sourcier ask "$$Q"

bench: .venv/installed-test index ## vitesse et mémoire, en rapports
	@$(BIN)/python -m tests.studies.benchmark

test: .venv/installed-test models ## tous les tests, y compris les lents
	@$(BIN)/sourcier models pull smollm2-135m
	@$(BIN)/pytest -n auto --maxprocesses=4 --dist loadfile --no-loadscope-reorder

check: .venv/installed-test ## format, style, types et imports
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache --no-logo

fix: .venv/installed-test ## remet le code au format
	@$(BIN)/ruff format $(SOURCES)
	@$(BIN)/ruff check --fix $(SOURCES)

sbom: .venv/audit/installed .venv/installed ## nomenclature des bibliothèques installées (CycloneDX)
	@mkdir -p build
	@.venv/audit/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
		--validate --of JSON --output-file build/sourcier.cdx.json $(BIN)/python
	@echo "Écrite : build/sourcier.cdx.json"

audit: .venv/audit/installed .venv/installed ## avis de vulnérabilité connus ; échoue s'il n'a pas pu demander
	@$(BIN)/python -m assistant.operations.audit .venv/audit/bin/pip-audit

install: .venv/installed ## environnement virtuel et paquets

engine: install ## recompile le moteur du modèle pour ce processeur (dossier copié, machine déplacée)
	@$(BIN)/python -I ingestion/setup/installation.py --engine

models: install ## télécharge et vérifie les modèles par défaut (1,2 Go)
	@$(BIN)/sourcier models pull

index: models ## construit l'index du corpus fourni, s'il n'y en a pas
	@$(BIN)/sourcier index status > /dev/null 2>&1 || $(BIN)/sourcier index build

# A stamp is made once its step has succeeded, and made again when what it depends on changes.
.venv/python:
	@$(PYTHON) -I ingestion/setup/preflight.py
	@echo "Environnement virtuel : .venv"
	@$(PYTHON) -m venv --clear .venv
	@touch $@

.venv/installed: pyproject.toml $(wildcard constraints.txt) | .venv/python
	@$(BIN)/python -I ingestion/setup/installation.py .
	@touch $@

.venv/installed-test: pyproject.toml $(wildcard constraints.txt) | .venv/python
	@$(BIN)/python -I ingestion/setup/installation.py '.[test]'
	@touch $@ .venv/installed

# What looks at the environment stands apart, so that it is not a part of what it describes.
.venv/audit/installed: pyproject.toml constraints.txt | .venv/python
	@$(BIN)/python -m venv .venv/audit
	@.venv/audit/bin/python -m pip install -q --disable-pip-version-check -c constraints.txt \
		cyclonedx-bom pip-audit
	@touch $@
