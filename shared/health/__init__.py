"""Health: whether this process is alive, whether its services can work, and what they measured.

What is found out (by green threads, which may wait for a store or a broker) and what is told (by
threads of the system, which never wait for either) are kept apart: a finding is left with the
moment it was made, and whoever asks is told by its age.  So an answer comes at once, also while
every worker is busy, a worker computes, the store hangs or the broker is silent.
"""

from shared.health.board import Board, Findings, Page, Part
from shared.health.listener import Listener, PortUnusable, begin_stop, listener_at

__all__ = [
    "Board",
    "Findings",
    "Listener",
    "Page",
    "Part",
    "PortUnusable",
    "begin_stop",
    "listener_at",
]
