import resource

from groundplan.measure.machine import facts, raise_file_limit


def test_facts_tell_what_figures_depend_on() -> None:
    told = facts()
    assert {"cores", "processor", "memory", "python", "system", "uvloop"} <= told.keys()
    assert all(told.values())
    assert int(told["cores"]) >= 1


def test_the_file_limit_is_lifted_but_not_lowered() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
        assert raise_file_limit(300) == 300
        assert raise_file_limit(10) == 300
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
