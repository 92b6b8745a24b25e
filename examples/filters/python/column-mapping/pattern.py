"""Patterns of DM's rules: names with `*` at their end, `?`, `[a-z]` and `[!a-z]`, whatever the case."""

import re


class Pattern:
    """A pattern of names."""

    def __init__(self, text: str):
        if not text or "*" in text[:-1]:
            raise ValueError(f"`{text}` is no pattern: a `*` may stand at its end only; `*` alone matches every name")
        self._regex = re.compile(translated(text.lower()), re.DOTALL)

    def matches(self, name: str) -> bool:
        return self._regex.fullmatch(name.lower()) is not None


def translated(text: str) -> str:
    """Returns the regular expression that a pattern is."""
    regex = ""
    at = 0
    while at < len(text):
        character = text[at]
        at += 1
        if character == "*":
            regex += ".*"
        elif character == "?":
            regex += "."
        elif character == "[":
            end = text.find("]", at)
            if end <= at:
                raise ValueError(f"`{text}` has a `[` that is not closed, or holds nothing")
            regex += characters(text[at:end])
            at = end + 1
        else:
            regex += re.escape(character)
    return regex


def characters(inside: str) -> str:
    """Returns the set of a regular expression. `[!]` is the set of `!`."""
    negated = len(inside) > 1 and inside[0] == "!"
    ranges = re.findall(r".-.|.", inside[negated:], re.DOTALL)
    escaped = ["-".join(map(re.escape, part.split("-"))) if len(part) == 3 else re.escape(part) for part in ranges]
    return f"[{'^' if negated else ''}{''.join(escaped)}]"
