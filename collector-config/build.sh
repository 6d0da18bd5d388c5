#!/usr/bin/env bash
# Builds the Collector of builder.yaml with the Collector's own builder, once for each manifest,
# and prints where the binary is. The cache is outside the tree, so checkouts share it.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
manifest="$here/builder.yaml"
builder_version=v0.158.0

sha256() { sha256sum "$1" 2>/dev/null || shasum -a 256 "$1"; }

key="$(sha256 "$manifest" | cut -c1-16)"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/otel-agents/tools/$key"
binary="$cache/otelcol"

if [[ -x $binary ]]; then
  echo "$binary"
  exit 0
fi
if ! command -v go >/dev/null 2>&1; then
  echo "otelcol cannot be built: go is not on PATH (https://go.dev/dl; without it the live tests are skipped)" >&2
  exit 1
fi

mkdir -p "$cache"
work="$(mktemp -d "$cache/build.XXXXXX")"
trap 'chmod -R u+w "$work" && rm -rf "$work"' EXIT
echo "building otelcol into $cache: some minutes, once for this manifest" >&2

run() {
  nice -n 10 "$@" >>"$work/log" 2>&1 && return
  tail -n 20 "$work/log" >&2
  echo "otelcol cannot be built: $* failed; it needs the Go module proxy" >&2
  exit 1
}

export CGO_ENABLED=0
GOBIN="$work/bin" run go install "go.opentelemetry.io/collector/cmd/builder@$builder_version"
# The builder writes beside the place it is called from, and takes the folder only from the manifest.
awk -v out="$work/out" '{ print } /^dist:/ { print "  output_path: " out }' "$manifest" >"$work/builder.yaml"
run "$work/bin/builder" --config "$work/builder.yaml"
# Renamed in one step: a build that breaks off, or runs beside another, leaves no half a binary.
mv "$work/out/otelcol" "$binary"
echo "$binary"
