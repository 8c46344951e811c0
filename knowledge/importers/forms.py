"""The form by which a curator brings files in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
    UnfoldAdminURLInputWidget,
)

from knowledge.forms import CategoryInput
from knowledge.importers.kinds import NAMES
from knowledge.importers.limits import MEGABYTE
from knowledge.models import Entry
from knowledge.plain_text import plain_line

MOST_FILES = 20


class FilesInput(forms.ClearableFileInput):
    """Choose several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, each within the limit on its size."""

    widget = FilesInput(attrs={"accept": ",".join(sorted(NAMES)), "class": "lilo-files"})

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The files, none of them empty or too large."""
        given = data if isinstance(data, list) else [data] if data else []
        if len(given) > MOST_FILES:
            raise forms.ValidationError(f"Bring at most {MOST_FILES} files at a time, or a ZIP archive of them.")
        files: list[UploadedFile[Any]] = [super(FilesField, self).clean(file, initial) for file in given or [None]]
        for file in files:
            if (file.size or 0) > settings.IMPORT_MAX_MB * MEGABYTE:
                raise forms.ValidationError(f"{file.name} is larger than {settings.IMPORT_MAX_MB} MB. Cut it up.")
        return files


class ImportForm(forms.Form):
    """Files, and what to say of all of them."""

    uploads = FilesField(label="Files")
    category = forms.CharField(
        max_length=80, required=False, widget=CategoryInput, help_text="Left empty: as the files have it."
    )
    audience = forms.ChoiceField(
        choices=[("", "As the files have it"), *Entry.Audience.choices], required=False, widget=UnfoldAdminSelectWidget
    )
    title = forms.CharField(
        label="Title of the source", max_length=200, required=False, widget=UnfoldAdminTextInputWidget
    )
    publisher = forms.CharField(
        label="Its publisher", max_length=200, required=False, widget=UnfoldAdminTextInputWidget
    )
    url = forms.URLField(
        label="Its web address", max_length=1_000, required=False, assume_scheme="https",
        widget=UnfoldAdminURLInputWidget,
    )  # fmt: skip
    date = forms.DateField(label="Consulted on", required=False, widget=UnfoldAdminSingleDateWidget)

    def clean_url(self) -> str:
        """Only what may become a link on a person's page."""
        url = plain_line(self.cleaned_data["url"])
        if url and urlsplit(url).scheme not in {"http", "https"}:
            raise forms.ValidationError("Give a web address that begins with https://.")
        return url

    def chosen(self) -> dict[str, str]:
        """What was chosen, as an import keeps it."""
        data = self.cleaned_data
        words = {name: plain_line(data[name]) for name in ("category", "audience", "title", "publisher", "url")}
        words["category"] = words["category"].lower()
        if words["publisher"] or words["url"]:  # a source needs a name
            words["title"] = words["title"] or words["publisher"] or urlsplit(words["url"]).hostname or ""
        day = data["date"].isoformat() if data["date"] else ""
        return {name: text for name, text in {**words, "date": day}.items() if text}
