//! Dates and times.

/// A day and a time of day as MySQL has them, also those that no calendar has (`0000-00-00`, `2024-00-10`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Calendar {
    /// 0 to 9999
    pub year: u16,
    /// 0 to 12
    pub month: u8,
    /// 0 to 31
    pub day: u8,
    /// 0 to 23
    pub hour: u8,
    /// 0 to 59
    pub minute: u8,
    /// 0 to 59
    pub second: u8,
    /// 0 to 999,999
    pub micros: u32,
}

impl Calendar {
    /// Returns a day.
    pub const fn date(year: u16, month: u8, day: u8) -> Self {
        Self { year, month, day, hour: 0, minute: 0, second: 0, micros: 0 }
    }

    /// Returns what a packed number stands for (`types.calendar` of the contract).
    pub const fn unpack(packed: u64) -> Self {
        Self {
            year: (packed >> 46 & 0x3fff) as u16,
            month: (packed >> 42 & 15) as u8,
            day: (packed >> 37 & 31) as u8,
            hour: (packed >> 32 & 31) as u8,
            minute: (packed >> 26 & 63) as u8,
            second: (packed >> 20 & 63) as u8,
            micros: (packed & 0xf_ffff) as u32,
        }
    }

    /// Returns the packed number. Packed numbers sort as what they stand for.
    pub const fn pack(self) -> u64 {
        (self.year as u64) << 46
            | (self.month as u64) << 42
            | (self.day as u64) << 37
            | (self.hour as u64) << 32
            | (self.minute as u64) << 26
            | (self.second as u64) << 20
            | self.micros as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_back_and_sort() {
        let odd =
            Calendar { hour: 23, minute: 59, second: 58, micros: 999_999, ..Calendar::date(2024, 0, 31) };
        assert_eq!(Calendar::unpack(odd.pack()), odd);
        assert!(Calendar::default().pack() < odd.pack());
        assert!(odd.pack() < Calendar::date(9999, 12, 31).pack());
    }
}
