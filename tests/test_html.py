"""The reader of built pages that other tests rely on."""

from __future__ import annotations

from tests.html import parse


def test_reading() -> None:
    """Elements nest, void ones hold nothing, end tags that are left out do no harm."""
    page = parse(
        "<!doctype html><title>a &amp; b</title><main id=x><ul><li>one<li>two <b>2</b></ul>"
        "<br>three<script>let a = '<h1>';</script></main><p>four"
    )
    assert [element.text for element in page.all("title", "b", "p")] == ["a & b", "2", "four"]
    main = page.all("main")[0]
    assert main.attributes == {"id": "x"}
    assert main.text == "onetwo 2three"
    assert page.all("h1") == []
    assert [e.tag for e in page.all("b")[0].around()][-2:] == ["main", "document"]
