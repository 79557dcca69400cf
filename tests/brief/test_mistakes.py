"""One wrong thing in a right brief gives one sentence with file, line, key, value, rule and remedy.

mistakes.txt holds the cases: ``- text that is replaced``, ``+ by what``, then the sentences that the reader must say.
"""

from pathlib import Path

import pytest

from groundplan.brief import load, parse
from groundplan.errors import BriefError

BRIEF = """\
format = 1
[project]
name = "pulse"
[[part]]
name = "office"
kind = "web"
needs = { relational_data = 3 }
[[part]]
name = "live"
kind = "realtime"
[[entity]]
name = "shop"
fields = { title = "text(80)" }
[[entity]]
name = "sale"
fields = { shop = "ref(shop)", amount = "decimal(12,2)" }
[team]
engineers = 4
shipped = { django = 3 }
[[must]]
id = "pages"
part = "office"
metric = "latency"
check = "p(99) < 100ms"
load = { rate = "200/s", for = "20s" }
[[must]]
id = "nothing-lost"
part = "live"
metric = "events_lost"
check = "= 0"
load = { sockets = 1000, cut = "2s every 10s", for = "60s" }
"""


CASES = (Path(__file__).parent / "mistakes.txt").read_text().split("\n\n")


def said(text: str) -> list[str]:
    with pytest.raises(BriefError) as refused:
        parse(text, "b.toml")
    return [str(problem) for problem in refused.value.problems]


def unescaped(line: str) -> str:
    return line[2:].replace("\\n", "\n").replace("\\\n", "\\n").replace("\\\\", "\\")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.splitlines()[1][2:42])
def test_a_wrong_brief_is_refused_in_these_words(case: str) -> None:
    old, new, *sentences = case.strip("\n").split("\n")
    assert unescaped(old) in BRIEF
    assert said(BRIEF.replace(unescaped(old), unescaped(new), 1)) == sentences


def test_the_brief_that_the_cases_break_is_right() -> None:
    assert parse(BRIEF).name == "pulse"


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    wrong = BRIEF
    for old, new in (
        ("format = 1", "format = 2"),
        ("realtime", "reltime"),
        ("engineers = 4", "engineers = -4.5"),
        ('= 0"', 'fast"'),
    ):
        wrong = wrong.replace(old, new, 1)
    assert [sentence.split(":")[1].split()[0] for sentence in said(wrong)] == ["1", "10", "18", "30"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a = 1\nb = ", "b.toml:2 column 5: the text (Invalid value) is not TOML from here on; correct this line."),
        ("a = 'x", 'b.toml:1 column 7: the text (Expected "\'") is not TOML from here on; correct this line.'),
        (
            "a = 1\na = 2\n",
            "b.toml:2 column 6: the text (this key stands here a second time) is not TOML from here on; correct this line.",
        ),
        ("x = " + "[\n" * 5000, "b.toml: the nesting of lists and tables is too deep; write a brief as the examples do."),
    ],
    ids=["half a line", "open quotes", "key twice", "deep"],
)
def test_what_is_no_toml_is_one_sentence_with_line_and_column(text: str, sentence: str) -> None:
    assert said(text) == [sentence]


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    latin = tmp_path / "latin.toml"
    latin.write_bytes('# Größe\nname = "Größe"'.encode("latin-1"))
    big = tmp_path / "big.toml"
    big.write_bytes(b"#" * 200_001)
    cases = {
        tmp_path
        / "none.toml": f"{tmp_path}/none.toml: the file (No such file or directory) cannot be read; give the path of a brief.",
        tmp_path: f"{tmp_path}: the file (Is a directory) cannot be read; give the path of a brief.",
        latin: f"{latin}:1: the byte 0xf6 is not UTF-8; save the file as UTF-8.",
        big: f"{big}: the file is longer than 200000 bytes, so it is no brief; give the path of a brief.",
        Path("a\0b"): '"a\\x00b": the path is no path; give the path of a brief.',
    }
    for path, sentence in cases.items():
        with pytest.raises(BriefError) as refused:
            load(path)
        assert str(refused.value) == sentence


def test_a_line_without_end_is_refused_before_it_costs_anything() -> None:
    assert said("a = 1\n" + "a." * 100_000) == ["b.toml:2: the line of 200000 characters is too long; keep lines below 4000."]


def test_a_key_of_many_steps_is_placed_at_its_first() -> None:
    assert said("a." * 1_000 + "a = 1")[0].startswith('b.toml:1 a: "a" is no table of a brief')


def test_a_name_that_a_terminal_would_obey_is_shown_and_not_obeyed_in_a_remedy_either() -> None:
    sentences = said(BRIEF.replace('name = "office"', 'name = "\\u001b[2Joffice"', 1))
    assert 'b.toml:22 must.pages.part: "office" is neither a part nor "product"; write "\\x1b[2Joffice".' in sentences
    assert all(sentence.isprintable() for sentence in sentences)
