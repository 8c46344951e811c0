"""Who to ring, country by country.

Only lines we are sure of; where we are not, the general emergency number stands alone. Checked in November 2026.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Need = Literal["medical", "fire", "police", "crisis", "poison", "gas", "abuse", "scam"]


@dataclass(frozen=True, slots=True)
class Phone:
    """Somebody to ring: what to call them, the number as people write it, and its `tel:` address."""

    label: str
    number: str

    @property
    def tel(self) -> str:
        """The number as a tel: address: digits, and a leading plus or star where there is one."""
        return "tel:" + "".join(c for c in self.number if c.isdigit() or c in "+*")


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of one country. `fire` and `police` are named only where they differ from the medical number."""

    medical: str
    fire: str = ""
    police: str = ""
    crisis: tuple[str, str] | None = None
    poison: tuple[str, str] | None = None
    gas: tuple[str, str] | None = None
    abuse: tuple[str, str] | None = None
    scam: tuple[str, str] | None = None


_EUROPE = Lines("112")
_SAMARITANS = ("Samaritans, day and night", "116 123")

LINES: dict[str, Lines] = {
    "US": Lines(
        "911",
        crisis=("988 Suicide and Crisis Lifeline", "988"),
        poison=("Poison Control", "1-800-222-1222"),
        abuse=("Eldercare Locator", "1-800-677-1116"),
        scam=("AARP Fraud Helpline", "1-877-908-3360"),
    ),
    "GB": Lines(
        "999",
        crisis=_SAMARITANS,
        poison=("NHS 111", "111"),
        gas=("Gas Emergency Service", "0800 111 999"),
        abuse=("Hourglass, for older people", "0808 808 8141"),
        scam=("Your bank's safe line", "159"),
    ),
    "IE": Lines(
        "112",
        crisis=_SAMARITANS,
        poison=("Poisons Information Line", "01 809 2166"),
        gas=("Gas Networks Ireland", "1800 20 50 50"),
    ),
    "CA": Lines(
        "911",
        crisis=("988 Suicide Crisis Helpline", "988"),
        poison=("Poison Centre", "1-844-764-7669"),
    ),
    "AU": Lines(
        "000",
        crisis=("Lifeline", "13 11 14"),
        poison=("Poisons Information Centre", "13 11 26"),
        abuse=("Elder abuse help line", "1800 353 374"),
    ),
    "NZ": Lines(
        "111",
        crisis=("Talk to a counsellor", "1737"),
        poison=("National Poisons Centre", "0800 764 766"),
        abuse=("Elder abuse help line", "0800 326 6865"),
    ),
    "IN": Lines(
        "112",
        crisis=("Tele-MANAS", "14416"),
        poison=("National Poisons Information Centre", "1800 116 117"),
        abuse=("Elder Line", "14567"),
        scam=("Cyber crime help line", "1930"),
    ),
    "ZA": Lines(
        "112",
        crisis=("Suicide Crisis Helpline", "0800 567 567"),
        poison=("Poisons Information Helpline", "0861 555 777"),
    ),
    "AT": Lines("112", crisis=("Telefonseelsorge", "142"), poison=("Vergiftungszentrale", "01 406 43 43")),
    "BE": Lines("112", crisis=("Zelfmoordlijn", "1813"), poison=("Antigifcentrum", "070 245 245")),
    "CH": Lines("144", fire="118", police="117", crisis=("Die Dargebotene Hand", "143"), poison=("Tox Info", "145")),
    "CZ": Lines("112", crisis=("Linka první psychické pomoci", "116 123")),
    "DE": Lines("112", police="110", crisis=("TelefonSeelsorge", "0800 111 0 111")),
    "DK": Lines("112", crisis=("Livslinien", "70 201 201"), poison=("Giftlinjen", "82 12 12 12")),
    "ES": Lines("112", crisis=("Línea 024", "024"), poison=("Información Toxicológica", "91 562 04 20")),
    "FI": Lines("112", crisis=("Kriisipuhelin", "09 2525 0111"), poison=("Myrkytystietokeskus", "0800 147 111")),
    "FR": Lines("112", crisis=("Prévention du suicide", "3114")),
    "GR": Lines("112", crisis=("Suicide help line", "1018"), poison=("Poison Centre", "210 779 3777")),
    "IS": Lines("112", crisis=("Red Cross help line", "1717")),
    "IT": Lines("112", crisis=("Telefono Amico", "02 2327 2327"), poison=("Centro Antiveleni", "02 6610 1029")),
    "NL": Lines("112", crisis=("113 Zelfmoordpreventie", "0800 0113")),
    "NO": Lines(
        "113",
        fire="110",
        police="112",
        crisis=("Mental Helse", "116 123"),
        poison=("Giftinformasjonen", "22 59 13 00"),
    ),
    "PL": Lines("112", crisis=("Telefon zaufania", "116 123")),
    "PT": Lines("112", poison=("Centro de Informação Antivenenos", "800 250 250")),
    "SE": Lines("112", crisis=("Självmordslinjen", "90101"), poison=("Giftinformationscentralen", "010 456 67 00")),
    "BB": Lines("511", fire="311", police="211"),
    "BR": Lines("192", fire="193", police="190", crisis=("CVV", "188")),
    "CN": Lines("120", fire="119", police="110", crisis=("Mental health line", "12356")),
    "HK": Lines("999", crisis=("Mental Health Support Hotline", "18111")),
    "IL": Lines("101", fire="102", police="100", crisis=("ERAN", "1201")),
    "JM": Lines("110", police="119"),
    "JP": Lines("119", police="110", crisis=("Inochi no Denwa", "0120 783 556")),
    "KE": Lines("999"),
    "KR": Lines("119", police="112", crisis=("Suicide prevention line", "109")),
    "MX": Lines("911", crisis=("Línea de la Vida", "800 911 2000")),
    "MY": Lines("999", crisis=("Befrienders", "03 7627 2929")),
    "PH": Lines("911", crisis=("NCMH Crisis Hotline", "1553")),
    "SG": Lines("995", police="999", crisis=("Samaritans of Singapore", "1767")),
    "TH": Lines("1669", fire="199", police="191", crisis=("Mental health line", "1323")),
    "TR": Lines("112"),
    "TT": Lines("811", fire="990", police="999"),
    "TW": Lines("119", police="110", crisis=("Lifeline 1925", "1925")),
}


