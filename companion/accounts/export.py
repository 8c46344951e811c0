"""A person's own copy of all that Lilo keeps about them: JSON and CSV in one archive.

Each room hands down what it holds (`offer`), so that nothing is left out because this room does not know of it.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from companion.accounts import audit
from companion.accounts.models import AuditLog, User

Row = Mapping[str, Any]
Section = Callable[[User], Iterable[Row]]
_sections: dict[str, Section] = {}
#: What a spreadsheet would take for a formula; plain numbers and telephone numbers are none.
FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d\s().-]*$)")
READ_ME = """This is your own copy of what Lilo keeps about you, made on {day:%d %B %Y}.

Each part comes twice: as .json for programs, and as .csv for a spreadsheet.
Times are in UTC. Keep this file in a safe place: whoever has it can read it.

{parts}
"""


def offer(name: str, section: Section) -> None:
    """Let a room say what it holds about a person.

    Args:
        name: of the files, as `journal`.
        section: told the person; gives rows of plain values, dates and times included.
    """
    _sections[name] = section


def rows_of(rows: QuerySet[Any], *, without: Collection[str] = ()) -> list[Row]:
    """Every column of some rows, sealed ones opened; what is of no use to people, as fingerprints, is named and left
    out.
    """
    names = [column.attname for column in rows.model._meta.concrete_fields if column.name not in without]
    return list(rows.values(*names))


def archive(user: User) -> bytes:
    """The archive of one person's data, as the bytes of a ZIP file. That it was taken is in the audit log."""
    holder, counts = io.BytesIO(), {}
    with zipfile.ZipFile(holder, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, section in sorted({**_OWN, **_sections}.items()):
            rows = [dict(row) for row in section(user)]
            counts[name] = len(rows)
            parts.writestr(f"{name}.json", json.dumps(rows, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))
            parts.writestr(f"{name}.csv", _as_csv(rows))
        listed = "\n".join(f"{name}: {count}" for name, count in counts.items())
        parts.writestr("README.txt", READ_ME.format(day=timezone.now(), parts=listed))
    with transaction.atomic():
        audit.record(user, "account.exported", "account", user.pk, subject=user, parts=len(counts))
    return holder.getvalue()


def _as_csv(rows: list[dict[str, Any]]) -> str:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return "\N{ZERO WIDTH NO-BREAK SPACE}" + text.getvalue()  # so that spreadsheets read it as UTF-8


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False).strip('"')
    return f"'{text}" if FORMULA.match(text) else text


def _account(user: User) -> list[Row]:
    fields = ("username", "full_name", "email", "phone", "kind", "country", "time_zone", "language", "is_verified")
    return [{name: getattr(user, name) for name in fields} | {"opened_at": user.created_at}]


def _sign_ins(user: User) -> list[Row]:
    return list(user.sign_ins.values("device", "created_at", "last_used_at", "revoked_at", "revoked_because"))


def _what_was_done(user: User) -> list[Row]:
    """What they did, and what was done to their account or data; who else did it is named by id only."""
    rows = AuditLog.objects.filter(actor_id=user.pk) | AuditLog.objects.filter(subject_id=user.pk)
    return list(rows.values("at", "action", "actor_id", "subject_id", "resource_type", "resource_id", "details"))


_OWN: dict[str, Section] = {"account": _account, "sign-ins": _sign_ins, "what-was-done": _what_was_done}
