#!/bin/sh
# Every static check, each by name; all run, and any failure fails the whole.
set -u
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
LILO_DATA_DIR=$(mktemp -d)
export LILO_DATA_DIR
trap 'rm -rf "$LILO_DATA_DIR"' EXIT
failed=0
step() {
  name=$1; shift
  if output=$("$@" 2>&1); then echo "ok    $name"; else echo "FAIL  $name"; echo "$output"; failed=1; fi
}
step "style (ruff)" ruff check .
step "format (ruff)" ruff format --check .
step "types (mypy)" mypy .
step "security (bandit)" bandit -q -c pyproject.toml -r lilo_site companion billing knowledge
step "imports (import-linter)" lint-imports
step "dependencies (deptry)" deptry .
step "templates (djlint)" djlint templates --lint
step "django" python manage.py check --fail-level WARNING
step "django, deployed" env LILO_ENV=production ALLOWED_HOSTS=lilo.example \
  ADMINS=olga@lilo.example ALERT_OPERATORS=mailto://olga@lilo.example SECRET_KEY=$(head -c 48 /dev/urandom | base64 -w0) \
  FIELD_KEYS="k1:$(head -c 32 /dev/urandom | base64 -w0)" BLIND_INDEX_KEY=$(head -c 32 /dev/urandom | base64 -w0) \
  TOKEN_SIGNING_KEYS="$(openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 2>/dev/null)" \
  python manage.py check --deploy --fail-level WARNING
step "migrations" python manage.py makemigrations --check --dry-run
step "corpus" python manage.py lint_corpus
exit $failed
