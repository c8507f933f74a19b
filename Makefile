# Every target sets itself up: a private .venv from the locked requirements, nothing else on the machine is touched.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
AREA   ?= all

.DEFAULT_GOAL := help
.PHONY: help demo test check bench soak protos format lock clean

help: ## show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements/dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "CarbonBridge needs Python 3.11 or newer: make PYTHON=python3.11 …")'
	@echo "setting up $(VENV) (once, about half a minute)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(READY) ## a whole network on this machine (ONCE=1: leave when the story is told; LANG=zh: in Chinese)
	@$(BIN)/carbonbridge demo $(if $(ONCE),--once) --lang $(if $(filter zh%,$(LANG)),zh,en)

test: $(READY) ## the whole suite, on SQLite and a PostgreSQL that it starts itself
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

check: $(READY) ## style, types, import table, file sizes, generated code
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python tests/house.py

bench: $(READY) ## measure (AREA=pact for one part); writes bench-results.json
	@$(BIN)/python -m tests.perf --area $(AREA)

soak: $(READY) ## the fault, race and fuzz suites at full size (about half an hour)
	@CARBONBRIDGE_SOAK=1 $(BIN)/python -m pytest -n 2 --dist loadgroup -m soak --timeout 3600 $(ARGS)

protos: $(READY) ## regenerate the gRPC code from the .proto files
	@sources=$$(find protos -name '*.proto'); if [ -z "$$sources" ]; then echo "no .proto files yet"; else \
	  $(BIN)/python -m grpc_tools.protoc --proto_path=protos --python_out=protos --pyi_out=protos --grpc_python_out=protos $$sources; fi

format: $(READY) ## format and sort imports
	@$(BIN)/ruff check --fix --quiet; $(BIN)/ruff format --quiet

lock: $(READY) ## resolve the requirements anew
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  pyproject.toml --extra node --group dev -o requirements/dev.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --constraint requirements/dev.lock pyproject.toml --extra node -o requirements/node.lock

clean: ## remove what the other targets made
	@rm -rf $(VENV) demo-output bench-results.json .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
