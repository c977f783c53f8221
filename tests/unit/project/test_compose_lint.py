"""What `docker-compose.yml` and its companions hold to, and that the check can tell."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tools.compose.lint import faults_in
from tools.compose.reading import filled_in, read_compose
from tools.compose.secret_text import secrets_in

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
    assert secrets_in(path.read_text(encoding="utf-8")) == []


def test_every_compose_file_of_the_deployment_is_checked() -> None:
    candidates = [*ROOT.glob("*.y*ml"), *(ROOT / "deploy").rglob("*.y*ml")]

    compose_files = [
        path
        for path in candidates
        if path.parent.name != "nodes" and "\nservices:" in path.read_text(encoding="utf-8")
    ]

    assert sorted(compose_files) == sorted([COUNTY, TOWNSHIP, CLUSTER])


def test_text_is_sorted_alike_on_whatever_image_the_database_is_made() -> None:
    database = read_compose(COUNTY)["services"]["postgres"]["environment"]

    assert "--encoding=UTF8 --locale=C.UTF-8" in database["POSTGRES_INITDB_ARGS"]


def test_only_the_bus_and_what_an_operator_looks_at_are_published() -> None:
    services = filled_in(read_compose(COUNTY))["services"]

    published = {name: service["ports"] for name, service in services.items() if "ports" in service}

    assert published == {
        "rabbitmq": ["127.0.0.1:5672:5672", "127.0.0.1:15672:15672"],
        "prometheus": ["127.0.0.1:9090:9090"],
        "grafana": ["127.0.0.1:3000:3000"],
    }


def test_what_watches_starts_only_where_it_is_asked_for_and_waits_for_nobody() -> None:
    services = read_compose(COUNTY)["services"]

    profiles = {name: service.get("profiles", []) for name, service in services.items()}
    waited_for = {one for service in services.values() for one in service.get("depends_on", [])}
    watching = {name for name, of_it in profiles.items() if of_it}

    assert watching == {"prometheus", "grafana"}
    assert all(profiles[name] == ["observability", name] for name in watching)
    assert not watching & waited_for
    assert not any("depends_on" in services[name] for name in watching)


def test_sound_service_has_no_fault() -> None:
    assert faults_with() == []


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        pytest.param({"image": "rabbitmq"}, "no tag", id="no tag"),
        pytest.param({"image": "rabbitmq:latest"}, "no tag", id="latest"),
        pytest.param({"image": "mirror:5000/rabbitmq"}, "no tag", id="a port is not a tag"),
        pytest.param({"image": None}, "no tag", id="no image"),
        pytest.param({"image": "rabbitmq:latest-alpine"}, "no tag", id="latest of a kind"),
        pytest.param({"image": "${IMAGE:-rabbitmq:latest}"}, "no tag", id="latest unless told"),
        pytest.param({"image": "rabbitmq:${TAG:-latest}"}, "no tag", id="latest by its tag"),
        pytest.param(
            {"build": {"context": ".", "args": {"PYTHON_IMAGE": "${PYTHON_IMAGE:-python}"}}},
            "no tag",
            id="latest below our own",
        ),
        pytest.param({"build": {"context": ".", "network": "host"}}, "build", id="a build outside"),
        pytest.param({"user": None}, "root", id="no user"),
        pytest.param({"user": "root"}, "root", id="root"),
        pytest.param({"user": "0:0"}, "root", id="number 0"),
        pytest.param({"user": "10001:0"}, "root", id="root's group"),
        pytest.param({"user": 0}, "root", id="a bare 0"),
        pytest.param({"user": "00:00"}, "root", id="0 in two digits"),
        pytest.param({"user": "10001"}, "root", id="a number whose group nobody says"),
        pytest.param({"user": "10001:root"}, "root", id="root's group by its name"),
        pytest.param({"user": "${WHO:-10001:10001}"}, "variable", id="whoever starts it says"),
        pytest.param({"group_add": ["docker"]}, "group_add", id="one more group"),
        pytest.param({"privileged": "${RIGHTS:-false}"}, "privileged", id="privileged if told so"),
        pytest.param({"pid": "host"}, "pid", id="the host's processes"),
        pytest.param({"devices": ["/dev/kvm"]}, "devices", id="a device"),
        pytest.param({"extends": {"file": "other.yml"}}, "extends", id="what stands elsewhere"),
        pytest.param(
            {"security_opt": ["no-new-privileges:true", "seccomp:unconfined"]},
            "security_opt",
            id="a guard taken away",
        ),
        pytest.param({"privileged": True}, "privileged", id="privileged"),
        pytest.param({"cap_add": ["NET_ADMIN"]}, "cap_add", id="a capability"),
        pytest.param({"cap_drop": ["NET_RAW"]}, "cap_drop", id="too few dropped"),
        pytest.param({"network_mode": "host"}, "network_mode", id="the host's network"),
        pytest.param({"security_opt": None}, "security_opt", id="new privileges"),
        pytest.param(
            {"volumes": ["/var/run/docker.sock:/var/run/docker.sock"]}, "host's", id="the engine"
        ),
        pytest.param({"volumes": ["/var/run:/host:ro"]}, "host's", id="the engine's directory"),
        pytest.param({"volumes": ["${HOME_OF:-/}:/host:ro"]}, "host's", id="all unless told"),
        pytest.param({"volumes": ["./:/tree:ro"]}, "host's", id="the whole tree"),
        pytest.param({"volumes": ["./deploy/../..:/host:ro"]}, "host's", id="out of the tree"),
        pytest.param({"volumes": ["./deploy/secrets:/all:ro"]}, "host's", id="every secret"),
        pytest.param({"volumes": ["./deploy/nodes:/nodes"]}, "written", id="files of the host"),
        pytest.param({"volumes": ["/data"]}, "NAME:PLACE", id="a volume without a name"),
        pytest.param(
            {"volumes": [{"type": "bind", "source": "/", "target": "/host"}]},
            "NAME:PLACE",
            id="the host in the long form",
        ),
        pytest.param({"profiles": ["${WHICH:-observability}"]}, "variable", id="started if told"),
        pytest.param({"read_only": None}, "read_only", id="a root that can be written"),
        pytest.param({"ports": ["5672:5672"]}, "open", id="a port on every address"),
        pytest.param({"ports": ["0.0.0.0:5672:5672"]}, "open", id="a port on all of them, by name"),
        pytest.param({"ports": [5672]}, "open", id="a bare port"),
        pytest.param({"ports": [{"target": 5672, "published": 5672}]}, "open", id="the long form"),
        pytest.param(
            {"ports": [{"target": 5672, "published": 5672, "host_ip": "127.0.0.1"}]},
            "open",
            id="the long form, whose address docker-compose 1.29 passes over",
        ),
        pytest.param(
            {"ports": [{"target": 5672, "published": 5672, "mode": "host"}]},
            "open",
            id="the host's own port",
        ),
        pytest.param({"ports": ["[::]:5672:5672"]}, "open", id="every address of IPv6"),
        pytest.param({"ports": [":::5672:5672"]}, "open", id="the same without brackets"),
        pytest.param({"ports": [":5672:5672"]}, "open", id="an address left out"),
        pytest.param({"ports": ["${BIND:-127.0.0.1}:5672:5672"]}, "open", id="whoever starts it"),
        pytest.param({"ports": ["${BIND:-0.0.0.0}:5672:5672"]}, "open", id="open unless told"),
        pytest.param({"environment": {"POSTGRES_PASSWORD": "x"}}, "file", id="a password"),
        pytest.param({"environment": ["POSTGRES_PASSWORD=x"]}, "file", id="one in a list"),
        pytest.param(
            {"environment": {"AMQP_URI": "amqp://a:b@rabbitmq/"}}, "secret", id="one in an address"
        ),
        pytest.param({"command": ["run", "--password=x"]}, "secret", id="one in the command"),
        pytest.param({"environment": {"MYSQL_PWD": "x"}}, "file", id="a password, cut short"),
        pytest.param({"environment": ["STORE_PASSWORD"]}, "file", id="one handed through"),
        pytest.param(
            {"environment": {"STORE_PASSWORD_FILE": "hunter2"}}, "where", id="one for its place"
        ),
        pytest.param(
            {"environment": {"SOURCE": "${STORE_PASSWORD}"}}, "variable", id="one from outside"
        ),
        pytest.param({"command": ["run", "$STORE_PASSWORD"]}, "variable", id="one, bare"),
        pytest.param({"command": ["run", "--password", "x"]}, "secret", id="one in two words"),
        pytest.param({"labels": {"token": "x"}}, "secret", id="one in a label"),
        pytest.param(
            {"build": {"context": ".", "args": {"INDEX_PASSWORD": "x"}}},
            "file",
            id="one for the build",
        ),
        pytest.param(
            {"environment": {"SALT": "hT7bVq2nLw9XcRk4mZp1sd"}}, "secret", id="one without a name"
        ),
        pytest.param({"env_file": ".env"}, "env_file", id="a file of variables"),
        pytest.param({"mem_limit": None}, "mem_limit", id="no limit of memory"),
        pytest.param({"pids_limit": None}, "pids_limit", id="no limit of processes"),
        pytest.param({"mem_limit": "0"}, "mem_limit", id="as much as there is"),
        pytest.param({"pids_limit": -1}, "pids_limit", id="as many as there are"),
        pytest.param({"mem_limit": "${MEMORY:-1g}"}, "variable", id="as much as told"),
        pytest.param({"logging": None}, "log grows", id="no rotation"),
        pytest.param({"restart": None}, "restart", id="does not come back"),
        pytest.param({"restart": "always"}, "restart", id="comes back after it was stopped"),
        pytest.param({"labels": {"balian.runs": "once"}}, "restart", id="once, again and again"),
        pytest.param({"healthcheck": None}, "healthcheck", id="no check of its health"),
        pytest.param({"healthcheck": {"test": ["NONE"]}}, "healthcheck", id="none at all"),
        pytest.param({"healthcheck": {"disable": True}}, "healthcheck", id="one switched off"),
        pytest.param(
            {"healthcheck": {"test": ["CMD", "true"], "start_interval": "1s"}},
            "start_interval",
            id="what 1.29 does not know",
        ),
        pytest.param({"stop_grace_period": None}, "STOP_GRACE", id="killed before it has stopped"),
        pytest.param({"stop_grace_period": "25s"}, "STOP_GRACE", id="killed as it stops"),
        pytest.param({"container_name": "intake"}, "container_name", id="a name of its own"),
    ],
)
def test_fault_of_a_service_is_found(changed: dict[str, Any], fault: str) -> None:
    found = faults_with(**changed)

    assert [one for one in found if fault in one], found


@pytest.mark.parametrize("key", ["name", "include", "configs"])
def test_key_that_one_compose_command_does_not_take_is_found(key: str) -> None:
    found = faults_in({key: "balian", "services": {}})

    assert found == [f"{key}: one of the two compose commands does not take it"]


@pytest.mark.parametrize(
    ("top", "fault"),
    [
        pytest.param(
            {"secrets": {"cookie": {"environment": "COOKIE"}}},
            "secret cookie: does not come from a file",
            id="a secret that is no file",
        ),
        pytest.param(
            {"secrets": {"cookie": {"file": "./deploy/rabbitmq/cookie"}}},
            "secret cookie: comes from ./deploy/rabbitmq/cookie"
            " and not from the directory of secrets",
            id="a secret in the tree",
        ),
        pytest.param(
            {"secrets": {"engine": {"file": "/var/run/docker.sock"}}},
            "secret engine: comes from /var/run/docker.sock and not from the directory of secrets",
            id="the engine as a secret",
        ),
        pytest.param(
            {"volumes": {"all": {"driver_opts": {"o": "bind", "device": "/"}}}},
            "volume all: is more than a volume of Docker's own",
            id="the host as a volume",
        ),
        pytest.param(
            {"networks": {"wide": {"external": True, "name": "host"}}},
            "network wide: is more than a network of containers",
            id="the host's network by its name",
        ),
        pytest.param(
            {"networks": {"wide": {"driver": "macvlan"}}},
            "network wide: is more than a network of containers",
            id="a network of other machines",
        ),
    ],
)
def test_fault_of_the_whole_document_is_found(top: dict[str, Any], fault: str) -> None:
    found = faults_in({"services": {}} | top)

    assert found == [fault]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("# the password = hunter2", id="in a remark"),
        pytest.param("# password: hunter2", id="in a remark, as a key"),
        pytest.param("x-note: {password: hunter2}", id="in what nobody reads"),
        pytest.param("x-cookie: MVYKQZHTAOWPNXLERBDC", id="a cookie"),
        pytest.param("# amqp://:hunter2@rabbitmq/", id="an address without a user"),
        pytest.param("# 9f86d081884c7d659a2feaa0c55ad015", id="a run of digits"),
    ],
)
def test_secret_anywhere_in_the_file_is_found(line: str) -> None:
    found = secrets_in(f"services:\n{line}\n")

    assert found == ["line 2: has a secret in it"]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("    secrets: [amqp_intake, store_intake]", id="names of secrets"),
        pytest.param("  erlang_cookie: {file: ./deploy/secrets/erlang_cookie}", id="a file"),
        pytest.param("    image: rabbitmq@sha256:" + 8 * "9f86d081", id="an image by its digest"),
    ],
)
def test_line_without_a_secret_is_left_alone(line: str) -> None:
    assert secrets_in(line) == []


def test_variables_stand_for_their_defaults_or_their_names() -> None:
    written = {"a": ["${PORT:-5672}", "$HOST", "${NODE:?is missing}", "$${PORT}", 1]}

    meant = filled_in(written)

    assert meant == {"a": ["5672", "host", "node", "${PORT}", 1]}


@pytest.mark.parametrize(
    ("service", "key"),
    [
        pytest.param("rabbitmq", "user", id="the broker's user"),
        pytest.param("postgres", "read_only", id="the database's root"),
        pytest.param("intake", "cap_drop", id="what a service shares with the others"),
        pytest.param("prometheus", "user", id="the user of what watches"),
        pytest.param("grafana", "healthcheck", id="the health of what is looked at"),
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
