//! FLOAT(M,D) and DOUBLE(M,D) round in silence what has more digits.

use crate::target::TargetTable;
use tidegate_model::ColumnKind;
use tidegate_mysql_connection::Flavor;

/// How a target column rounds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rounding {
    /// How many digits it keeps behind the point.
    digits: u8,
    /// Whether it is a FLOAT.
    single: bool,
    flavor: Flavor,
}

impl Rounding {
    /// Returns how a column of a table rounds, if it does.
    pub(crate) fn of(table: &TargetTable, column: usize, flavor: Flavor) -> Option<Self> {
        let digits = *table.digits.get(&column)?;
        let single = matches!(table.columns.get(column)?.kind, ColumnKind::Float { .. });
        Some(Self { digits, single, flavor })
    }

    /// Tells whether the column holds this very number, rounded as its server does.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::float_cmp,
        reason = "a FLOAT is what the server makes of it"
    )]
    pub(crate) fn keeps(self, value: f64) -> bool {
        let shift = 10_f64.powi(self.digits.into());
        let rounded = match self.flavor {
            Flavor::TiDb => (value * shift).round() / shift,
            Flavor::MySql | Flavor::MariaDb => {
                let whole = value.floor();
                whole + ((value - whole) * shift).round_ties_even() / shift
            }
        };
        if self.single { f64::from(rounded as f32) == value } else { rounded == value }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_rounded_before_is_kept() {
        for flavor in [Flavor::MySql, Flavor::TiDb] {
            let single = |digits| Rounding { digits, single: true, flavor };
            let double = |digits| Rounding { digits, single: false, flavor };
            assert!(single(2).keeps(f64::from(1.25_f32)));
            assert!(single(2).keeps(f64::from(-12_345.67_f32)));
            assert!(!single(1).keeps(f64::from(1.25_f32)));
            assert!(double(2).keeps(0.29) && double(2).keeps(-1_234_567.89));
            assert!(!double(2).keeps(0.295));
            // A FLOAT has other digits as a DOUBLE.
            assert!(!double(3).keeps(f64::from(0.1_f32)));
        }
    }
}
