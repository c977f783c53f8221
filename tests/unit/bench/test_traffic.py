"""What an operation moves: the broker's own counters read, and the difference of two looks."""

from bench.traffic import counted, moved_each

TOLD = """\
messages_received_total 12
messages_routed_total 11
messages_delivered_total 5
messages_acknowledged_total 5
messages_delivered_total 7
messages_delivered_get_auto_ack_total 9
ok
"""


def test_counters_of_all_kinds_of_queues_are_added_up() -> None:
    assert counted(TOLD) == {
        "messages published, calls and answers too": 12,
        "messages delivered, calls and answers too": 12,
    }


def test_what_was_moved_is_shared_among_the_operations() -> None:
    moved = moved_each({"events": 10.0, "calls": 4.0}, {"events": 40.0, "calls": 4.0}, 20)

    assert moved == {"events, each": 1.5, "calls, each": 0.0}
