"""What is in hand at a stop: it is waited for once, however many receivers stop."""

from __future__ import annotations

import eventlet

from shared.messaging.holding import InHand


def test_a_stop_that_every_receiver_makes_wakes_a_sleeper_once() -> None:
    in_hand = InHand()

    def hold() -> None:
        with in_hand.one():
            in_hand.sleep(30)

    holding = eventlet.spawn(hold)
    eventlet.sleep(0)
    stops = [eventlet.spawn(in_hand.stop, 5) for _ in range(3)]

    assert [stop.wait() for stop in stops] == [True] * 3
    assert holding.dead


def test_a_stop_does_not_wait_longer_than_its_grace() -> None:
    in_hand = InHand()

    def hold() -> None:
        with in_hand.one():
            eventlet.sleep(30)

    holding = eventlet.spawn(hold)
    eventlet.sleep(0)

    assert not in_hand.stop(0.05)
    holding.kill()
