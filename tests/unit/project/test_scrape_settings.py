"""What Prometheus reads is what compose starts."""

from pathlib import Path
from typing import Any

import yaml

from tools.compose.reading import read_compose

ROOT = Path(__file__).resolve().parents[3]
SETTINGS = ROOT / "deploy" / "prometheus"
COUNTY = read_compose(ROOT / "docker-compose.yml")
CLUSTER = read_compose(ROOT / "deploy" / "cluster.yml", over=ROOT / "docker-compose.yml")
BROKER_METRICS = "15692"


def jobs() -> dict[str, dict[str, Any]]:
    settings = yaml.safe_load((SETTINGS / "prometheus.yml").read_text(encoding="utf-8"))
    return {job["job_name"]: job for job in settings["scrape_configs"]}


def static_targets(job: dict[str, Any]) -> list[str]:
    return [target for group in job["static_configs"] for target in group["targets"]]


def brokers_in(name: str) -> set[str]:
    groups = yaml.safe_load((SETTINGS / name).read_text(encoding="utf-8"))
    return {target for group in groups for target in group["targets"]}


def brokers_of(document: dict[str, Any]) -> set[str]:
    """Name the brokers of a compose file: whoever runs the broker's start."""
    return {
        f"{name}:{BROKER_METRICS}"
        for name, service in document["services"].items()
        if service.get("command") == ["sh", "/etc/rabbitmq/start"]
    }


def test_every_service_with_metrics_is_read_by_its_name() -> None:
    told = {
        service["environment"]["METRICS_ADDRESS"]
        for service in COUNTY["services"].values()
        if "METRICS_ADDRESS" in service.get("environment", {})
    }

    (found_by_name,) = jobs()["balian"]["dns_sd_configs"]
    read = [f"{name}:{found_by_name['port']}" for name in found_by_name["names"]]

    assert sorted(static_targets(jobs()["presence"])) == sorted(told)
    assert sorted(read) == sorted(told)
    assert len(read) == 5


def test_nodes_are_read_as_the_directory_tells_them() -> None:
    (discovery,) = jobs()["balian"]["http_sd_configs"]

    assert discovery["url"] == "http://triage:9464/targets"


def test_every_broker_is_read_and_each_of_its_queues() -> None:
    of_brokers = [jobs()[name]["file_sd_configs"] for name in ("rabbitmq", "rabbitmq-queues")]

    assert of_brokers == [[{"files": ["brokers.yml"]}]] * 2
    assert brokers_in("brokers.yml") == brokers_of(COUNTY)
    assert brokers_in("brokers-of-three.yml") == brokers_of(CLUSTER)
    assert len(brokers_of(CLUSTER)) == 3


def test_three_brokers_are_read_where_there_are_three() -> None:
    volumes = CLUSTER["services"]["prometheus"]["volumes"]

    put = "./deploy/prometheus/brokers-of-three.yml:/etc/prometheus/brokers.yml:ro"
    assert put in volumes


def test_broker_counts_for_prometheus_at_the_port_that_is_read() -> None:
    told = (ROOT / "deploy" / "rabbitmq" / "rabbitmq.conf").read_text(encoding="utf-8")
    plugins = (ROOT / "deploy" / "rabbitmq" / "enabled_plugins").read_text(encoding="utf-8")

    assert f"prometheus.tcp.port = {BROKER_METRICS}\n" in told
    assert "rabbitmq_prometheus" in plugins
