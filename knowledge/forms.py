"""The form in which a curator writes an entry."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from knowledge.models import Entry, EntrySource
from knowledge.plain_text import plain_line, plain_text
from knowledge.rules import (
    MAX_ANSWER_WORDS,
    MAX_READING_GRADE,
    MIN_ALTERNATIVES,
    MIN_ANSWER_WORDS,
    EntryText,
    SourceText,
    entry_problems,
)

if TYPE_CHECKING:  # Django's forms take no parameters when they run
    _EntryModelForm = forms.ModelForm[Entry]
    _SourceFormSet = forms.BaseInlineFormSet[EntrySource, Entry, forms.ModelForm[EntrySource]]
else:
    _EntryModelForm = forms.ModelForm
    _SourceFormSet = forms.BaseInlineFormSet

#: Buttons that take an entry towards people: pressed, the rules bind; else they are hints.
BINDING = frozenset({"knowledge_entry_submit", "knowledge_entry_approve", "knowledge_entry_publish"})
SEND_BACK = "knowledge_entry_send_back"
#: Fields that say something about a change, and are no part of the entry.
ASIDE = frozenset({"note", "look_alikes_seen", "opened_at"})


class TextsField(forms.CharField):
    """A list of texts, typed with a separator between them."""

    def __init__(self, *, separator: str, joiner: str, **options: Any) -> None:
        super().__init__(required=False, max_length=20_000, **options)
        self._separator, self._joiner = re.compile(separator), joiner

    def prepare_value(self, value: object) -> object:
        """Show a stored list; show what was typed as it was typed."""
        return self._joiner.join(value) if isinstance(value, list) else value

    def to_python(self, value: object) -> Any:
        """The texts, tidied, none empty and none twice."""
        parts = self._separator.split(str(value or ""))
        return list(dict.fromkeys(text for part in parts if (text := plain_line(part))))

    def has_changed(self, initial: object, data: object) -> bool:
        """Compare the texts, not the way they were typed."""
        return bool((initial or []) != self.to_python(data))


class CategoryInput(UnfoldAdminTextInputWidget):
    """A text box that offers the categories in use."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The box and its list of offers."""
        used = Entry.objects.order_by("category").values_list("category").distinct()
        offers = format_html_join("", '<option value="{}"></option>', used)
        box = super().render(name, value, {**(attrs or {}), "list": f"{name}-offers"}, renderer)
        return format_html('{}<datalist id="{}-offers">{}</datalist>', box, name, offers)


class EntryForm(_EntryModelForm):
    """The words of an entry. Refuses to overwrite what somebody else saved meanwhile."""

    question = forms.CharField(
        max_length=2_000, widget=UnfoldAdminTextInputWidget, help_text="As a person would say it, in plain words."
    )
    alternatives = TextsField(
        separator=r"\n",
        joiner="\n",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 6}),
        label="Other ways to ask",
        help_text=f"One a line, at least {MIN_ALTERNATIVES}: a worried daughter, a short text, other words for it.",
    )
    answer = forms.CharField(
        max_length=100_000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 10}),
        help_text=(
            f"{MIN_ANSWER_WORDS} to {MAX_ANSWER_WORDS} words, reading grade {MAX_READING_GRADE:g} or lower. "
            "Warm and plain. No doses, and never tell anyone to stop or change a medicine: "
            "that is for a doctor or pharmacist."
        ),
    )
    category = forms.CharField(
        max_length=80, widget=CategoryInput, help_text="One of those in use where it fits, such as sleep or falls."
    )
    tags = TextsField(
        separator=r"[,\n]",
        joiner=", ",
        widget=UnfoldAdminTextInputWidget,
        help_text="Words to find it by, with commas.",
    )
    note = forms.CharField(
        max_length=500,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        label="A word about this",
        help_text="Why, for those who read the versions later. To send an entry back, say what is to be changed.",
    )
    look_alikes_seen = forms.BooleanField(
        required=False,
        widget=UnfoldBooleanWidget,
        label="I have looked at the entries like it",
        help_text="Needed only where another entry is very like this one, and both are to stay.",
    )
    opened_at = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Entry
        fields = ("key", "question", "alternatives", "answer", "category", "tags", "audience", "review_due")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding and "opened_at" in self.fields:
            self.initial["opened_at"] = self.instance.updated_at.isoformat()

    def clean_note(self) -> str:
        """On one line, without hidden characters."""
        return plain_line(self.cleaned_data["note"])

    def clean_question(self) -> str:
        """On one line, without hidden characters."""
        return plain_line(self.cleaned_data["question"])

    def clean_answer(self) -> str:
        """Without hidden characters."""
        return plain_text(self.cleaned_data["answer"])

    def clean_category(self) -> str:
        """In lower case, so that one category is not two."""
        return plain_line(self.cleaned_data["category"]).lower()

    def clean(self) -> dict[str, Any]:
        """Hold the words to the rules when they are to be reviewed or published."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.instance._state.adding and cleaned.get("opened_at") != self.instance.updated_at.isoformat():
            raise forms.ValidationError(
                "Somebody else changed this entry after you opened it. Copy your words, open it again and put them in."
            )
        if self.instance.status == Entry.Status.PUBLISHED and not cleaned.get("review_due"):
            self.add_error("review_due", "A published entry needs a day when its facts are checked again.")
        if SEND_BACK in self.data and self.instance.status == Entry.Status.IN_REVIEW and not cleaned.get("note"):
            self.add_error("note", "Say what is to be changed, so that the author knows.")
        if wants_rules(self.data) and not self.errors:
            for problem in entry_problems(self._text(cleaned)):
                if problem.field in self.fields:
                    self.add_error(problem.field, problem.message)
        return cleaned

    def words_changed(self) -> bool:
        """Whether what Lilo would say has changed, not only the day of the next review."""
        return bool(set(self.changed_data) - {"review_due"} - ASIDE)

    def entry_changed(self) -> bool:
        """Whether anything of the entry itself has changed."""
        return bool(set(self.changed_data) - ASIDE)

    def _text(self, cleaned: dict[str, Any]) -> EntryText:
        return EntryText(
            key=cleaned.get("key") or self.instance.key,
            question=cleaned["question"],
            answer=cleaned["answer"],
            category=cleaned["category"],
            alternatives=tuple(cleaned["alternatives"]),
            tags=tuple(cleaned["tags"]),
            audience=cleaned["audience"],
        )


class SourceFormSet(_SourceFormSet):
    """The sources of an entry, held to the rules when it is to be reviewed or published."""

    def clean(self) -> None:
        """Refuse with every problem of the sources at once."""
        super().clean()
        if not wants_rules(self.data) or any(self.errors):
            return
        given = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        sources = tuple(SourceText(row["title"], row["publisher"], row["url"], row["date"]) for row in given)
        text = EntryText(key="", question="", answer="", category=self.instance.category, sources=sources)
        problems = [problem.message for problem in entry_problems(text) if problem.field == "sources"]
        if problems:
            raise forms.ValidationError(problems)


def wants_rules(data: Any) -> bool:
    """Whether a button was pressed that takes the entry towards people."""
    return not BINDING.isdisjoint(data)
