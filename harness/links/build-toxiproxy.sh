#!/bin/sh
# Builds Shopify's Toxiproxy server with Go, for the conformance suite and `--toxiproxy binary`. Prints the path of the binary.
# TOXIPROXY_VERSION: a version of the module. By default the one the embedded server was measured against ("latest" may give a proxy's older one).
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
version=${TOXIPROXY_VERSION:-v2.12.0}
target="$root/.build/toxiproxy"
command -v go >/dev/null || { echo "build-toxiproxy.sh: no go on the PATH; install Go, or set TOXIPROXY_BIN to a toxiproxy-server" >&2; exit 1; }
bin=$(mktemp -d)
trap 'rm -rf "$bin"' EXIT
GOBIN="$bin" GOFLAGS=-mod=mod go install "github.com/Shopify/toxiproxy/v2/cmd/server@$version"
mkdir -p "$target"
mv "$bin/server" "$target/toxiproxy-server"
echo "$target/toxiproxy-server"
