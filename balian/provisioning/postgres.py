"""One role and one database for each service, and nobody else let in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from balian.provisioning.passwords import is_verifier_of

_LOCK: Final = 0x62616C69616E  # "balian": two provisioners take turns.
_CONNECT_TIMEOUT: Final = 5
_ATTRIBUTES: Final = sql.SQL(
    "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT"
)
_CLOSED: Final = ("postgres", "template1")
"""Databases every server has, into which a new role could otherwise look."""

Passwords = Callable[[str], str]
KnownPasswords = Callable[[str], str | None]
"""For comparing: None for a service whose password is kept elsewhere, such as on a township."""
Connection = psycopg.Connection[Any]


class DatabaseServer:
    """A PostgreSQL server, as its administrator sees it.

    Args:
        url: the administrator's, as SQLAlchemy writes it, without the password.
        password: the administrator's.
    """

    def __init__(self, url: str, password: str | None) -> None:
        place = make_url(url)
        self._parameters: dict[str, Any] = {
            **place.query,
            "host": place.host or place.query.get("host"),
            "port": place.port or place.query.get("port"),
            "user": place.username,
            "password": password or place.password,
            "dbname": place.database or "postgres",
            "connect_timeout": _CONNECT_TIMEOUT,
        }

    def require_ready(self) -> None:
        """Return if the server lets the administrator in.

        Raises:
            psycopg.OperationalError: it does not yet.
        """
        with self._connected():
            pass

    def bring_about(self, services: Sequence[str], passwords: Passwords) -> list[str]:
        """Make what is not there or differs for each service; name what was changed.

        Raises:
            psycopg.Error: the administrator may not do it.
        """
        changed: list[str] = []
        with self._connected() as administrator:
            # A lock of the session: a provisioner that is killed lets go of it.
            administrator.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
            for name in _CLOSED:
                changed += _close(administrator, name)
            for service in services:
                changed += _bring_role(administrator, service, passwords(service))
                changed += _bring_database(administrator, service)
                changed += _close(administrator, service)
                changed += self._bring_schema(service)
        return changed

    def differences(self, services: Sequence[str], passwords: KnownPasswords) -> Iterator[str]:
        """Iterate over everything in which the server differs from what the services need."""
        with self._connected() as administrator:
            for service in services:
                role, password = _role(administrator, service), passwords(service)
                if role is None:
                    yield f"missing: role {service}"
                elif not _is_plain(role):
                    yield f"role {service} may do more or less than a service needs"
                elif password and not is_verifier_of(password, role["rolpassword"] or ""):
                    yield f"role {service} has another password"
                owner = _owner(administrator, service)
                if owner != service:
                    yield (
                        f"missing: database {service}"
                        if owner is None
                        else f"database {service} belongs to {owner}"
                    )
            for name in (*_CLOSED, *services):
                if _is_open(administrator, name):
                    yield f"database {name} is open to every role"

    def _bring_schema(self, service: str) -> Iterator[str]:
        """Keep others from making tables where a server before version 15 lets everyone."""
        with self._connected(service) as administrator:
            is_open = administrator.execute(
                "SELECT has_schema_privilege('public', 'public', 'CREATE') AS it"
            ).fetchone()
            if is_open is not None and is_open["it"]:
                administrator.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
                administrator.execute(
                    sql.SQL("GRANT ALL ON SCHEMA public TO {}").format(sql.Identifier(service))
                )
                yield f"schema of {service}"

    @contextmanager
    def _connected(self, database: str | None = None) -> Iterator[Connection]:
        parameters = {name: value for name, value in self._parameters.items() if value is not None}
        if database is not None:
            parameters["dbname"] = database
        with psycopg.connect(
            **parameters, autocommit=True, row_factory=psycopg.rows.dict_row
        ) as connection:
            yield connection


def _role(administrator: Connection, name: str) -> dict[str, Any] | None:
    query = "SELECT * FROM pg_authid WHERE rolname = %s"
    role: dict[str, Any] | None = administrator.execute(query, (name,)).fetchone()
    return role


def _is_plain(role: dict[str, Any]) -> bool:
    more = ("rolsuper", "rolcreatedb", "rolcreaterole", "rolreplication", "rolbypassrls")
    return bool(role["rolcanlogin"]) and not any(role[name] for name in more)


def _bring_role(administrator: Connection, name: str, password: str) -> Iterator[str]:
    role = _role(administrator, name)
    if role and _is_plain(role) and is_verifier_of(password, role["rolpassword"] or ""):
        return
    # Hashed here: the server may log the statement.
    verifier = administrator.pgconn.encrypt_password(
        password.encode(), name.encode(), b"scram-sha-256"
    ).decode()
    verb = sql.SQL("CREATE" if role is None else "ALTER")
    administrator.execute(
        sql.SQL("{} ROLE {} {} PASSWORD {}").format(
            verb, sql.Identifier(name), _ATTRIBUTES, sql.Literal(verifier)
        )
    )
    yield f"role {name}"


def _owner(administrator: Connection, database: str) -> str | None:
    query = "SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = %s"
    row = administrator.execute(query, (database,)).fetchone()
    return None if row is None else str(row["owner"])


def _bring_database(administrator: Connection, name: str) -> Iterator[str]:
    owner, identifier = _owner(administrator, name), sql.Identifier(name)
    if owner == name:
        return
    statement = "CREATE DATABASE {} OWNER {}" if owner is None else "ALTER DATABASE {} OWNER TO {}"
    administrator.execute(sql.SQL(statement).format(identifier, identifier))
    yield f"database {name}"


def _is_open(administrator: Connection, database: str) -> bool:
    """Tell whether any role may connect to a database or make temporary tables in it."""
    query = """
        SELECT 1 FROM pg_database,
            aclexplode(coalesce(datacl, acldefault('d', datdba))) AS granted
        WHERE datname = %s AND granted.grantee = 0
    """
    return administrator.execute(query, (database,)).fetchone() is not None


def _close(administrator: Connection, database: str) -> Iterator[str]:
    if _is_open(administrator, database):
        administrator.execute(
            sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database))
        )
        yield f"closed database {database}"
