"""Passwords as RabbitMQ and PostgreSQL keep them: salted, and never as they are."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from typing import Final

HASHING: Final = "rabbit_password_hashing_sha256"
_SALT_BYTES: Final = 4


def broker_hash(password: str) -> str:
    """Hash a password as RabbitMQ does: base64 of a salt of four bytes and the SHA-256 of both.

    Source: RabbitMQ, "Credentials and Passwords", computing password hashes.
    """
    return _broker_hash(password, os.urandom(_SALT_BYTES))


def is_broker_hash_of(password: str, hashed: str) -> bool:
    """Tell whether a hash that the broker keeps is that of this password."""
    try:
        salt = base64.b64decode(hashed, validate=True)[:_SALT_BYTES]
    except ValueError:
        return False
    return hmac.compare_digest(_broker_hash(password, salt), hashed)


def _broker_hash(password: str, salt: bytes) -> str:
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def is_verifier_of(password: str, verifier: str) -> bool:
    """Tell whether a SCRAM verifier that PostgreSQL keeps is that of this password.

    It reads ``SCRAM-SHA-256$<iterations>:<salt>$<stored key>:<server key>``; source: RFC 5803.
    """
    try:
        mechanism, cost, keys = verifier.split("$")
        iterations, salt = cost.split(":")
        stored_key = base64.b64decode(keys.partition(":")[0], validate=True)
        salted = hashlib.pbkdf2_hmac(
            "sha256", password.encode(), base64.b64decode(salt, validate=True), int(iterations)
        )
    except ValueError:
        return False
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    return mechanism == "SCRAM-SHA-256" and hmac.compare_digest(
        hashlib.sha256(client_key).digest(), stored_key
    )
