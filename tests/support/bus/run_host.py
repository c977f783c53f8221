"""Run the embedded host with the two services: ``python -m tests.support.bus.run_host DIR``.

The second argument is the clock; the third, where given, is the crash point to arm.
It says ``started`` on its standard output when it takes calls.
"""

from shared.messaging.patching import make_green

make_green()

import sys  # noqa: E402 - everything else is imported green.
from pathlib import Path  # noqa: E402

from balian.host import EmbeddedHost  # noqa: E402
from shared.clock import ClockKind  # noqa: E402
from shared.logs import configure_logging  # noqa: E402
from shared.messaging.runner import stop_asked  # noqa: E402
from tests.support.bus import services  # noqa: E402


def main() -> None:
    """Serve until told to stop."""
    configure_logging("WARNING")
    services.declare()
    host = EmbeddedHost(
        Path(sys.argv[1]),
        clock=ClockKind(sys.argv[2]),
        nodes=(),
        services=services.SERVICES,
        settings={"BALIAN_CRASHPOINT": sys.argv[3]} if len(sys.argv) > 3 else {},
        prepare=services.create_tables,
    )
    with stop_asked() as asked, host:
        sys.stdout.write("started\n")
        sys.stdout.flush()
        asked.wait()


if __name__ == "__main__":
    main()
