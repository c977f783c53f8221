"""A casebook tells the same story on a RabbitMQ as on the embedded host: line for line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from balian.deployments import OnBroker
from balian.host import NODES, bring_up_to_date, county_services
from shared.messaging.runner import Services
from shared.settings import Settings
from tests.support.casebooks import CASEBOOKS, county_at, play
from tests.support.rabbitmq import RabbitMQ, running_rabbitmq

STORIES = ("main_path", "overdue_and_promise")


@pytest.fixture(scope="module")
def rabbitmq() -> Iterator[RabbitMQ]:
    with running_rabbitmq() as server:
        yield server


@contextmanager
def services_on(uri: str, directory: Path) -> Iterator[None]:
    """Run the five services on a broker, in simulated time, as `balian run` would each."""
    config = {
        "AMQP_URI": uri,
        "STORE_DIR": str(directory),
        "CLOCK": "simulated",
        "NODES": ",".join(NODES),
    }
    settings = Settings.from_mapping(config)
    classes = county_services(NODES)
    for service_class in classes:
        owner = service_class.messaging.owner  # type: ignore[attr-defined]
        bring_up_to_date(owner, settings.store_url(service_class.name))  # type: ignore[attr-defined]
    services = Services(classes, config)
    services.start()
    try:
        yield
    finally:
        services.stop(grace=30.0)


@pytest.mark.parametrize("story", STORIES)
def test_a_story_is_the_same_on_rabbitmq_and_embedded(
    story: str, rabbitmq: RabbitMQ, tmp_path: Path
) -> None:
    casebook = CASEBOOKS / f"{story}.jsonl"
    uri = rabbitmq.uri(rabbitmq.vhost())
    with county_at(tmp_path / "embedded") as county:
        embedded = play(casebook, county)

    with (
        services_on(uri, tmp_path / "deployed"),
        closing(OnBroker(uri, nodes=NODES)) as deployment,
    ):
        deployed = play(casebook, deployment)

    assert deployed.ledger.without_random_ids() == embedded.ledger.without_random_ids()
    assert deployed.summary == embedded.summary
