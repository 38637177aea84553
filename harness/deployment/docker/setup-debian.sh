#!/bin/sh
# Makes a Debian machine ready for `--deployment docker`, the clock faults and the tests of the report's page: installs docker.io, faketime and
# chromium from Debian's packages and starts dockerd where no service manager runs. For root; idempotent; quick when all is there.
# Exits 0 when an engine answers at the end, else 1 with one line that says why.
set -eu
log=/var/log/rocketmq-jepsen-dockerd.log
socket=/var/run/docker.sock

stop() { echo "setup-debian.sh: $1" >&2; exit 1; }
engine_answers() { [ -S "$socket" ] && timeout 5 docker -H "unix://$socket" version >/dev/null 2>&1; }

[ "$(id -u)" = 0 ] || stop "wants root, to install packages and start dockerd; run it with sudo"

missing=""
# A client alone (a `docker` of another vendor) is no engine.
command -v dockerd >/dev/null 2>&1 || engine_answers || missing="docker.io iptables"
command -v faketime >/dev/null 2>&1 || missing="$missing faketime"
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
if [ -n "$missing" ]; then
  command -v apt-get >/dev/null 2>&1 || stop "wants$missing, and knows only apt-get to install them; install them by hand"
  export DEBIAN_FRONTEND=noninteractive
  quiet=$(mktemp)
  # shellcheck disable=SC2086 # one word for each package
  { apt-get -q update && apt-get -q install -y --no-install-recommends $missing; } >"$quiet" 2>&1 || {
    tail -n 5 "$quiet" >&2
    rm -f "$quiet"
    stop "apt-get could not install $missing"
  }
  rm -f "$quiet"
  echo "setup-debian.sh: installed $missing"
fi

engine_answers && exit 0
if [ -d /run/systemd/system ]; then
  systemctl start docker || stop "systemctl start docker failed; see journalctl -u docker"
  engine_answers || stop "docker is started and does not answer on $socket"
  exit 0
fi

# No service manager: dockerd runs by itself. What a kernel lacks differs: the usual settings first, then those that need less of it.
for flags in "" "--storage-driver=vfs" "--storage-driver=vfs --iptables=false --ip6tables=false"; do
  rm -f /var/run/docker.pid
  # shellcheck disable=SC2086 # one word for each flag
  setsid nohup dockerd -H "unix://$socket" $flags >"$log" 2>&1 </dev/null &
  engine=$!
  waited=0
  while [ $waited -lt 150 ] && kill -0 $engine 2>/dev/null; do
    if engine_answers; then
      echo "setup-debian.sh: started dockerd${flags:+ $flags}"
      exit 0
    fi
    sleep 0.2
    waited=$((waited + 1))
  done
  # It may hang half-way instead of ending.
  kill $engine 2>/dev/null && wait $engine 2>/dev/null || true
done
stop "dockerd does not run here: $(grep -E 'level=(error|fatal)|^failed' "$log" | tail -n 1 || true) (all of it: $log)"
