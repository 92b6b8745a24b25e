package tidegate

// Calendar is a day and a time of day as MySQL has them, also those that no calendar has (0000-00-00, 2024-00-10).
type Calendar struct {
	// 0 to 9999
	Year uint16
	// 0 to 12
	Month uint8
	// 0 to 31
	Day uint8
	// 0 to 23
	Hour uint8
	// 0 to 59
	Minute uint8
	// 0 to 59
	Second uint8
	// 0 to 999,999
	Micros uint32
}

// UnpackCalendar returns what a packed number stands for (`types.calendar` of the contract).
func UnpackCalendar(packed uint64) Calendar {
	return Calendar{
		Year:   uint16(packed >> 46 & 0x3fff),
		Month:  uint8(packed >> 42 & 15),
		Day:    uint8(packed >> 37 & 31),
		Hour:   uint8(packed >> 32 & 31),
		Minute: uint8(packed >> 26 & 63),
		Second: uint8(packed >> 20 & 63),
		Micros: uint32(packed & 0xf_ffff),
	}
}

// Pack returns the packed number. Packed numbers sort as what they stand for.
func (c Calendar) Pack() uint64 {
	return uint64(c.Year)<<46 | uint64(c.Month)<<42 | uint64(c.Day)<<37 | uint64(c.Hour)<<32 |
		uint64(c.Minute)<<26 | uint64(c.Second)<<20 | uint64(c.Micros)
}
