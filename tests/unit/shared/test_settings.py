"""Settings: read once, and every fault told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.clock import ClockKind
from shared.settings import SETTINGS, Settings, SettingsInvalid

EMBEDDED = {"AMQP_URI": "embedded://county", "STORE_DIR": "/var/lib/balian"}


def test_what_is_not_told_has_a_sound_default() -> None:
    settings = Settings.from_mapping(EMBEDDED)

    assert settings.clock is ClockKind.SYSTEM
    assert settings.store_url("intake") == "sqlite:////var/lib/balian/intake.sqlite3"
    assert settings.keys_directory == Path("/var/lib/balian/keys")
    assert settings.creates_keys
    assert settings.nodes == ()


def test_a_deployment_names_its_store_and_its_keys() -> None:
    settings = Settings.from_mapping(
        {
            "AMQP_URI": "amqp://intake:secret@rabbit:5672/balian",
            "STORE_URL": "postgresql+psycopg://intake:secret@db/{service}",
            "KEYS_DIR": "/run/keys",
            "CLOCK": "simulated",
            "NODE": "sanchakou",
            "NODES": "county, sanchakou",
        }
    )

    assert settings.store_url("reception_sanchakou").endswith("@db/reception_sanchakou")
    assert not settings.creates_keys
    assert settings.clock is ClockKind.SIMULATED
    assert settings.nodes == ("county", "sanchakou")
    assert "secret" not in repr(settings)


def test_the_environment_wins_over_the_configuration() -> None:
    settings = Settings.read({"LOG_LEVEL": "debug", "PATH": "/bin"}, EMBEDDED)

    assert settings.log_level == "DEBUG"


def test_a_node_is_one_of_the_nodes() -> None:
    settings = Settings.from_mapping(EMBEDDED | {"NODE": "sanchakou", "NODES": "county"})

    assert settings.nodes == ("county", "sanchakou")


def test_every_fault_is_told_at_once_and_no_value() -> None:
    with pytest.raises(SettingsInvalid) as invalid:
        Settings.from_mapping(
            {
                "AMQP_URI": "http://someone:secret@rabbit",
                "CLOCK": "sundial",
                "STORE_DIR": "/a",
                "STORE_URL": "sqlite:////b",
                "CALL_TIMEOUT": "-1",
                "BUS_TIMEOUT": "soon",
                "LARGEST_MESSAGE": "0",
                "LOG_LEVEL": "LOUD",
                "NODE": "三岔口",
                "STORE_DIRR": "/c",
            }
        )

    faulty = {fault.partition(":")[0] for fault in invalid.value.faults}
    assert faulty == {
        "AMQP_URI",
        "CLOCK",
        "STORE_URL, STORE_DIR",
        "CALL_TIMEOUT",
        "BUS_TIMEOUT",
        "LARGEST_MESSAGE",
        "LOG_LEVEL",
        "NODE",
        "STORE_DIRR",
    }
    assert "secret" not in str(invalid.value)


def test_what_is_missing_says_what_it_is_for() -> None:
    with pytest.raises(SettingsInvalid) as invalid:
        Settings.from_mapping({"STORE_URL": "sqlite://"})

    assert set(invalid.value.faults) == {
        f"AMQP_URI: is missing; {SETTINGS['AMQP_URI']}",
        f"KEYS_DIR: is missing; {SETTINGS['KEYS_DIR']}",
    }


def test_nameko_may_have_settings_of_its_own() -> None:
    config = EMBEDDED | {"max_workers": 10, "AMQP_SSL": {"ca": "x"}, "WEB_SERVER_ADDRESS": ":1"}

    assert Settings.from_mapping(config).amqp_uri == "embedded://county"
