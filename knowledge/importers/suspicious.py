"""Words in outside text that mean to steer a program, not to inform a person.

They can steer nothing here: text is shown escaped, quoted as evidence, never executed. But who reviews an entry should
know that whoever wrote it tried.
"""

from __future__ import annotations

import re

INSTRUCTIONS = "Holds words that read like instructions to a program: “{}”. Read it with care before it is published."
HIDDEN = "Held invisible or direction-changing characters, which were taken out. Somebody may have hidden words in it."
CODE = "Holds code or template signs: “{}”. It is shown as plain text, but a person will not understand it."

#: Direction overrides and tag characters: no text for old people needs them.
DISGUISES = re.compile("[\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
_ORDERS = r"(?:instruct\w*|rules?|prompts?|directions?|guidelines?|commands?|orders|tasks?|assignments?|programming)"
_FORGET = r"(?:ignore|disregard|forget|override|overrule|bypass|skip|drop)"
STEERING = re.compile(
    rf"\b{_FORGET}\b[^.!?\n]{{0,40}}\b(?:all|any|every|your|my|the|previous|prior|above|earlier|preceding|before|these|"
    rf"those)\b[^.!?\n]{{0,30}}\b{_ORDERS}\b"
    rf"|\b{_FORGET}\b\s+(?:about\s+)?(?:everything|all|anything|what|the)\b[^.!?\n]{{0,30}}\b(?:before\w*|above|told|"
    r"said|previous\w*|prior|so far)\b"
    r"|\b(?:ignore|disregard) (?:the )?above\b|^\W*(?:ignore|forget) (?:everything|all)\b"
    r"|\b(?:vergiss|vergessen sie|ignorier\w*|missachte)\b[^.!?\n]{0,50}\b(?:alle[sn]?|anweisung\w*|regeln|befehl\w*|"
    r"aufgaben?|instruktion\w*|vorgaben|vorherig\w*)\b"
    r"|^\s*(?:system|assistant|developer)\s*:"
    r"|<\|?(?:im_start|im_end|system|endoftext)\|?>|\[/?INST\]|<</?SYS>>|^#{2,}\s*(?:system|instruction)s?\b"
    r"|\b(?:you are now|now you are|du bist jetzt|(?:jetzt|nun) bist du)\b"
    r"|\bwant you to act as\b|\bfrom now on,? (?:you|act|answer|respond|reply)\b"
    r"|\b(?:pretend|act as if) you(?:'re| are| have)\b"
    r"|\b(?:reveal|show|print|repeat|output|spell out|tell me|give me|display|return)\b[^.!?\n]{0,40}\b(?:"
    r"(?:your|above|previous|system)\b[^.!?\n]{0,30}\b(?:prompts?|instruction\w*|system message)"
    r"|the (?:whole )?prompts?)\b"
    r"|\b(?:developer|jailbreak|dan|god) mode\b|\bdo anything now\b|\bjailbreak\b|\b(?:hello|hey|dear) (?:chat)?gpt\b"
    r"|\b(?:do not|don't|never) (?:tell|inform|mention (?:this|it) to|warn|alert) the (?:user|senior|person|reviewer|"
    r"family|nurse)\b"
    r"|\bas an? (?:ai|language model|llm)\b|\b(?:ai|language) model,? (?:you|must|should)\b",
    re.IGNORECASE | re.MULTILINE,
)
#: Every match holds one of these. To look for them is quick; only what stands round one is looked at closely.
SIGNS = (
    "ignor", "disregard", "forget", "overrid", "overrul", "bypass", "vergiss", "vergessen sie", "missachte", "system:",
    "assistant:", "developer:", "system :", "im_start", "im_end", "endoftext", "<|system", "<system", "inst]", "<sys>",
    "</sys>", "# system", "#system", "# instruction", "instructions", "you are now", "now you are", "bist du",
    "du bist", "act as", "from now on", "pretend", "prompt", "system message", "developer mode", "dan mode", "god mode",
    "anything now", "jailbreak", "gpt", "the user", "the senior", "the person", "the reviewer", "the family",
    "the nurse", "as an ai", "as a language", "as an llm", "language model", "ai model", "an ai ", "ai,",
    "ai you", "ai must",
)  # fmt: skip
PROGRAM_TEXT = re.compile(
    r"<\s*/?\s*(?:script|iframe|object|embed|svg|img|style|link|meta|form)\b[^>]{0,60}"
    r"|\{\{.{0,40}|\{%.{0,40}|\$\{.{0,40}|<\?php|<%.{0,40}|javascript:\s*\S{0,40}|\bon(?:error|load|click)\s*=",
    re.IGNORECASE,
)
CODE_SIGNS = ("<", "{", "javascript:", "onerror", "onload", "onclick")
MOST_SHOWN = 60
#: Characters before and after a sign that are looked at.
AROUND = 120


def steering_words(*texts: str) -> str:
    """The first words that read like instructions to a program; empty if there are none."""
    for text in texts:
        lowered = text.lower()
        for sign in SIGNS:
            at = lowered.find(sign)
            while at >= 0:
                if found := STEERING.search(text, max(0, at - AROUND), at + AROUND):
                    return " ".join(found[0].split())[:MOST_SHOWN]
                at = lowered.find(sign, at + AROUND)
    return ""


def warnings_about(*texts: str) -> tuple[str, ...]:
    """What a reviewer should know of these texts, in sentences."""
    found = []
    if words := steering_words(*texts):
        found.append(INSTRUCTIONS.format(words))
    for text in texts:
        lowered = text.lower()
        if any(sign in lowered for sign in CODE_SIGNS) and (code := PROGRAM_TEXT.search(text)):
            found.append(CODE.format(" ".join(code[0].split())[:MOST_SHOWN]))
            break
    return tuple(found)


def is_disguised(text: str) -> bool:
    """Whether raw text holds characters that hide words or turn them round."""
    return not text.isascii() and DISGUISES.search(text) is not None
