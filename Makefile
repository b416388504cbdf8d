# make run: serve the application.  make test: run every test (SECTION=agenda: of that room and of those above it).
# make check: lint, types, imports, migrations.  make hasard: rules and screens in random order, rows shuffled (GRAINE=7).
# make demo: serve a fictional year (SCALE=10 for ten times as much, DATE=2026-06-30).  make bench: print the figures.
# make mutants: what the tests of services/ do not see (N=60 changes drawn by SEED=1).
#  Needs python3 (3.11 or later), pip and make; fetches the rest into .uv/ and .venv/.

# The system's certificates, for a network whose proxy has its own authority.
SYSTEME := $(wildcard /etc/ssl/certs/ca-certificates.crt)
ifneq ($(SYSTEME),)
export SSL_CERT_FILE ?= $(SYSTEME)
export PIP_CERT ?= $(SSL_CERT_FILE)
endif
export UV_SYSTEM_CERTS := 1
export UV_PYTHON_DOWNLOADS := never
export UV_PYTHON_PREFERENCE := only-system
export UV_NO_PROGRESS := 1

# Every start reads 1500 modules: compile them once, not each time.
export UV_COMPILE_BYTECODE := 1
unexport PYTHONDONTWRITEBYTECODE

UV := $(or $(shell command -v uv),.uv/bin/uv)
PY := .venv/bin/python
LOCK := pyproject.toml uv.lock
APT := $(if $(wildcard /usr/bin/chromium-headless-shell),,chromium-headless-shell fonts-liberation) \
       $(if $(wildcard /usr/lib/postgresql/*/bin/initdb),,postgresql) \
       $(if $(wildcard /usr/bin/soffice),,libreoffice-writer-nogui)
REGLAGES := from settings import get_settings as g; s = g(); \
            print(f"--server.port={s.port} --server.address={s.adresse_ecoute}")

.PHONY: run demo test hasard check lint bench mutants systeme
.DEFAULT_GOAL := run

run: .venv/.app
	@args=$$($(PY) -c '$(REGLAGES)') && exec $(PY) -m streamlit run app.py $$args

demo: export DATA_DIR := data/demo
demo: export DATABASE_URL :=
demo: export DEMONSTRATION := true
demo: .venv/.app
	@$(PY) -m demo $(if $(DATE),--date $(DATE)) $(if $(SCALE),--scale $(SCALE))
	@args=$$($(PY) -c '$(REGLAGES)') && exec $(PY) -m streamlit run app.py $$args

PARALLELE := -n 3 --dist loadfile --no-loadscope-reorder

test: systeme .venv/.dev
	@$(PY) -m pytest $(PARALLELE) -rs --durations=10 $(if $(SECTION),--section $(SECTION))

hasard: systeme .venv/.dev
	@graine=$(or $(GRAINE),$$(date +%s)); echo "make hasard GRAINE=$$graine"; \
	$(PY) -m pytest $(PARALLELE) -m "not browser" -p randomly --randomly-seed=$$graine --melange=$$graine

check: lint systeme
	@$(PY) -m pytest tests/test_imports.py tests/test_migrations.py tests/test_migrations_remplies.py

# What .ci/run does before `make test`, whose tests hold the rest of `make check`.
lint: .venv/.dev
	@$(PY) -m ruff check . && $(PY) -m ruff format --check .
	@$(PY) -m mypy

bench: systeme .venv/.dev
	@$(PY) -m benchmarks

mutants: .venv/.dev
	@$(PY) scripts/mutants.py $(if $(SEED),--seed $(SEED)) $(if $(N),-n $(N))

# --- what they stand on ------------------------------------------------------

.venv/.app: $(LOCK) | $(UV)
	@$(UV) sync --frozen --inexact --no-dev >&2 && touch $@

.venv/.dev: $(LOCK) | $(UV)
	@$(UV) sync --frozen >&2 && touch $@ .venv/.app

# Debian refuses a plain `pip install`; --target is allowed.
.uv/bin/uv:
	@python3 -m pip --version >/dev/null 2>&1 || sh scripts/apt.sh python3-pip
	@python3 -m pip install --quiet --disable-pip-version-check --target .uv 'uv>=0.13,<1' >&2

systeme:
	@$(if $(strip $(APT)),sh scripts/apt.sh $(APT),:)
