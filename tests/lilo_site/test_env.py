"""A wrong environment value stops the start with one sentence that names the variable."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from lilo_site.settings import env, keys

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("value", "expected"), [("yes", True), ("ON", True), ("1", True), ("no", False), ("False", False), ("", None)]
)
def test_flag(monkeypatch: pytest.MonkeyPatch, value: str, expected: bool | None) -> None:
    monkeypatch.setenv("X", value)
    assert env.flag("X", default=True) is (True if expected is None else expected)
    assert env.flag("X", default=False) is (expected or False)


@pytest.mark.parametrize(
    ("read", "value", "message"),
    [
        (lambda: env.flag("X", default=True), "maybe", "X must be yes or no, not 'maybe'."),
        (lambda: env.number("X", 1), "ten", "X must be a whole number, not 'ten'."),
        (lambda: env.number("X", 1, least=1, most=9), "10", "X must be from 1 to 9, not 10."),
        (lambda: env.number("X", 1, least=5), "4", "X must be 5 or more, not 4."),
        (lambda: env.choice("X", "a", {"a", "b"}), "c", "X must be one of a, b, not 'c'."),
        (lambda: env.address("X", {"redis"}), "http://h", "X must begin with redis://."),
        (lambda: env.address("X", {"redis"}), "redis://", "X must name a host, as in redis://host:port/name."),
        (
            lambda: env.address("X", {"redis"}),
            "redis://h:99999",
            "X is not an address: its host or port cannot be read.",
        ),
        (lambda: env.folder("X", Path("/")), __file__, f"X must name a folder, and {__file__} is a file."),
    ],
)
def test_wrong_values_are_refused_by_name(monkeypatch, read, value, message) -> None:
    monkeypatch.setenv("X", value)
    with pytest.raises(ImproperlyConfigured) as refusal:
        read()
    assert str(refusal.value) == message


def test_address_never_repeats_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "ftp://me:hunter2@host/db")
    with pytest.raises(ImproperlyConfigured) as refusal:
        env.address("X", {"postgresql"})
    assert "hunter2" not in str(refusal.value)


def test_key_ring_reads_several_keys_and_refuses_short_ones() -> None:
    one, two = keys.make_binary_key(), keys.make_binary_key()
    assert list(keys.key_ring("FIELD_KEYS", f"new:{one}, old:{two}")) == ["new", "old"]
    with pytest.raises(ImproperlyConfigured, match="FIELD_KEYS must hold keys of 32 bytes"):
        keys.key_ring("FIELD_KEYS", "a:c2hvcnQ=")
    with pytest.raises(ImproperlyConfigured, match="FIELD_KEYS must be a list of id:base64"):
        keys.key_ring("FIELD_KEYS", one)


def test_development_keys_are_made_once_and_only_for_us(tmp_path: Path) -> None:
    first = keys.secret("SOME_KEY", data_dir=tmp_path, production=False, make=keys.make_text_key)
    again = keys.secret("SOME_KEY", data_dir=tmp_path, production=False, make=keys.make_text_key)
    assert first == again
    assert (tmp_path / "secrets" / "SOME_KEY").stat().st_mode & 0o077 == 0


def _manage(**variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"LILO_ENV": "staging"}, "LILO_ENV must be one of development, production, not 'staging'."),
        ({"REDIS_URL": "localhost:6379"}, "REDIS_URL must begin with redis:// or rediss:// or unix://."),
        ({"LILO_ENV": "production"}, "SECRET_KEY must be set in production; see docs/settings.md for how to make one."),
    ],
)
def test_start_stops_with_one_sentence(variables: dict[str, str], sentence: str) -> None:
    ended = _manage(**variables)
    assert ended.returncode != 0
    assert ended.stderr.strip() == f"Lilo cannot start: {sentence}"


def test_every_variable_is_documented() -> None:
    import re

    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    read = set()
    for path in (ROOT / "lilo_site" / "settings").glob("*.py"):
        source = path.read_text(encoding="utf-8")
        read |= set(
            re.findall(r"(?:env\.(?:text|flag|number|choice|names|folder|address)|_secret)\(\s*\"([A-Z_]+)\"", source)
        )
    assert len(read) > 20
    assert sorted(name for name in read if f"`{name}`" not in page) == []
