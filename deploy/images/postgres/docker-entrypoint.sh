#!/bin/sh
# Make the database cluster on the first start, then run the server.
# It is made beside its place and moved there whole, so that a kill leaves all of it or nothing; hence
# PGDATA is a directory inside the volume and never the volume itself.
set -eu

if [ "${1:-}" = postgres ] && [ ! -s "$PGDATA/PG_VERSION" ]; then
    if [ ! -r "${POSTGRES_PASSWORD_FILE:-}" ]; then
        printf '%s\n' 'POSTGRES_PASSWORD_FILE: is missing or cannot be read; a new cluster needs a password' >&2
        exit 1
    fi
    making=$PGDATA.making
    rm -rf "$making"
    # shellcheck disable=SC2086  # the arguments of initdb are several words
    initdb --pgdata "$making" --username "${POSTGRES_USER:-postgres}" \
        --pwfile "$POSTGRES_PASSWORD_FILE" --encoding UTF8 --locale C.UTF-8 \
        --auth scram-sha-256 ${POSTGRES_INITDB_ARGS:-} >&2
    {
        printf '\n# Whoever comes over the network shows a password.\n'
        printf 'host all all all scram-sha-256\n'
    } >> "$making/pg_hba.conf"
    printf "listen_addresses = '*'\n" >> "$making/postgresql.conf"
    mv "$making" "$PGDATA"
fi
exec "$@"
