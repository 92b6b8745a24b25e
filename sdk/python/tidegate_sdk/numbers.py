"""Decimals, as they cross."""

import decimal

# More digits than any DECIMAL has; what would have to be rounded is an error.
EXACT = decimal.Context(prec=100, traps=[decimal.Inexact, decimal.InvalidOperation])
WORD = (1 << 64) - 1
# The most digits that travel as a number of 64 bits.
NARROW_DIGITS = 18


def to_decimal(unscaled: int, scale: int) -> decimal.Decimal:
    """Returns the decimal of which `unscaled` are all digits, the last `scale` of them behind the point."""
    return decimal.Decimal(unscaled).scaleb(-scale, EXACT)


def to_unscaled(value: decimal.Decimal | int, scale: int) -> int:
    """Returns all digits as a whole number; raises `ValueError` if the value has more digits behind the point."""
    if not isinstance(value, (decimal.Decimal, int)):
        raise TypeError(f"{type(value).__name__} for a DECIMAL; it takes decimal.Decimal or int")
    try:
        shifted = decimal.Decimal(value).scaleb(scale, EXACT)
        return int(shifted.to_integral_exact(context=EXACT))
    except (decimal.DecimalException, OverflowError, ValueError):
        raise ValueError(f"a value that a DECIMAL with {scale} digits behind the point does not have") from None


def to_words(number: int) -> tuple[int, int, int, int]:
    """Returns a 256-bit two's complement, lowest first."""
    if not -(1 << 255) <= number < 1 << 255:
        raise ValueError("a number of more than 256 bits")
    return (number & WORD, number >> 64 & WORD, number >> 128 & WORD, number >> 192 & WORD)


def from_words(words: list[int]) -> int:
    """Returns the number that four words stand for."""
    number = words[0] | words[1] << 64 | words[2] << 128 | words[3] << 192
    return number - (1 << 256) if number >> 255 else number
