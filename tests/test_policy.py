"""The Content-Security-Policy in a browser: all works under it, nothing asks for more."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from generator import seal
from tests.conftest import IN_A_BROWSER, ROOT
from tests.test_browser import KINDS, LEE

with suppress(ImportError):  # without it, what needs it is skipped
    from playwright.sync_api import Browser, Page, expect

#: Remembers what the policy forbade, from before the page begins.
COUNT = """
window.__violations = [];
addEventListener("securitypolicyviolation", (event) =>
  __violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`));
"""


def in_a_browser(test: Callable[..., None]) -> Callable[..., None]:
    """A test that needs a browser."""
    for mark in IN_A_BROWSER:
        test = mark(test)
    return test


def test_g15_policy_is_strict() -> None:
    """Nothing is allowed that is not named, and nothing unsafe but what search needs."""
    directives = dict(part.split(" ", 1) for part in seal.POLICY.split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["base-uri"] == "'none'"
    assert re.findall(r"'unsafe-\w+'|\*|https?:", seal.POLICY) == []
    assert directives["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert directives["style-src"] == "'self'"


def test_the_theme_says_the_same_policy() -> None:
    """The theme's line is the one that is left out while serving."""
    assert seal.POLICY_TAG in (ROOT / "templates/theme/shell.html").read_text(encoding="utf-8")


def test_x17_headers(mini_project: Path) -> None:
    """One rule for all files, with what a page cannot say of itself."""
    lines = (mini_project / "site" / "_headers").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "/*"
    rows = dict(line.strip().split(": ", 1) for line in lines[1:])
    assert rows["Content-Security-Policy"] == f"{seal.POLICY}; frame-ancestors 'none'"
    assert rows["X-Content-Type-Options"] == "nosniff"
    assert rows["Referrer-Policy"] == "no-referrer"
    assert "geolocation=()" in rows["Permissions-Policy"]


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page that counts what the policy forbids; at the end that is nothing."""
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened = context.new_page()
    found: list[str] = []
    opened.expose_function("__report", lambda row: found.append(row))  # noqa: PLW0108 - bound methods of lists cannot be wrapped
    opened.add_init_script(COUNT.replace("__violations.push(", "window.__report("))
    opened.on(
        "console",
        lambda m: found.append(m.text) if "Content Security Policy" in m.text else None,
    )
    yield opened
    context.close()
    assert found == []


@in_a_browser
def test_g15_no_violation_on_any_kind_of_page(page: Page) -> None:
    """One page of each kind loads without anything being forbidden to it."""
    for path in (*KINDS, "404.html", "data/", "rules/", "fields/"):
        response = page.goto(path)
        assert response is not None
        assert response.ok, path
        policy = page.locator("meta[http-equiv='Content-Security-Policy']").get_attribute("content")
        assert policy == seal.POLICY


@in_a_browser
def test_g14_nothing_is_asked_of_others_or_kept(browser: Browser, address: str) -> None:
    """Reading any kind of page asks no other host for anything and leaves nothing behind."""
    context = browser.new_context()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    for path in KINDS:
        page.goto(f"{address}{path}")
        kept = page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]")
        assert kept == [0, 0, ""], path
    assert context.cookies() == []
    assert asked
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    context.close()


@in_a_browser
def test_g15_it_is_in_force(browser: Browser, address: str) -> None:
    """A script, a style or a picture that gets into a page all the same does not run or load."""
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.add_init_script(COUNT)
    page.goto("topics/")
    page.evaluate(
        """() => {
          const add = (html) => document.body.append(document.createRange()
            .createContextualFragment(html));
          add('<script>window.ran = 1</scr' + 'ipt>');
          add('<img src="https://example.org/x.png" onerror="window.ran = 2">');
          add('<p style="color: red">x</p>');
          add('<base href="https://example.org/">');
          add('<iframe src="https://example.org/"></iframe>');
          add('<form action="https://example.org/" id="f"></form>');
        }"""
    )
    page.wait_for_function("__violations.length >= 5")
    kinds = {row.split(" ")[0] for row in page.evaluate("__violations")}
    assert page.evaluate("window.ran") is None
    assert {"script-src-elem", "img-src", "style-src-attr", "base-uri", "frame-src"} <= kinds
    assert page.evaluate("document.baseURI").startswith(address)
    context.close()


@in_a_browser
def test_g15_search_works(page: Page) -> None:
    """Search, its facets and its web assembly work."""
    page.goto("search/?q=Ishiba")
    expect(page.locator("[data-search-count]")).to_contain_text("record")
    page.locator(".search__filters > summary").click()
    page.locator("input[name='type'][value='Summit']").check()
    page.wait_for_url(re.compile("type=Summit"))
    expect(page.locator("[data-search-results] li").first).to_be_visible()


@in_a_browser
def test_g15_colours_and_menus_work(page: Page) -> None:
    """The colour scheme is chosen, kept and set before the page is painted; menus open."""
    page.goto("")
    page.locator("#scheme input[value='slate']").check(force=True)
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    page.goto(LEE, wait_until="commit")
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    expect(page.locator("#scheme input[value='slate']")).to_be_checked()
    page.locator(".menu summary").click()
    expect(page.locator(".menu a", has_text="Glossary")).to_be_visible()


@in_a_browser
def test_g15_definitions_open(page: Page) -> None:
    """The definition of a term opens beside its link, without a script."""
    page.goto("briefings/2025-09-01-lee-first-two-summits/")
    term = page.locator("button.term").first
    term.click()
    tip = page.locator(f"#{term.get_attribute('popovertarget')}")
    expect(tip).to_be_visible()


@in_a_browser
def test_g15_the_tracker_narrows_and_sorts(page: Page) -> None:
    """The tracker is narrowed by words and sorted by a click."""
    page.goto("tracker/")
    rows = page.locator(".data--tracker tbody tr:visible")
    everything = rows.count()
    page.locator("#narrow input[name='find']").fill("tariff")
    expect(rows).not_to_have_count(everything)
    page.locator(".data--tracker thead button").first.click()
    expect(page.locator(".data--tracker th[aria-sort]").first).to_be_visible()


@in_a_browser
def test_g15_copying_works(page: Page) -> None:
    """Buttons that copy a citation work, where there are any."""
    page.goto(LEE)
    for button in page.locator("button[data-copy]:visible").all():
        button.click()
