#!/bin/sh
# Takes what the official images of Postgres and Redis take, as far as Doorbuster relies on it: their variables, their
# arguments, a start as root and a server that is not, listening on every interface of the container.
set -eu

case "${1:-}" in
postgres)
  : "${POSTGRES_PASSWORD:?You must specify POSTGRES_PASSWORD}"
  export PGDATA="${PGDATA:-/var/lib/postgresql/data}"
  if [ "$(id -u)" = 0 ]; then
    mkdir -p "$PGDATA" /var/run/postgresql
    chmod 0700 "$PGDATA"
    chown postgres "$PGDATA" /var/run/postgresql
    exec setpriv --reuid postgres --regid postgres --clear-groups "$0" "$@"
  fi
  if [ ! -s "$PGDATA/PG_VERSION" ]; then
    printf '%s\n' "$POSTGRES_PASSWORD" >/tmp/password
    # Words of POSTGRES_INITDB_ARGS are arguments.
    # shellcheck disable=SC2086
    initdb --username="${POSTGRES_USER:-postgres}" --pwfile=/tmp/password --auth-local=trust \
      --auth-host=scram-sha-256 ${POSTGRES_INITDB_ARGS:-}
    rm /tmp/password
    echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
    echo "listen_addresses = '*'" >>"$PGDATA/postgresql.conf"
  fi
  ;;
redis-server)
  if [ "$(id -u)" = 0 ]; then
    chown redis .
    exec setpriv --reuid redis --regid redis --clear-groups "$0" "$@"
  fi
  ;;
esac

exec "$@"
