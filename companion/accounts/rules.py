"""How names, addresses and numbers are written down, and what is accepted. Pure: no database, no clock."""

from __future__ import annotations

import re
import unicodedata
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from companion.accounts import places

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")
LONGEST_PASSWORD = 128
LONGEST_EMAIL = 254


def normal_username(text: str) -> str:
    """The one spelling of a user name: compatible characters folded, lower case."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def normal_email(text: str) -> str:
    """The one spelling of an e-mail address: lower case, since no mail service in use tells them apart."""
    return unicodedata.normalize("NFC", text).strip().lower()


def normal_name(text: str) -> str:
    """The one spelling of what a person types to sign in: an e-mail address or a user name."""
    return normal_email(text) if "@" in text else normal_username(text)


def plain_line(text: str, longest: int) -> str:
    """A label from outside, as a user agent, made harmless: printable, one line, bounded."""
    return "".join(sign for sign in text if sign.isprintable())[:longest].strip()


def normal_phone(text: str, country: str) -> str:
    """A phone number as it is dialled from anywhere, `+14155550123`.

    Raises:
        ValidationError: it cannot be a number of that country, nor an international one.
    """
    import phonenumbers  # its tables are large: only when a number is really given

    if not text.strip():
        return ""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise ValidationError("Please check this phone number.", code="phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def check_username(text: str) -> None:
    """Three to forty plain letters, digits, dots, dashes; so look-alike names of other scripts cannot exist."""
    if not USERNAME.fullmatch(text):
        raise ValidationError("Use 3 to 40 letters or digits. Dots and dashes are fine too.", code="username")


def check_email(text: str) -> None:
    """A real-looking address, or none at all."""
    if text and (len(text) > LONGEST_EMAIL or any(unicodedata.category(sign) == "Cc" for sign in text)):
        raise ValidationError("Please check this e-mail address.", code="email")
    if text:
        validate_email(text)


def check_time_zone(name: str) -> None:
    """An IANA name, such as `Europe/Oslo`."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, a path that leaves the folder, or a folder's name
        raise ValidationError("Please choose a time zone from the list.", code="time_zone") from None


def check_language(tag: str) -> None:
    """A language tag, such as `en` or `pt-BR`."""
    if not LANGUAGE.fullmatch(tag):
        raise ValidationError("Please choose a language from the list.", code="language")


def check_country(code: str) -> None:
    """An ISO 3166 country of two capital letters, such as `US`."""
    if code not in places.countries():
        raise ValidationError("Please choose a country from the list.", code="country")


def check_password_length(password: str) -> None:
    """Long passwords are welcome up to a bound; none is ever cut short in silence."""
    if len(password) > LONGEST_PASSWORD:
        raise ValidationError(
            f"Please use a password of at most {LONGEST_PASSWORD} characters.", code="password_too_long"
        )


class LongestPasswordValidator:
    """The bound on passwords, for Django's list of validators."""

    def validate(self, password: str, user: object = None) -> None:
        """Refuse what is too long."""
        check_password_length(password)

    def get_help_text(self) -> str:
        """The rule, in words."""
        return f"Your password may have up to {LONGEST_PASSWORD} characters."
