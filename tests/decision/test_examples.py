"""Where the examples lead, from the data alone."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from groundplan.brief.model import Brief
from groundplan.decision import Decision

Example = Callable[[str], Brief]
Decided = Callable[[Brief], Decision]


def test_pulse_leads_to_django_for_staff_and_fastapi_for_api_and_push_in_two_processes(example: Example, decided: Decided) -> None:
    chosen = decided(example("pulse")).chosen.architecture
    assert str(chosen.stacks["office"]) == "django + django-htmx on granian"
    assert chosen.stacks["office"].interface == "wsgi"
    assert chosen.stacks["public"].framework == "fastapi"
    assert chosen.stacks["live"].framework in {"fastapi", "quart", "starlette"}
    assert chosen.topology.name == "split"
    assert chosen.topology.processes == {"sync": ("office",), "async": ("public", "live")}


def test_the_first_version_of_the_same_product_leads_to_one_django_in_one_process(example: Example, decided: Decided) -> None:
    chosen = decided(example("pulse-mvp")).chosen.architecture
    assert chosen.frameworks == ("django",)
    assert chosen.stacks["live"].addons == ("channels",)
    assert set(chosen.stacks["public"].addons) & {"django-ninja", "djangorestframework"}
    assert chosen.topology.name == "together"


def test_a_device_leads_to_flask(example: Example, decided: Decided) -> None:
    assert decided(example("device-api")).chosen.architecture.frameworks == ("flask",)


def test_typed_answers_from_many_sources_lead_to_fastapi(example: Example, decided: Decided) -> None:
    assert decided(example("aggregation")).chosen.architecture.frameworks == ("fastapi",)


def test_content_for_staff_leads_to_django(example: Example, decided: Decided) -> None:
    assert decided(example("grants")).chosen.architecture.frameworks == ("django",)


@pytest.mark.parametrize("name", ["pulse", "pulse-mvp", "device-api", "aggregation", "grants", "notifications"])
def test_the_name_of_a_product_changes_nothing(example: Example, decided: Decided, name: str) -> None:
    brief = example(name)
    renamed = replace(brief, name="another", summary="something else", text="", source="elsewhere.toml")
    assert decided(renamed).ranked == decided(brief).ranked


def test_a_team_that_ships_flask_keeps_its_flask_part(example: Example, decided: Decided) -> None:
    assert decided(example("notifications")).chosen.architecture.stacks["inbox"].framework in {"flask", "quart"}


def test_the_best_single_framework_is_always_compared(example: Example, decided: Decided) -> None:
    hybrid = decided(example("pulse"))
    assert hybrid.single is not None
    assert not hybrid.single.architecture.hybrid
    assert hybrid.gap == pytest.approx(hybrid.chosen.value - hybrid.single.value)
    alone = decided(example("grants"))
    assert alone.single == alone.chosen
    assert alone.gap == 0


def test_the_value_is_the_sum_of_what_the_criteria_add(example: Example, decided: Decided) -> None:
    for rated in decided(example("pulse")).ranked:
        assert sum(found.weight for found in rated.contributions) == pytest.approx(1.0)
        assert sum(found.weight * found.value for found in rated.contributions) == pytest.approx(rated.value)
