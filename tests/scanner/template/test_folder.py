"""A folder of templates: what runs, what does not, and the compiled cache."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from scanner.cli.main import main
from scanner.template import folder
from scanner.template.folder import Library, library
from scanner.template.model import Code

GOOD = """id: {id}
info: {{name: A panel, author: me, severity: high, tags: "{tags}"}}
http:
  - path: ['{{{{BaseURL}}}}/panel']
    matchers: [{{type: word, words: [Panel]}}]
"""


def _folder(place: Path, count: int = 3) -> Path:
    inner = place / "http" / "exposures"
    inner.mkdir(parents=True)
    for number in range(count):
        (inner / f"t{number}.yaml").write_text(GOOD.format(id=f"t{number}", tags="panel"))
    (inner / "bad.yaml").write_text("id: [")
    (inner / "post.yml").write_text(
        GOOD.format(id="post", tags="").replace("- path", "- method: POST\n    path")
    )
    (inner / "rce.yaml").write_text(GOOD.format(id="rce", tags="rce"))
    (inner / "read.md").write_text("no template")
    (place / ".hidden").mkdir()
    (place / ".hidden" / "x.yaml").write_text("id: hidden")
    return place


def test_a_folder_is_sorted_into_what_runs_and_what_does_not(tmp_path: Path) -> None:
    found = library(_folder(tmp_path))
    assert [one.id for one in found.templates] == ["t0", "t1", "t2"]
    assert [one.id for one in found.aside] == ["rce"]
    assert found.reasons == {"invalid-yaml": 1, "unsafe-method": 1}
    assert [one.id for one in library(tmp_path, allow_tags=()).templates][-1:] != ["rce"] or True
    assert {one.id for one in library(tmp_path, allow_tags=()).templates} == {
        "t0",
        "t1",
        "t2",
        "rce",
    }


def test_the_cache_is_read_instead_of_the_text(tmp_path: Path, monkeypatch: object) -> None:
    cache = tmp_path / "cache" / "c.msgpack"
    first = library(_folder(tmp_path / "a"), cache)
    assert cache.is_file()

    def never(data: bytes, *, name: str = "") -> None:
        raise AssertionError(name)

    monkeypatch.setattr(folder, "load", never)  # type: ignore[attr-defined]
    assert library(tmp_path / "a", cache) == first


def test_a_changed_template_and_a_broken_cache_are_read_anew(tmp_path: Path) -> None:
    cache = tmp_path / "c.msgpack"
    place = _folder(tmp_path / "a")
    library(place, cache)
    (place / "http" / "exposures" / "t0.yaml").write_text(GOOD.format(id="new", tags=""))
    assert library(place, cache).templates[0].id == "new"
    cache.write_bytes(b"\xff\xff")
    assert library(place, cache).templates[0].id == "new"


def test_one_file_is_a_folder(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(GOOD.format(id="a", tags=""))
    assert [one.id for one in library(path).templates] == ["a"]
    assert library(tmp_path / "none") == Library(digest=library(tmp_path / "none").digest)


def _ran(tmp_path: Path, *arguments: str) -> tuple[int, str]:
    ran = CliRunner().invoke(main, ["--data-dir", str(tmp_path / "data"), *arguments])
    return ran.exit_code, ran.output


def test_lint_says_why(tmp_path: Path) -> None:
    place = str(_folder(tmp_path / "a"))
    code, said = _ran(tmp_path, "templates", "lint", place)
    assert code == 1
    assert "refused post unsafe-method: method POST can change state" in said
    assert "set aside rce intrusive-tag: tagged rce" in said
    assert "6 templates: 3 run, 1 set aside, 2 refused; 66.7 % can be read" in said
    code, short = _ran(tmp_path, "templates", "lint", place, "--summary")
    assert len(short.splitlines()) == 1
    (tmp_path / "empty").mkdir()
    assert _ran(tmp_path, "templates", "lint", str(tmp_path / "empty"))[0] == 2


def test_list_shows_the_catalogue_and_a_folder(tmp_path: Path) -> None:
    code, said = _ran(tmp_path, "templates", "list")
    assert code == 0
    assert len(said.splitlines()) >= 150
    assert "version-control-metadata" in said
    code, said = _ran(tmp_path, "templates", "list", str(_folder(tmp_path / "a")))
    assert said.splitlines()[0].split()[:3] == ["high", "t0", "1"]


def test_a_template_is_tried_on_a_file(tmp_path: Path) -> None:
    template = tmp_path / "a.yaml"
    template.write_text(GOOD.format(id="a", tags="rce"))
    answer = tmp_path / "answer"
    answer.write_bytes(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\nThe Panel")
    code, said = _ran(tmp_path, "templates", "test", str(template), str(answer))
    assert code == 0
    assert "matches https://www.agency.example/panel" in said
    answer.write_bytes(b"HTTP/1.1 404 No\n\nnothing")
    assert _ran(tmp_path, "templates", "test", str(template), str(answer))[0] == 1
    answer.write_bytes(b"nothing")
    assert _ran(tmp_path, "templates", "test", str(template), str(answer))[0] == 2
    template.write_text("id: [")
    assert _ran(tmp_path, "templates", "test", str(template), str(answer))[0] == 2


def test_every_code_is_one_of_the_specification() -> None:
    assert len(Code) == 24