def lines_for(country: str) -> Lines:
    """The lines of a country by its two-letter code; 112, which mobile phones know nearly everywhere, for any other."""
    code = country.strip().upper()
    return LINES.get("GB" if code == "UK" else code, _EUROPE)


def emergency_numbers(country: str, need: Need = "medical") -> tuple[Phone, ...]:
    """Whom to ring for a need, the first first; the emergency number is always among them.

    Args:
        country: ISO 3166 two-letter code, in any case; an unknown one gets 112.
        need: what has happened.
    """
    lines = lines_for(country)
    emergency = {
        "fire": Phone("Fire brigade" if lines.fire else "Emergency", lines.fire or lines.medical),
        "gas": Phone("Fire brigade" if lines.fire else "Emergency", lines.fire or lines.medical),
        "police": Phone("Police" if lines.police else "Emergency", lines.police or lines.medical),
        "abuse": Phone("Police" if lines.police else "Emergency", lines.police or lines.medical),
        "scam": Phone("Police" if lines.police else "Emergency", lines.police or lines.medical),
    }.get(need, Phone("Ambulance" if lines.fire or lines.police else "Emergency", lines.medical))
    special = {
        "crisis": lines.crisis,
        "poison": lines.poison,
        "gas": lines.gas,
        "abuse": lines.abuse,
        "scam": lines.scam,
    }.get(need)
    if special is None:
        return (emergency,)
    line = Phone(*special)
    return (line, emergency) if need in {"scam", "abuse"} else (emergency, line)


def numbers_anywhere() -> list[str]:
    """The emergency numbers to show to somebody of whom no country is known."""
    return [emergency_numbers(code)[0].number for code in ("GB", "US", "")]
