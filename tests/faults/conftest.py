"""The fault suite: what the promises about events and sockets are worth when something breaks.

    make faults                                             everything at its full size, with random seeds that are printed
    FAULTS_CLIENTS=50 pytest -m faults tests/faults/cuts    a part of it, smaller
    FAULTS_SEED=7 make faults                               the same draws again
    FAULTS_SEED=7 FAULTS_SCHEDULES=1 pytest -m faults tests/faults/crashes/test_schedules.py    one schedule again

    support/    what the suites share; nothing in it imports the clients of groundplan_runtime
        proxy.py      a process between clients and server that resets connections or lets them hang
        publishing.py a process that commits and rolls back
        serving.py    a process with a gateway
        recording.py  clients that follow the protocol and keep every raw frame; websocket.py and event_stream.py are how they speak
        checking.py   holds the raw frames against the log in the database; nothing but the standard library and a database driver
        scale.py      how many clients, for how long, with which seed
    cuts/       networks that break, clients that do not read, and each guarantee beside a variant that breaks it
    crashes/    processes that die, Redis that forgets, databases that are put back, and the same for the write side and the relay

A scenario judges by what a client was sent and by what the database holds, never by what the product says of itself.
"""

from runtime.events.fixtures import postgresql, postgresql_url, sqlite_url, unwired, valkey

__all__ = ["postgresql", "postgresql_url", "sqlite_url", "unwired", "valkey"]
