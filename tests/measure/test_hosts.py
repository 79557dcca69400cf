import pytest

from groundplan.errors import InputError
from groundplan.measure.hosts import require_loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "::1", "[::1]", "localhost"])
def test_loopback_may_be_loaded(host: str) -> None:
    require_loopback(host)


@pytest.mark.parametrize("host", ["10.0.0.1", "example.com", "127.0.0.1.example.com", "localhost.example.com", "0.0.0.0"])  # noqa: S104  (an address to refuse)
def test_other_hosts_are_refused_with_the_remedy(host: str) -> None:
    with pytest.raises(InputError, match=f"--allow-load {host}"):
        require_loopback(host)


def test_a_named_host_is_allowed() -> None:
    require_loopback("10.0.0.1", {"10.0.0.1"})
