"""What cannot be built is said in one sentence, before anything is rendered."""

import re

import pytest

from groundplan.brief import parse
from groundplan.brief.model import Brief
from groundplan.decision.model import Architecture, Decision, Rated, Stack, Topology
from groundplan.errors import NotBuildableError
from groundplan.scaffold import find_template, plan
from scaffold.hybrids import decided, everything, shelf


def refusal(brief: Brief, decision: Decision) -> str:
    with pytest.raises(NotBuildableError) as raised:
        plan(brief, decision, record="", tool_version="0.1.0")
    assert raised.value.exit_code == 2
    return str(raised.value)


def brief(parts: str) -> Brief:
    head = 'format = 1\n[project]\nname = "pulse"\nsummary = ""\n'
    return parse(head + parts + '[[entity]]\nname = "sale"\nfields = { shop = "text(80)" }\n', "pulse.toml")


def test_a_stack_without_a_template_is_named_with_what_there_is_instead() -> None:
    with pytest.raises(NotBuildableError, match=re.escape("part of kind web on pyramid; for web there is: ")):
        find_template("web", Stack("pyramid", (), "any", "wsgi"))


def test_a_kind_without_any_template_is_said_to_have_none() -> None:
    with pytest.raises(
        NotBuildableError,
        match=re.escape("kind worker cannot be built yet, on django or any other; there are templates for the kinds api, "),
    ):
        find_template("worker", Stack("django", (), "any", "wsgi"))


def test_the_server_of_a_stack_does_not_matter_to_its_template() -> None:
    assert find_template("web", Stack("django", (), "another", "asgi")).folder == "web/django"


def test_a_part_named_like_the_pages_of_an_entity_is_refused() -> None:
    made = brief('[[part]]\nname = "office"\nkind = "web"\n[[part]]\nname = "sales"\nkind = "realtime"\n')
    said = refusal(made, decided(made, shelf("web")[0], shelf("realtime")[0]))
    assert said == (
        "pulse.toml part.sales: the name 'sales' gives the address /sales, "
        "where the pages of the entity 'sale' are; rename the part."
    )


def test_a_django_part_named_like_an_application_of_django_is_refused() -> None:
    made = brief('[[part]]\nname = "auth"\nkind = "web"\n')
    assert "is the label of a Django application already" in refusal(made, decided(made, shelf("web")[0]))


def test_a_second_web_part_on_django_is_refused() -> None:
    made = everything("web", "web")
    said = refusal(made, decided(made, shelf("web")[0], shelf("web")[0]))
    assert "part.part_2: the name 'part_2' would be a second web part on Django" in said


def test_a_topology_of_its_own_becomes_a_layout() -> None:
    made = brief('[[part]]\nname = "office"\nkind = "web"\n[[part]]\nname = "live"\nkind = "realtime"\n')
    decision = decided(made, shelf("web")[0], shelf("realtime")[0])
    stacks = decision.chosen.architecture.stacks
    chosen = Rated(Architecture(stacks, Topology("mine", {"pages": ("office",), "rest": ("live",)})), 0.5, ())
    decision = Decision("pulse", "2026-11-22", "by hand", (chosen,), (), (), None)
    files = {file.path: file.content.decode() for file in plan(made, decision, record="", tool_version="0.1.0").files}
    assert '[layouts.mine]\npages = ["office"]\nrest = ["live"]' in files["project.toml"]
    assert "  pages:\n" in files["deploy/compose.yaml"]


def test_a_part_that_uses_djangos_sign_in_needs_the_part_that_brings_it() -> None:
    made = everything("api")
    guest = next(template for template in shelf("api") if template.framework == "django")
    assert "whose sign-in and tables come with a web part on Django" in refusal(made, decided(made, guest))
