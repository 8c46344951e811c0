#!/bin/sh
# Every static check, side by side, told one after the other by name; all run, and any failure fails the whole.
set -u
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$work"' EXIT
count=0
step() {
  count=$((count + 1))
  echo "$1" >"$work/$count.name"; shift
  { LILO_DATA_DIR="$work/$count" "$@" >"$work/$count.out" 2>&1; echo $? >"$work/$count.status"; } &
}
step "types (mypy)" mypy .
step "style (ruff)" ruff check .
step "format (ruff)" ruff format --check .
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
wait

failed=0 told=0
while [ $told -lt $count ]; do
  told=$((told + 1))
  if [ "$(cat "$work/$told.status")" = 0 ]; then echo "ok    $(cat "$work/$told.name")"
  else echo "FAIL  $(cat "$work/$told.name")"; cat "$work/$told.out"; failed=1; fi
done
exit $failed
