"""Passwords as the servers keep them, beside what their documents give as examples."""

from __future__ import annotations

import pytest

from balian.provisioning.passwords import broker_hash, is_broker_hash_of, is_verifier_of


def test_a_hash_is_made_as_the_brokers_documents_say() -> None:
    # RabbitMQ, "Credentials and Passwords": the password test12 with the salt 90 8D C6 0A.
    assert is_broker_hash_of("test12", "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR")


def test_every_hash_has_a_salt_of_its_own_and_fits_its_password_alone() -> None:
    hashes = {broker_hash("words") for _ in range(5)}

    assert len(hashes) == 5
    assert all(is_broker_hash_of("words", hashed) for hashed in hashes)
    assert not any(is_broker_hash_of("other", hashed) for hashed in hashes)


@pytest.mark.parametrize("hashed", ["", "no base64!", "AAAA", "é"])
def test_what_is_no_hash_of_the_broker_fits_no_password(hashed: str) -> None:
    assert not is_broker_hash_of("words", hashed)


# Made by PostgreSQL 15 of the password "words".
VERIFIER = (
    "SCRAM-SHA-256$4096:r0y8s+GY5M0mALydQki0oQ==$"
    "g5n7FS0/Ye9SNukVL2ztkjZcZBBzGB4hEj3mT7i6CC4=:aH1yZRBrBzPZG52A746vLBb8C+JrUwBXpHsRZZ+QKSs="
)


def test_a_verifier_fits_its_password_alone() -> None:
    assert is_verifier_of("words", VERIFIER)
    assert not is_verifier_of("other", VERIFIER)


@pytest.mark.parametrize(
    "verifier",
    ["", "md5a3556571e93b0d20722ba62be61e8c2d", "SCRAM-SHA-256$x:y$z", "SCRAM-SHA-256$1:$=:"],
)
def test_what_is_no_verifier_fits_no_password(verifier: str) -> None:
    assert not is_verifier_of("words", verifier)
