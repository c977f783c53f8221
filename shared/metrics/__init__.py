"""What this process tells those who watch it: counters of what happened, gauges of how it stands.

`declaring`: counters whose labels are closed.  `mechanism`: what every service counts.
`standing`: gauges told at a scrape.  `exporting`: what brings them together.
"""

from prometheus_client import disable_created_metrics

from shared.metrics.declaring import LabelUndeclared, begin_counting, closed_counter, require_labels
from shared.metrics.exporting import STANDING, StandingCollector
from shared.metrics.standing import PageLook, Standing, StandingGauge, StandingLook, how_many

# When each series began would nearly double their number, and nobody asks it.
disable_created_metrics()  # type: ignore[no-untyped-call]

__all__ = [
    "STANDING",
    "LabelUndeclared",
    "PageLook",
    "Standing",
    "StandingCollector",
    "StandingGauge",
    "StandingLook",
    "begin_counting",
    "closed_counter",
    "how_many",
    "require_labels",
]
