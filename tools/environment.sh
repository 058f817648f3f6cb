#!/bin/sh
# Makes .venv hold exactly what a lock in requirements/ names, so that `make run` and `make test` need nothing but
# Python 3.11 or later and a package index. Usage: sh tools/environment.sh run|test|bench
#
# A stamp inside .venv holds a checksum of the lock, of pyproject.toml and of the interpreter's version. When it fits,
# nothing is asked of the network. bench contains test, and test contains run.
set -eu
cd "$(dirname "$0")/.."
wanted="${1:-run}"
venv="${SAXAUL_VENV:-.venv}"
export PIP_DISABLE_PIP_VERSION_CHECK=1 UV_PYTHON_DOWNLOADS=never

say() { printf '%s\n' "$*" >&2; }

find_python() {
    for candidate in ${PYTHON:-python3.11 python3.12 python3.13 python3}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            command -v "$candidate"
            return
        fi
    done
    say "Not installed. Saxaul needs Python 3.11 or later and found none; install it, or name one: make PYTHON=/path/to/python3.11"
    exit 1
}

stamp_of() { # the set: what its stamp must say to be current
    { cat pyproject.toml "requirements/$1.txt"; "$python" --version; } | cksum
}

is_current() { [ -x "$venv/bin/python" ] && [ "$(cat "$venv/.stamp-$1" 2>/dev/null)" = "$(stamp_of "$1")" ]; }

current() { # a larger set serves a smaller wish
    case "$wanted" in
        run) is_current run || is_current test || is_current bench ;;
        test) is_current test || is_current bench ;;
        *) is_current "$wanted" ;;
    esac
}

make_venv() {
    if command -v uv >/dev/null 2>&1; then
        uv venv --quiet --python "$python" "$venv"
        return
    fi
    if ! "$python" -c 'import ensurepip' >/dev/null 2>&1; then
        package="python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && [ -z "${SAXAUL_NO_APT:-}" ]; then
            say "This Python cannot make virtual environments: installing $package."
            apt-get update -qq && apt-get install -y -qq --no-install-recommends "$package" >/dev/null
        else
            say "Not installed. This Python cannot make virtual environments; as root: apt-get install $package. Then run make again."
            exit 1
        fi
    fi
    "$python" -m venv "$venv"
}

install_lock() {
    if command -v uv >/dev/null 2>&1; then
        uv pip install --quiet --python "$venv/bin/python" --require-hashes -r "requirements/$wanted.txt"
        uv pip install --quiet --python "$venv/bin/python" --no-deps --no-build-isolation --editable .
        return
    fi
    "$venv/bin/python" -m pip --version >/dev/null 2>&1 || "$venv/bin/python" -m ensurepip >/dev/null
    "$venv/bin/python" -m pip install --quiet --require-hashes -r "requirements/$wanted.txt"
    "$venv/bin/python" -m pip install --quiet --no-deps --no-build-isolation --editable .
}

[ -f "requirements/$wanted.txt" ] || { say "Not installed. There is no requirements/$wanted.txt; write run, test or bench."; exit 2; }
python="$(find_python)"
if ! current; then
    began=$(date +%s)
    if [ -x "$venv/bin/python" ]; then
        [ "$("$venv/bin/python" --version)" = "$("$python" --version)" ] || { rm -rf "$venv"; make_venv; }
    else
        rm -rf "$venv" && make_venv
    fi
    say "Installing $(grep -c '==' "requirements/$wanted.txt") packages into $venv (once; about a minute, by your line)."
    install_lock
    stamp_of "$wanted" >"$venv/.stamp-$wanted"
    say "Installed in $(($(date +%s) - began)) s."
fi
