#!/bin/sh
# Loads wiremock-fixtures/ into the real WireMock once: every mapping must load and answer.
#
#   .ci/wiremock.sh [CACHE_FOLDER]
#
# Fetches the npm package `wiremock` into CACHE_FOLDER (default: a temporary folder), never into the tree. Without Java or
# npm, or where npm gives no package, it says `skipped: ...` and ends with 0.
set -eu

version=3.13.2
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
cache=${1:-$work/cache}
server=

stop() {
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM

for tool in java npm python3; do
    if ! command -v "$tool" >/dev/null 2>&1; then
        echo "skipped: wiremock (no $tool)"
        exit 0
    fi
done

jar=$cache/node_modules/wiremock/build/wiremock-standalone-$version.jar
if [ ! -f "$jar" ]; then
    mkdir -p "$cache"
    if ! npm install --prefix "$cache" --no-save --no-fund --no-audit --loglevel=error "wiremock@$version" \
        >"$work/npm.log" 2>&1; then
        tail -n 3 "$work/npm.log" >&2
        echo "skipped: wiremock (npm cannot install wiremock@$version)"
        exit 0
    fi
fi

# A copy, because the server makes folders beside the mappings.
mkdir "$work/root"
cp -R "$root/wiremock-fixtures/mappings" "$work/root/mappings"
java -jar "$jar" --root-dir "$work/root" --bind-address 127.0.0.1 --port 0 --no-request-journal \
    >"$work/server.log" 2>&1 &
server=$!
if ! python3 "$root/wiremock-fixtures/check_server.py" "$work/root/mappings" "$work/server.log" "$server"; then
    tail -n 20 "$work/server.log" >&2
    exit 1
fi
