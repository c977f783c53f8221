"""Run one or both of the services as a process of its own: ``python -m tests.support.bus.run``.

The configuration comes as JSON in the first argument; further arguments name the services.
It says ``started`` on its standard output when it takes calls.
"""

from shared.messaging.patching import make_green

make_green()

import json  # noqa: E402 - everything else is imported green.
import sys  # noqa: E402

from shared.logs import configure_logging  # noqa: E402
from shared.messaging.runner import serve  # noqa: E402
from tests.support.bus import services  # noqa: E402


def say_started() -> None:
    """Tell the test that calls are taken."""
    sys.stdout.write("started\n")
    sys.stdout.flush()


def main() -> None:
    """Serve until told to stop."""
    configure_logging("WARNING")
    services.declare()
    config = json.loads(sys.argv[1])
    chosen = [one for one in services.SERVICES if one.name in sys.argv[2:]]
    serve(chosen, config, grace=config["STOP_GRACE"], when_started=say_started)


if __name__ == "__main__":
    main()
