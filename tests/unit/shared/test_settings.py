"""Settings: read once, and every fault told at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from kombu.utils.url import parse_url
from sqlalchemy import make_url

from shared.clock import ClockKind
from shared.settings import SETTINGS, BusRights, Settings, SettingsInvalid

EMBEDDED = {"AMQP_URI": "embedded://county", "STORE_DIR": "/var/lib/balian"}


def test_what_is_not_told_has_a_sound_default() -> None:
    settings = Settings.from_mapping(EMBEDDED)

    assert settings.clock is ClockKind.SYSTEM
    assert settings.store_url("intake") == "sqlite:////var/lib/balian/intake.sqlite3"
    assert settings.keys_directory("intake") == Path("/var/lib/balian/keys")
    assert settings.creates_keys
    assert settings.nodes == ()
    assert settings.bus_rights is BusRights.SHARED
    assert settings.regime == "county"
    assert settings.health_port == 0
    assert settings.health_host == "127.0.0.1"


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
                "BUS_RIGHTS": "all",
                "HEALTH_PORT": "70000",
                "METRICS_ADDRESS": "node:0",
                "NODE_TERRITORY": "三岔口镇",
                "NODE_DEPARTMENT": "Housing",
                "NODE_OPENING": "once more",
                "REGIME": "no such",
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
        "BUS_RIGHTS",
        "HEALTH_PORT",
        "METRICS_ADDRESS",
        "NODE_TERRITORY",
        "NODE_DEPARTMENT",
        "NODE_OPENING",
        "REGIME",
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

    assert Settings.from_mapping(config).bus_uri("intake") == "embedded://county"


PASSWORD = "p:a/s@s;w?o#r%d 口令"  # noqa: S105 - made up, to hold every awkward character.


def deployment(directory: Path, **more: str) -> dict[str, str]:
    for secret in ("amqp_intake", "store_intake"):
        (directory / secret).write_text(f"{PASSWORD}\n", encoding="utf-8")
    return {
        "AMQP_URI": "amqp://{service}@one:5672/balian;amqp://{service}@two:5672/balian",
        "AMQP_PASSWORD_FILE": f"{directory}/amqp_{{service}}",
        "STORE_URL": "postgresql+psycopg://{service}@postgres:5432/{service}",
        "STORE_PASSWORD_FILE": f"{directory}/store_{{service}}",
        "KEYS_DIR": "/var/lib/balian/{service}/keys",
        "BUS_RIGHTS": "own",
        **more,
    }


def test_a_password_from_a_file_reaches_every_broker_whatever_its_characters(
    tmp_path: Path,
) -> None:
    settings = Settings.from_mapping(deployment(tmp_path))

    brokers = [parse_url(each) for each in settings.bus_uri("intake").split(";")]

    assert [each["hostname"] for each in brokers] == ["one", "two"]
    assert {each["userid"] for each in brokers} == {"intake"}
    assert {each["password"] for each in brokers} == {PASSWORD}
    assert {each["virtual_host"] for each in brokers} == {"balian"}


def test_a_password_from_a_file_reaches_the_store_whatever_its_characters(tmp_path: Path) -> None:
    settings = Settings.from_mapping(deployment(tmp_path))

    store = make_url(settings.store_url("intake"))

    assert (store.username, store.password) == ("intake", PASSWORD)
    assert (store.host, store.database) == ("postgres", "intake")


def test_each_service_has_keys_of_its_own_where_the_setting_names_it(tmp_path: Path) -> None:
    settings = Settings.from_mapping(deployment(tmp_path))

    assert settings.keys_directory("triage") == Path("/var/lib/balian/triage/keys")


def test_a_service_lacking_its_secrets_is_told_of_every_one_of_them(tmp_path: Path) -> None:
    settings = Settings.from_mapping(deployment(tmp_path))
    (tmp_path / "store_triage").write_text("\n")

    with pytest.raises(SettingsInvalid) as invalid:
        settings.check("triage")

    assert invalid.value.faults == (
        f"AMQP_PASSWORD_FILE: {tmp_path}/amqp_triage cannot be read (FileNotFoundError)",
        f"STORE_PASSWORD_FILE: {tmp_path}/store_triage is empty",
    )


def test_a_service_with_its_secrets_passes_the_check(tmp_path: Path) -> None:
    settings = Settings.from_mapping(deployment(tmp_path))

    settings.check("intake")

    assert PASSWORD not in repr(settings)


@pytest.mark.parametrize(
    ("uri", "complaint"),
    [
        pytest.param("amqp://intake:other@one/balian", "holds a password already", id="two"),
        pytest.param("amqp://one/balian", "names no user", id="nobody"),
    ],
)
def test_a_password_that_belongs_to_nobody_is_refused_and_not_told(
    tmp_path: Path, uri: str, complaint: str
) -> None:
    settings = Settings.from_mapping(deployment(tmp_path, AMQP_URI=uri, BUS_RIGHTS="shared"))

    with pytest.raises(SettingsInvalid, match=complaint) as invalid:
        settings.bus_uri("intake")

    assert "other" not in str(invalid.value)
    assert PASSWORD not in str(invalid.value)


@pytest.mark.parametrize(
    "uri",
    [
        pytest.param("amqp://operator@one/balian", id="another user"),
        pytest.param("amqp://intake@one/balian;amqp://triage@two/balian", id="one alternate"),
        pytest.param("amqp://one/balian", id="no user"),
    ],
)
def test_a_service_with_rights_of_its_own_connects_as_itself(tmp_path: Path, uri: str) -> None:
    settings = Settings.from_mapping(deployment(tmp_path, AMQP_URI=uri))

    with pytest.raises(SettingsInvalid, match="its user must be intake"):
        settings.bus_uri("intake")


def test_the_bus_in_a_process_has_no_users_to_give_rights_to() -> None:
    with pytest.raises(SettingsInvalid, match="BUS_RIGHTS"):
        Settings.from_mapping(EMBEDDED | {"BUS_RIGHTS": "own"})


def test_a_node_tells_what_it_is_and_where_it_is_measured() -> None:
    settings = Settings.from_mapping(
        EMBEDDED
        | {
            "NODE": "sanchakou",
            "NODE_TERRITORY": "sanchakou_town",
            "NODE_DEPARTMENT": "housing_bureau",
            "NODE_OPENING": "20260601T003000Z",
            "REGIME": "/etc/balian/regime.yaml",
            "METRICS_ADDRESS": "[::1]:9464",
            "HEALTH_PORT": "9464",
            "HEALTH_HOST": "0.0.0.0",  # noqa: S104 - inside a container.
            "CRASHPOINT_DIR": "/tmp/points",  # noqa: S108 - named, never opened.
        }
    )

    assert settings.node_territory == "sanchakou_town"
    assert settings.node_department == "housing_bureau"
    assert settings.node_opening == "20260601T003000Z"
    assert settings.regime == "/etc/balian/regime.yaml"
    assert settings.metrics_address == "[::1]:9464"
    assert (settings.health_host, settings.health_port) == ("0.0.0.0", 9464)  # noqa: S104
    assert settings.crashpoint_directory == Path("/tmp/points")  # noqa: S108


def test_a_placeholder_left_empty_is_a_setting_left_out() -> None:
    settings = Settings.from_mapping(EMBEDDED | {"STORE_URL": "", "HEALTH_PORT": "", "NODE": ""})

    assert settings.store_url("intake").startswith("sqlite:")
