#!/usr/bin/env bash
# Runs a command with a Docker engine: the one that answers already, else a private one that is gone afterwards.
#   scripts/with-docker-engine.sh npx vitest run --project integration src/services/docker
# The private one needs root and dockerd. It keeps everything in a folder of its own and touches no firewall: ports are
# published by Docker's own proxy. Leaves with the command's exit code.
set -euo pipefail

answers() { timeout 10 docker version >/dev/null 2>&1; }

if answers; then exec "$@"; fi

folder=$(mktemp -d /tmp/doorbuster-dockerd.XXXXXX)
export DOCKER_HOST="unix://$folder/docker.sock"
had_bridge=$(ip link show docker0 >/dev/null 2>&1 && echo yes || echo no)
engine=

stop() {
  if [[ -n "$engine" ]] && kill -TERM "$engine" 2>/dev/null; then
    # It stops its containers and containerd first; what hangs is ended.
    for _ in $(seq 150); do kill -0 "$engine" 2>/dev/null || break; sleep 0.2; done
    if kill -KILL "$engine" 2>/dev/null; then
      local containerd
      containerd=$(cat "$folder/exec/containerd/containerd.pid" 2>/dev/null || true)
      [[ -z "$containerd" ]] || kill -KILL "$containerd" 2>/dev/null || true
    fi
    wait "$engine" 2>/dev/null || true
  fi
  [[ "$had_bridge" == yes ]] || ip link delete docker0 2>/dev/null || true
  awk -v under="$folder/" 'index($2, under) == 1 { print $2 }' /proc/mounts | sort -r | xargs --no-run-if-empty umount --lazy
  rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Layers that share what they have in common, where this file system can; else whole copies, which are slow.
storage_driver() {
  local try=$folder/overlay driver=vfs
  mkdir -p "$try"/{lower,upper,work,merged}
  if mount -t overlay overlay -o "lowerdir=$try/lower,upperdir=$try/upper,workdir=$try/work" "$try/merged" 2>/dev/null; then
    umount "$try/merged"
    driver=overlay2
  fi
  rm -rf "$try"
  echo "$driver"
}

# In a session of its own: a Ctrl-C is for the command, which still needs the engine to clean up.
setsid dockerd --data-root "$folder/data" --exec-root "$folder/exec" --pidfile "$folder/pid" --host "$DOCKER_HOST" \
  --storage-driver "$(storage_driver)" --iptables=false --ip6tables=false --ip-forward=false >"$folder/log" 2>&1 &
engine=$!
for _ in $(seq 150); do
  answers && break
  if ! kill -0 "$engine" 2>/dev/null; then engine=; fi
  [[ -n "$engine" ]] || break
  sleep 0.2
done
if ! answers; then
  echo "with-docker-engine: dockerd does not start. The end of its log:" >&2
  tail -n 20 "$folder/log" >&2
  exit 5
fi

"$@"
