"""What `docker-compose.yml` and its companions hold to, and that the check can tell."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tools.compose.lint import faults_in
from tools.compose.reading import read_compose

ROOT = Path(__file__).resolve().parents[3]
COUNTY = ROOT / "docker-compose.yml"
TOWNSHIP = ROOT / "deploy" / "township.yml"
CLUSTER = ROOT / "deploy" / "cluster.yml"

SOUND: dict[str, Any] = {
    "image": "balian:local",
    "user": "10001:10001",
    "read_only": True,
    "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges:true"],
    "mem_limit": "512m",
    "pids_limit": 512,
    "logging": {"driver": "json-file", "options": {"max-size": "10m", "max-file": "5"}},
    "environment": {"AMQP_PASSWORD_FILE": "/run/secrets/amqp", "STOP_GRACE": "25"},
    "ports": ["127.0.0.1:5672:5672"],
    "healthcheck": {"test": ["CMD", "true"]},
    "stop_grace_period": "40s",
    "restart": "unless-stopped",
}


def faults_with(**changed: Any) -> list[str]:
    """Find the faults of a sound service in which some keys are changed, or left out by None."""
    service = {key: value for key, value in (SOUND | changed).items() if value is not None}
    return faults_in({"services": {"intake": service}})


@pytest.mark.parametrize(
    ("path", "base"),
    [
        pytest.param(COUNTY, None, id="the county"),
        pytest.param(TOWNSHIP, None, id="a township"),
        pytest.param(CLUSTER, COUNTY, id="the county on three brokers"),
    ],
)
def test_compose_file_holds_to_every_rule(path: Path, base: Path | None) -> None:
    document = read_compose(path, over=base)

    assert document["services"]
    assert faults_in(document) == []


def test_only_the_bus_and_its_pages_are_published() -> None:
    services = read_compose(COUNTY)["services"]

    published = {name: service["ports"] for name, service in services.items() if "ports" in service}

    assert published == {"rabbitmq": ["127.0.0.1:5672:5672", "127.0.0.1:15672:15672"]}


def test_sound_service_has_no_fault() -> None:
    assert faults_with() == []


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        pytest.param({"image": "rabbitmq"}, "no tag", id="no tag"),
        pytest.param({"image": "rabbitmq:latest"}, "no tag", id="latest"),
        pytest.param({"image": "mirror:5000/rabbitmq"}, "no tag", id="a port is not a tag"),
        pytest.param({"image": None}, "no tag", id="no image"),
        pytest.param({"user": None}, "root", id="no user"),
        pytest.param({"user": "root"}, "root", id="root"),
        pytest.param({"user": "0:0"}, "root", id="number 0"),
        pytest.param({"user": "10001:0"}, "root", id="root's group"),
        pytest.param({"privileged": True}, "privileged", id="privileged"),
        pytest.param({"cap_add": ["NET_ADMIN"]}, "cap_add", id="a capability"),
        pytest.param({"cap_drop": ["NET_RAW"]}, "cap_drop", id="too few dropped"),
        pytest.param({"network_mode": "host"}, "network_mode", id="the host's network"),
        pytest.param({"security_opt": None}, "security_opt", id="new privileges"),
        pytest.param(
            {"volumes": ["/var/run/docker.sock:/var/run/docker.sock"]}, "Docker", id="the engine"
        ),
        pytest.param({"read_only": None}, "read_only", id="a root that can be written"),
        pytest.param({"ports": ["5672:5672"]}, "open", id="a port on every address"),
        pytest.param({"ports": ["0.0.0.0:5672:5672"]}, "open", id="a port on all of them, by name"),
        pytest.param({"ports": [5672]}, "open", id="a bare port"),
        pytest.param({"ports": [{"target": 5672, "published": 5672}]}, "open", id="the long form"),
        pytest.param({"environment": {"POSTGRES_PASSWORD": "x"}}, "file", id="a password"),
        pytest.param({"environment": ["POSTGRES_PASSWORD=x"]}, "file", id="one in a list"),
        pytest.param(
            {"environment": {"AMQP_URI": "amqp://a:b@rabbitmq/"}}, "secret", id="one in an address"
        ),
        pytest.param({"command": ["run", "--password=x"]}, "secret", id="one in the command"),
        pytest.param({"env_file": ".env"}, "env_file", id="a file of variables"),
        pytest.param({"mem_limit": None}, "mem_limit", id="no limit of memory"),
        pytest.param({"pids_limit": None}, "pids_limit", id="no limit of processes"),
        pytest.param({"logging": None}, "log grows", id="no rotation"),
        pytest.param({"restart": None}, "restart", id="does not come back"),
        pytest.param({"restart": "always"}, "restart", id="comes back after it was stopped"),
        pytest.param({"labels": {"balian.runs": "once"}}, "restart", id="once, again and again"),
        pytest.param({"healthcheck": None}, "healthcheck", id="no check of its health"),
        pytest.param({"healthcheck": {"disable": True}}, "healthcheck", id="one switched off"),
        pytest.param(
            {"healthcheck": {"test": ["CMD", "true"], "start_interval": "1s"}},
            "start_interval",
            id="what 1.29 does not know",
        ),
        pytest.param({"stop_grace_period": None}, "STOP_GRACE", id="killed before it has stopped"),
        pytest.param({"stop_grace_period": "25s"}, "STOP_GRACE", id="killed as it stops"),
        pytest.param({"container_name": "intake"}, "only one", id="a name of its own"),
    ],
)
def test_fault_of_a_service_is_found(changed: dict[str, Any], fault: str) -> None:
    found = faults_with(**changed)

    assert [one for one in found if fault in one], found


@pytest.mark.parametrize("key", ["name", "include", "configs"])
def test_key_that_one_compose_command_does_not_take_is_found(key: str) -> None:
    found = faults_in({key: "balian", "services": {}})

    assert found == [f"{key}: one of the two compose commands does not take it"]


def test_secret_that_is_no_file_is_found() -> None:
    found = faults_in({"services": {}, "secrets": {"cookie": {"environment": "COOKIE"}}})

    assert found == ["secret cookie: does not come from a file"]


@pytest.mark.parametrize(
    ("service", "key"),
    [
        pytest.param("rabbitmq", "user", id="the broker's user"),
        pytest.param("postgres", "read_only", id="the database's root"),
        pytest.param("intake", "cap_drop", id="what a service shares with the others"),
    ],
)
def test_fault_in_the_real_file_would_be_found(service: str, key: str) -> None:
    document = deepcopy(read_compose(COUNTY))

    del document["services"][service][key]

    assert [fault for fault in faults_in(document) if fault.startswith(f"{service}: ")]


def test_image_of_the_services_ends_as_nobody_special_and_pulls_no_syntax() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    instructions = [line.split() for line in lines if line and line[0].isupper()]
    users = [words[1] for words in instructions if words[0] == "USER"]
    bases = [words[1] for words in instructions if words[0] == "FROM"]

    assert users == ["10001:10001"]
    assert set(bases) == {"${PYTHON_IMAGE}", "dependencies"}
    assert not [line for line in lines if line.startswith("# syntax")]
