#!/usr/bin/env bash
# Every check, cheapest first; `scripts/test.sh fast` stops before Rasa and the browser.
set -euo pipefail
cd "$(dirname "$0")/.."

python=.venv/bin/python
# Compiled tests are kept between runs, whatever the shell says.
export PYTHONDONTWRITEBYTECODE=
quick="not rasa and not browser and not slow and not chaos"

step() { printf '\n== %s\n' "$*"; }

if [ "${1:-}" != fast ]; then
    step "lint"
    "$python" -m ruff check .
    "$python" -m ruff format --check .

    # One core is enough for the types; the tests have the other meanwhile.
    typed="$(mktemp)"
    trap 'rm -f "$typed"' EXIT
    "$python" -m mypy bot actions knowledge_base > "$typed" 2>&1 &
    types=$!
fi

step "fast tests"
# One thread of arithmetic each: two processes whose threads wait for one another are slower.
OMP_NUM_THREADS=1 "$python" -m pytest -m "$quick" -n 2 --dist loadfile

if [ "${1:-}" != fast ]; then
    step "types"
    wait "$types" || { cat "$typed"; exit 1; }
    cat "$typed"

    step "a browser for the rest"
    CHROMIUM_PATH="$("$python" scripts/chromium.py)"
    export CHROMIUM_PATH
    echo "$CHROMIUM_PATH"

    step "slow tests, pages in a browser, and tests with Rasa and killed processes, two at a time"
    "$python" -m pytest -m "not ($quick) and not timed" -n 2 --dist loadgroup --durations=12

    step "tests that promise a time within which a page changes"
    "$python" -m pytest -m timed $(grep -rl --include='*.py' "pytest.mark.timed" tests)
fi
