#!/bin/sh
# Install into .venv with uv, where it is present or pip can fetch it, else with pip.
#   install.sh REQUIREMENTS [TORCH_BACKEND] [uv options for pyproject.toml ...]
set -eu
cd "$(dirname "$0")/.."
requirements=$1 backend=${2:-}
[ $# -ge 2 ] && shift 2 || shift $#

python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Lilo needs Python 3.11 or newer; set PYTHON=... to point at one." >&2; exit 1; }
[ -x .venv/bin/python ] || "$python" -m venv .venv

if command -v uv >/dev/null 2>&1; then uv=uv
elif [ -x .venv/bin/uv ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check uv; then uv=.venv/bin/uv
else uv=; fi

echo "Installing what Lilo needs (the first time takes a minute or two) ..."
if [ -n "$uv" ] && [ -n "$backend" ]; then
  "$uv" pip install --quiet --python .venv/bin/python --torch-backend "$backend" -r pyproject.toml "$@"
elif [ -n "$uv" ]; then
  "$uv" pip install --quiet --python .venv/bin/python --require-hashes -r "$requirements"
else
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$requirements"
fi
