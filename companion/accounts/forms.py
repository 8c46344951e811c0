"""The forms of the account pages. Field rules live in the model and the actions; a form says them kindly."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from companion.accounts import actions, places, rules, sign_in
from companion.accounts.models import Kind, User

PASSWORD_INPUT = {"autocomplete": "current-password", "data-password": ""}
NEW_PASSWORD_INPUT = {"autocomplete": "new-password", "data-password": ""}
NAME_INPUT = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
CODE_INPUT = {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}


#: What is said instead of Django's own words, which name rules and not what to do.
KIND_WORDS = {
    "required": _("Please fill this in."),
    "invalid": _("Please check this."),
    "invalid_choice": _("Please choose one from the list."),
    "max_length": _("Please use at most %(limit_value)d letters."),
}
KIND_WORDS_OF: dict[type[forms.Field], dict[str, Any]] = {
    forms.EmailField: {"invalid": _("Please check this e-mail address. It looks like name@example.org.")},
    forms.ChoiceField: {"required": _("Please choose one.")},
}


class PlainForm(forms.Form):
    """A form whose labels stand above their fields, without a colon, and which says kindly what is missing."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        for field in self.fields.values():
            field.error_messages |= KIND_WORDS | KIND_WORDS_OF.get(type(field), {})


class EntryForm(PlainForm):
    """A form that lets somebody in, for Django's sign-in view."""

    def __init__(self, request: HttpRequest, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.request = request
        self.user: User | None = None

    def get_user(self) -> User | None:
        """Whom the form lets in, once it is valid."""
        return self.user


class SignInForm(EntryForm):
    """User name or e-mail address, and password."""

    username = forms.CharField(
        label=_("User name or e-mail"), max_length=rules.LONGEST_EMAIL, widget=forms.TextInput(NAME_INPUT)
    )
    # No `maxlength` on the input: a browser would cut a longer password short in silence.
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        validators=[rules.check_password_length],
        widget=forms.PasswordInput(PASSWORD_INPUT),
    )

    def clean(self) -> dict[str, Any]:
        """Check the password. `MustWaitError` goes on to the view."""
        name, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if name and password:
            try:
                self.user = sign_in.with_password(self.request, name, password)
            except sign_in.WrongPasswordError:
                message = _("The name or the password is not right. Please check both and try again.")
                raise ValidationError(message, code="wrong") from None
        return self.cleaned_data


class CodeForm(EntryForm):
    """A short code that was handed over."""

    code = forms.CharField(
        label=_("Your code"),
        max_length=20,
        help_text=_("Eight letters and digits, such as ACDE-7934."),
        widget=forms.TextInput(CODE_INPUT),
    )

    def clean_code(self) -> str:
        """Use the code up. `MustWaitError` goes on to the view."""
        code: str = self.cleaned_data["code"]
        try:
            self.user = sign_in.with_pass(self.request, "code", code)
        except sign_in.WrongPassError:
            message = _("This code does not work. A code lasts 15 minutes and works once. Please ask for a new one.")
            raise ValidationError(message, code="wrong") from None
        return code


class SignUpForm(PlainForm):
    """A new account, for a senior or for family. Others are opened by an operator."""

    kind = forms.ChoiceField(
        label=_("Who is Lilo for?"),
        choices=[(Kind.SENIOR, _("For me")), (Kind.FAMILY, _("For somebody I look after"))],
        widget=forms.RadioSelect,
    )
    full_name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("Your e-mail"),
        required=False,
        max_length=rules.LONGEST_EMAIL,
        help_text=_("We send a link there if you forget your password. You can leave it out if Lilo is for you."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    username = forms.CharField(
        label=_("Choose a user name"),
        max_length=40,
        help_text=_("3 to 40 letters or digits."),
        widget=forms.TextInput(NAME_INPUT),
    )
    password = forms.CharField(
        label=_("Choose a password"),
        strip=False,
        help_text=_("At least 10 letters or signs. Three words that you like work well."),
        widget=forms.PasswordInput(NEW_PASSWORD_INPUT),
    )
    country = forms.ChoiceField(label=_("Your country"), choices=lambda: list(places.countries().items()), initial="US")
    time_zone = forms.ChoiceField(
        label=_("Your time zone"),
        choices=lambda: list(places.time_zones().items()),
        initial="America/New_York",
        help_text=_("So that reminders come at the right hour."),
    )

    def clean(self) -> dict[str, Any]:
        """Family is reached by mail. A weak password is said with the rest, since it has to be typed anew."""
        if self.cleaned_data.get("kind") == Kind.FAMILY and not self.cleaned_data.get("email"):
            self.add_error("email", _("Please give your e-mail address."))
        told = {name: self.cleaned_data.get(name, "") for name in ("username", "full_name", "email")}
        if password := self.cleaned_data.get("password"):
            try:
                actions.check_new_password(password, User(**told))
            except ValidationError as error:
                self.add_error(None, error)
        return self.cleaned_data

    def open_account(self) -> User | None:
        """Open the account; None where it cannot be, and then the form says why."""
        try:
            return actions.create_user(**self.cleaned_data)
        except ValidationError as error:
            self.add_error(None, error)
            return None


class ResetForm(PlainForm):
    """Asks for a link to a new password."""

    email = forms.EmailField(
        label=_("Your e-mail"), max_length=rules.LONGEST_EMAIL, widget=forms.EmailInput({"autocomplete": "email"})
    )


class NewPasswordForm(PlainForm):
    """A new password, typed once: it can be shown instead."""

    new_password1 = forms.CharField(
        label=_("Your new password"),
        strip=False,
        help_text=_("At least 10 letters or signs. Three words that you like work well."),
        widget=forms.PasswordInput(NEW_PASSWORD_INPUT),
    )

    def __init__(self, user: User, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user

    def clean(self) -> dict[str, Any]:
        """Check the one password there is."""
        password = self.cleaned_data.get("new_password1")
        if password:
            try:
                actions.check_new_password(password, self.user)
            except ValidationError as error:
                self.add_error("new_password1", error.error_dict["password"])
        return self.cleaned_data

    def save(self) -> User:
        """Change the password, which ends every other sign-in."""
        actions.change_password(self.user, self.cleaned_data["new_password1"])
        return self.user


class ChangePasswordForm(NewPasswordForm):
    """A new password, and the old one to show that it is really you."""

    old_password = forms.CharField(
        label=_("Your password now"), strip=False, widget=forms.PasswordInput(PASSWORD_INPUT)
    )
    field_order = ("old_password", "new_password1")

    def clean_old_password(self) -> str:
        """Refuse a wrong one."""
        old: str = self.cleaned_data["old_password"]
        if len(old) > rules.LONGEST_PASSWORD or not self.user.check_password(old):
            raise ValidationError(_("This is not your password."), code="wrong")
        return old


class ReallyYouForm(PlainForm):
    """Asks for the password before something large. A senior who has none is let through: there is nothing to ask."""

    password = forms.CharField(label=_("Your password"), strip=False, widget=forms.PasswordInput(PASSWORD_INPUT))

    def __init__(self, user: User, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        if not user.has_usable_password():
            del self.fields["password"]

    def clean_password(self) -> str:
        """Refuse a wrong one."""
        password: str = self.cleaned_data["password"]
        if len(password) > rules.LONGEST_PASSWORD or not self.user.check_password(password):
            raise ValidationError(_("This is not your password."), code="wrong")
        return password
