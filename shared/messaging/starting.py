"""What a service cannot begin without: a bus, a store, and tables in it that fit the code.

After a power cut everything starts at once, and brokers and databases take their time.  A service
waits for them a while, aloud; then it ends, and whoever supervises it starts it again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import monotonic
from typing import Final

import eventlet

from shared.database import StoreUnavailable
from shared.logs import Log
from shared.messaging.green import Delays
from shared.messaging.publishing import PublishFailed

log: Final = Log(__name__)


class BusUnreachable(RuntimeError):
    """Raised when a service cannot start because no broker takes it; names what was met."""


class StoreBehind(RuntimeError):
    """Raised when a store lacks tables or columns the service needs; says how to bring them."""


def await_reachable(
    service: str,
    probes: Mapping[str, Callable[[], None]],
    *,
    is_stopping: Callable[[], bool],
    limit: float,
) -> None:
    """Try each of the probes until it passes.

    Args:
        service: who waits.
        probes: by what they are for, such as `bus`; each ends in bounded time.
        is_stopping: whether the start has been called off.
        limit: seconds for all of them together.

    Raises:
        BusUnreachable, StoreUnavailable: it was not there in time.
    """
    ends = monotonic() + limit
    for awaited, probe in probes.items():
        delays = Delays(first=0.2, most=2.0)
        while not is_stopping() and (failure := _failure_of(probe)) is not None:
            left = ends - monotonic()
            if left <= 0:
                raise failure
            error = str(failure) if isinstance(failure, BusUnreachable) else type(failure).__name__
            log.warning(
                "waiting to start",
                service=service,
                kind=awaited,
                error=error,
                seconds=round(left),
            )
            eventlet.sleep(delays.next())


def require_schema(service: str, *, owner: str, url: str) -> None:
    """Refuse a store that has an earlier schema than this version needs, or none.

    A later one is taken: during an upgrade the old services go on with it.

    Args:
        service: whose store it is, such as `reception_county`.
        owner: whose tables are in it, such as `reception`.
        url: where it is.

    Raises:
        StoreBehind: it must be migrated first.
        StoreUnavailable: it cannot be used now.
    """
    # Imported here, because it brings Alembic, which only a start needs.
    from shared.database.migrations import is_behind  # noqa: PLC0415

    if is_behind(owner, url):
        msg = f"the store of {service} is behind this version: run `balian migrate {service}`"
        raise StoreBehind(msg)


def _failure_of(probe: Callable[[], None]) -> BusUnreachable | StoreUnavailable | None:
    try:
        probe()
    except PublishFailed as failed:
        return BusUnreachable(str(failed))
    except StoreUnavailable as unavailable:
        return unavailable
    return None
