"""HTML pages to sections: what a reader of the page would read, without its menus and without what it hides."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from knowledge.importers.documents import Document, Section
from knowledge.importers.limits import Limits
from knowledge.importers.rows import UnreadableFile

if TYPE_CHECKING:
    from bs4 import BeautifulSoup
    from bs4.element import Tag

#: Never the text of a page: programs, pictures, menus, forms, what stands beside it.
DROPPED = [
    "script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "math", "canvas", "audio", "video",
    "form", "button", "select", "textarea", "input", "nav", "header", "footer", "aside", "dialog", "head", "map",
]  # fmt: skip
DROPPED_ROLES = {"navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alert", "menu", "form"}
HIDDEN_CLASSES = {"sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "hidden", "d-none", "is-hidden"}
HIDDEN_STYLE = re.compile(
    r"display:none|visibility:(?:hidden|collapse)|opacity:0(?:\.0+)?(?:;|$|!)|font-size:0(?:\.0+)?[a-z%]*(?:;|$|!)"
    r"|text-indent:-\d{3,}|(?:left|top|right|margin-left):-\d{3,}|clip(?:-path)?:(?:rect\(0|inset\(100|inset\(50)"
    r"|(?:max-)?(?:width|height):0(?:px)?(?:;|$|!)|color:transparent|transform:scale\(0"
)
RULE = re.compile(r"([^{}]{1,500})\{([^{}]{0,2000})\}")
SIMPLE_SELECTOR = re.compile(r"[.#][\w-]+")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BLOCKS = [
    "p", "div", "section", "article", "main", "ul", "ol", "li", "dl", "dt", "dd", "table", "tr", "blockquote", "pre",
    "figure", "figcaption", "br", "hr", "address", "details", "summary", "caption", *HEADINGS,
]  # fmt: skip
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def read_page(text: str, *, limits: Limits) -> Document:
    """The main text of a page by its headings, with its title, its publisher and the address that it calls its own.

    Raises:
        UnreadableFile: it is longer than a document may be, or nested too deeply.
    """
    if len(text) > limits.characters:
        raise UnreadableFile(f"It has more than {limits.characters:,} characters, which no page has.")
    _check_depth(text, most=limits.html_depth)
    from bs4 import BeautifulSoup

    page = BeautifulSoup(text, "html.parser")
    title, publisher, url = _title(page), _meta(page, "og:site_name", "publisher", "author"), _address(page)
    _drop_unseen(page)
    return Document(tuple(_sections(_main(page), title)), title=title, publisher=publisher, url=url)


class _Depth(HTMLParser):
    """Counts how deep elements stand in each other, without building any of them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = self.deepest = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in VOID:
            self.open += 1
            self.deepest = max(self.deepest, self.open)

    def handle_endtag(self, tag: str) -> None:
        self.open = max(0, self.open - 1)


def _check_depth(text: str, *, most: int) -> None:
    counter = _Depth()
    try:
        counter.feed(text)
        counter.close()
    except (AssertionError, ValueError) as error:  # the parser's own words for a declaration it cannot read
        raise UnreadableFile("Its HTML is broken beyond reading.") from error
    if counter.deepest > most:
        raise UnreadableFile(f"Its HTML is nested more than {most} deep.")


def _title(page: BeautifulSoup) -> str:
    heading = page.find("h1")
    words = heading.get_text(" ", strip=True) if heading else ""
    return words or _meta(page, "og:title") or (page.title.get_text(" ", strip=True) if page.title else "")


def _meta(page: BeautifulSoup, *names: str) -> str:
    for name in names:
        for attribute in ("property", "name"):
            tag = page.find("meta", attrs={attribute: name})
            if tag and (content := str(tag.get("content") or "").strip()):
                return content
    return ""


def _address(page: BeautifulSoup) -> str:
    link = page.find("link", rel="canonical")
    return str(link.get("href") or "") if link else _meta(page, "og:url")


def _drop_unseen(page: BeautifulSoup) -> None:
    from bs4 import Comment
    from bs4.element import PreformattedString

    hidden = HIDDEN_CLASSES | _hidden_by_rules("\n".join(style.get_text() for style in page.find_all("style")))
    for tag in page.find_all(True):
        if tag.decomposed:
            continue
        if tag.name in DROPPED or _is_hidden(tag, hidden):
            tag.decompose()
    for string in page.find_all(string=lambda string: isinstance(string, Comment | PreformattedString)):
        string.extract()


def _is_hidden(tag: Tag, hidden: set[str]) -> bool:
    if tag.has_attr("hidden") or str(tag.get("aria-hidden")).lower() == "true":
        return True
    if str(tag.get("role")).lower() in DROPPED_ROLES:
        return True
    marks = set(tag.get_attribute_list("class")) | {f"#{tag.get('id')}"}
    style = "".join(str(tag.get("style") or "").lower().split())
    return bool(marks & hidden) or bool(style and HIDDEN_STYLE.search(style))


def _hidden_by_rules(styles: str) -> set[str]:
    """Classes (`name`) and ids (`#name`) that the page's own rules hide."""
    found: set[str] = set()
    for selectors, rules in RULE.findall(styles[:200_000]):
        if HIDDEN_STYLE.search("".join(rules.lower().split())):
            names = (name.strip() for name in selectors.split(","))
            found |= {name.removeprefix(".") for name in names if SIMPLE_SELECTOR.fullmatch(name)}
    return found


def _main(page: BeautifulSoup) -> Tag:
    main = page.find("main") or page.find(role="main")
    if main is None:
        articles = page.find_all("article")
        main = articles[0] if len(articles) == 1 else None
    return main or page.body or page


def _sections(main: Tag, title: str) -> list[Section]:
    from bs4.element import NavigableString, Tag

    for tag in main.find_all(BLOCKS):
        tag.insert_before("\n")
        tag.insert_after("\n")
    for cell in main.find_all(["td", "th"]):
        cell.insert_after(" ")
    sections: list[Section] = []
    path: dict[int, str] = {}
    words: list[str] = []
    for element in main.descendants:
        if isinstance(element, NavigableString):
            if not element.find_parent(HEADINGS):
                words.append(str(element) if str(element) == "\n" else " ".join(f"|{element}|".split())[1:-1])
        elif isinstance(element, Tag) and element.name in HEADINGS:
            _close(sections, path, words)
            level = HEADINGS.index(element.name)
            heading = element.get_text(" ", strip=True)
            path = {step: text for step, text in path.items() if step < level}
            if heading and heading != title:
                path[level] = heading
    _close(sections, path, words)
    return sections


def _close(sections: list[Section], path: dict[int, str], words: list[str]) -> None:
    text = "".join(words).strip()
    words.clear()
    if text:
        headings = tuple(path[level] for level in sorted(path))
        place = f"heading “{headings[-1][:60]}”" if headings else "before its first heading"
        sections.append(Section(headings, text, place))
