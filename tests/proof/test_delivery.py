import json

import pytest

from groundplan.measure.recording import CONNECTED, DISCONNECTED, Frames, Record, loaded
from groundplan.proof.delivery import Account, Written, account_for


def _event(seq: int, row: int | None = None, *, epoch: str = "e", event: str = "sale.created", channel: str = "sale") -> bytes:
    told = {"type": "event", "channel": channel, "epoch": epoch, "seq": seq, "id": f"i{seq}", "event": event}
    return json.dumps({**told, "version": 1, "data": {"id": seq if row is None else row}}).encode()


def _reset(seq: int, reason: str = "new", epoch: str = "e") -> bytes:
    position = {"epoch": epoch, "seq": seq, "id": None}
    return json.dumps({"type": "reset", "channel": "sale", "reason": reason, "position": position}).encode()


def _account(
    seen: list[bytes | int], committed: set[int], *, told: tuple[int, ...] = (), states: tuple[set[int], ...] = ()
) -> Account:
    frames, record = Frames(), Record()
    for entry in seen:
        record.add(entry if isinstance(entry, int) else frames.number(entry))
    written = Written(frozenset(committed), frozenset(committed), (told,))
    return account_for(frames, [record], written, [frozenset(state) for state in states], "sale")


def test_every_event_seen_in_order_is_no_loss() -> None:
    account = _account([CONNECTED, _reset(0), _event(1), _event(2), _event(3)], {1, 2, 3}, told=(1, 2, 3))
    assert (account.n, account.lost, account.broken) == (3, 0, None)


def test_an_event_that_is_missing_at_the_end_is_lost() -> None:
    assert _account([CONNECTED, _reset(0), _event(1), _event(2)], {1, 2, 3}).lost == 1


def test_a_silent_gap_is_a_broken_promise_and_a_loss() -> None:
    account = _account([CONNECTED, _reset(0), _event(1), _event(3)], {1, 2, 3})
    assert (account.gaps, account.lost) == (1, 1)
    assert "out of sequence" in (account.broken or "")


def test_doubles_are_allowed_by_the_protocol_and_counted() -> None:
    account = _account([CONNECTED, _reset(0), _event(1), _event(1), _event(2)], {1, 2})
    assert (account.doubles, account.lost, account.broken) == (1, 0, None)


def test_what_was_replayed_after_a_loss_is_seen() -> None:
    answer = json.dumps({"type": "subscribed", "channel": "sale", "recovered": True, "replayed": 2, "position": {}}).encode()
    account = _account([CONNECTED, _reset(0), _event(1), DISCONNECTED, CONNECTED, answer, _event(2), _event(3)], {1, 2, 3})
    assert (account.lost, account.recovered, account.broken) == (0, 2, None)


def test_the_state_loaded_after_a_reset_counts() -> None:
    seen: list[bytes | int] = [CONNECTED, _reset(0), _event(1), DISCONNECTED, CONNECTED, _reset(3, "too_far"), loaded(0), _event(4)]
    account = _account(seen, {1, 2, 3, 4}, states=({1, 2, 3},))
    assert (account.lost, account.resets, account.by_state, account.broken) == (0, 1, 2, None)


def test_a_reset_whose_state_lacks_a_row_has_lost_it() -> None:
    seen: list[bytes | int] = [CONNECTED, _reset(0), _event(1), DISCONNECTED, CONNECTED, _reset(3, "too_far"), loaded(0)]
    assert _account(seen, {1, 2, 3}, states=({1, 3},)).lost == 1


def test_another_epoch_without_a_reset_is_a_broken_promise() -> None:
    assert _account([CONNECTED, _reset(0), _event(1), _event(2, epoch="f")], {1, 2}).gaps == 1


def test_a_row_that_was_announced_and_does_not_exist_is_a_broken_promise() -> None:
    account = _account([CONNECTED, _reset(0), _event(1), _event(2, 99)], {1})
    assert account.unknown == {99}
    assert "do not exist" in (account.broken or "")


def test_a_row_that_was_confirmed_and_is_gone_is_a_broken_promise() -> None:
    account = _account([CONNECTED, _reset(0), _event(1)], {1}, told=(1, 2))
    assert account.vanished == {2}
    assert "are gone" in (account.broken or "")


def test_events_in_another_order_than_one_writer_wrote_are_a_broken_promise() -> None:
    account = _account([CONNECTED, _reset(0), _event(1, 20), _event(2, 10)], {10, 20}, told=(10, 20))
    assert account.swapped == 1
    assert "another order" in (account.broken or "")


@pytest.mark.parametrize("other", [_event(1, event="sale.changed"), _event(1, channel="shop"), b'{"type": "welcome"}'])
def test_other_frames_are_no_rows(other: bytes) -> None:
    assert _account([CONNECTED, _reset(0), other], {1}).lost == 1
