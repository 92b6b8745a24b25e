package tidegate

import (
	"fmt"
	"math/big"
	"strings"
)

// Decimal is a DECIMAL: a whole number, of which the last Scale digits stand behind the point.
type Decimal struct {
	// A 256-bit two's complement, lowest first.
	Unscaled [4]uint64
	// The digits behind the point.
	Scale uint8
}

var twoTo256 = new(big.Int).Lsh(big.NewInt(1), 256)

// NewDecimal returns the decimal whose digits are unscaled; false if it has no room in 256 bits.
func NewDecimal(unscaled *big.Int, scale uint8) (Decimal, bool) {
	if unscaled.BitLen() > 255 {
		return Decimal{}, false
	}
	decimal := Decimal{Scale: scale}
	number := new(big.Int).Mod(unscaled, twoTo256)
	for word := range decimal.Unscaled {
		decimal.Unscaled[word] = number.Uint64()
		number.Rsh(number, 64)
	}
	return decimal, true
}

// ParseDecimal reads what String writes.
func ParseDecimal(text string) (Decimal, error) {
	whole, fraction, _ := strings.Cut(text, ".")
	unscaled, ok := new(big.Int).SetString(whole+fraction, 10)
	if !ok || len(fraction) > 255 || strings.ContainsAny(fraction, "+-_") {
		return Decimal{}, fmt.Errorf("no decimal number: %q", text)
	}
	decimal, ok := NewDecimal(unscaled, uint8(len(fraction)))
	if !ok {
		return Decimal{}, fmt.Errorf("a number of %d digits; DECIMAL has at most 65", len(whole)+len(fraction))
	}
	return decimal, nil
}

// Big returns the digits as a whole number.
func (d Decimal) Big() *big.Int {
	number := new(big.Int)
	for word := len(d.Unscaled) - 1; word >= 0; word-- {
		number.Lsh(number, 64).Or(number, new(big.Int).SetUint64(d.Unscaled[word]))
	}
	if d.Unscaled[3]>>63 == 1 {
		number.Sub(number, twoTo256)
	}
	return number
}

// String returns the number as MySQL prints it.
func (d Decimal) String() string {
	number := d.Big()
	sign := ""
	if number.Sign() < 0 {
		sign = "-"
	}
	digits := number.Abs(number).String()
	if missing := int(d.Scale) + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	point := len(digits) - int(d.Scale)
	if d.Scale == 0 {
		return sign + digits
	}
	return sign + digits[:point] + "." + digits[point:]
}

// narrow returns the number in 64 bits, if it fits.
func (d Decimal) narrow() (int64, bool) {
	low := int64(d.Unscaled[0])
	sign := uint64(low >> 63)
	return low, d.Unscaled[1] == sign && d.Unscaled[2] == sign && d.Unscaled[3] == sign
}

// widen returns the decimal of 64 bits.
func widen(unscaled int64, scale uint8) Decimal {
	sign := uint64(unscaled >> 63)
	return Decimal{Unscaled: [4]uint64{uint64(unscaled), sign, sign, sign}, Scale: scale}
}
