//! From a tree to an expression with types.

use super::{Condition, Form, JsonConstant, Moment, Number, Operand, Path, Text, number};
use crate::{
    collation::Collating,
    document, moment,
    pattern::Like,
    regular,
    syntax::{Comparison, Kind, Literal, Node},
};
use std::{cell::RefCell, collections::BTreeSet, sync::Arc};
use tidegate_model::{
    Column, ColumnKind,
    charset::{Charset, Collation, Server},
};

/// Why an expression does not fit a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The index, in bytes, of the part that does not fit.
    pub(crate) at: usize,
    /// Why, as half a sentence.
    pub(crate) message: String,
}

impl Refusal {
    pub(super) fn new(at: usize, message: impl Into<String>) -> Self {
        Self { at, message: message.into() }
    }
}

pub(super) type Bound<T> = Result<T, Refusal>;

/// Binds expressions to a table's columns.
pub(crate) struct Binder<'a> {
    columns: &'a [Arc<Column>],
    /// The distance of the rule's time zone from UTC, in microseconds.
    zone: i64,
    used: RefCell<BTreeSet<usize>>,
}

impl<'a> Binder<'a> {
    pub(crate) fn new(columns: &'a [Arc<Column>], zone: i64) -> Self {
        Self { columns, zone, used: RefCell::default() }
    }

    /// Returns the columns that the bound expressions read, by index.
    pub(crate) fn used(&self) -> BTreeSet<usize> {
        self.used.borrow().clone()
    }

    /// Binds an expression that tells something true or false of a row.
    pub(crate) fn condition(&self, node: &Node) -> Bound<Condition> {
        let inner = |node: &Node| self.condition(node).map(Box::new);
        Ok(match &node.kind {
            Kind::And(left, right) => Condition::And(inner(left)?, inner(right)?),
            Kind::Or(left, right) => Condition::Or(inner(left)?, inner(right)?),
            Kind::Not(operand) => Condition::Not(inner(operand)?),
            Kind::Is(operand, truth) => Condition::Is(inner(operand)?, *truth),
            Kind::IsNull(operand) => self.is_null(operand)?,
            Kind::Compare(Comparison::NullSafeEqual, left, right) => {
                let equal = self.compare(node.at, Comparison::Equal, left, right)?;
                let both = Condition::And(self.is_null(left)?.into(), self.is_null(right)?.into());
                Condition::Or(Condition::Is(equal.into(), true).into(), both.into())
            }
            Kind::Compare(comparison, left, right) => self.compare(node.at, *comparison, left, right)?,
            Kind::In(operand, items) => self.is_in(node.at, operand, items)?,
            Kind::Between(operand, low, high) => {
                self.one_family(operand, &[low, high])?;
                let low = self.compare(node.at, Comparison::GreaterOrEqual, operand, low)?;
                let high = self.compare(node.at, Comparison::LessOrEqual, operand, high)?;
                Condition::And(low.into(), high.into())
            }
            Kind::Like(operand, pattern, escape) => self.like(operand, pattern, *escape)?,
            Kind::Regexp(operand, pattern) => self.regexp(operand, pattern)?,
            _ => self.truth(node)?,
        })
    }

    /// Binds a value of any type.
    pub(super) fn operand(&self, node: &Node) -> Bound<Operand> {
        Ok(match &node.kind {
            Kind::Column(name) => self.column(node.at, name)?,
            Kind::Literal(literal) => constant(node.at, literal)?,
            Kind::Negate(inner) => Operand::Number(self.plain_number(inner)?.negated()),
            Kind::Arithmetic(operation, left, right) => {
                let (left, right) = (self.plain_number(left)?, self.plain_number(right)?);
                Operand::Number(Number::operation(node.at, *operation, left, right)?)
            }
            Kind::Path(column, path, is_unquoted) => self.path(column, path, *is_unquoted)?,
            Kind::Collate(inner, name) => self.collate(node.at, inner, name)?,
            _ => Operand::Truth(self.condition(node)?.into()),
        })
    }

    fn column(&self, at: usize, name: &str) -> Bound<Operand> {
        let lowered = name.to_lowercase();
        let found = self.columns.iter().position(|column| column.name.to_lowercase() == lowered);
        let (index, column) = found
            .and_then(|index| Some((index, self.columns.get(index)?)))
            .ok_or_else(|| Refusal::new(at, format!("there is no column `{name}`")))?;
        self.used.borrow_mut().insert(index);
        let labels = |text, collation: u16| {
            let collating = Collation::by_id(collation).and_then(Collating::of);
            Operand::Labels(text, collating, index)
        };
        Ok(match &column.kind {
            ColumnKind::Char { collation, .. }
            | ColumnKind::Varchar { collation, .. }
            | ColumnKind::Text { collation, .. } => {
                let Some(collation) = Collation::by_id(*collation) else {
                    return Ok(Operand::Foreign(index, "text of an unknown character set"));
                };
                match Collating::of(collation) {
                    Some(collating) => {
                        Operand::Text(Text::Column { column: index, charset: collation.charset }, collating)
                    }
                    None => Operand::Unknown(index, collation.name.to_owned()),
                }
            }
            ColumnKind::Enum { members, collation } => {
                labels(Text::Member { column: index, members: members.clone() }, *collation)
            }
            ColumnKind::Set { members, collation } => {
                labels(Text::Members { column: index, members: members.clone() }, *collation)
            }
            ColumnKind::Binary { .. } | ColumnKind::Varbinary { .. } | ColumnKind::Blob { .. } => {
                Operand::Bytes(index)
            }
            ColumnKind::Date => Operand::Moment(Moment::Date(index)),
            ColumnKind::DateTime { .. } => Operand::Moment(Moment::DateTime(index)),
            ColumnKind::Timestamp { .. } => Operand::Moment(Moment::Timestamp(index, self.zone)),
            ColumnKind::Time { fsp } => Operand::Moment(Moment::Time(index, *fsp)),
            ColumnKind::Json => Operand::Json(Path { column: index, legs: Vec::new() }),
            ColumnKind::Geometry { .. } => Operand::Foreign(index, "GEOMETRY"),
            ColumnKind::Vector { .. } => Operand::Foreign(index, "VECTOR"),
            ColumnKind::Fixed { .. } => Operand::Foreign(index, "a MariaDB type"),
            kind => match number::of_column(index, kind) {
                Some(number) => Operand::Number(number),
                None => Operand::Foreign(index, "an unknown type"),
            },
        })
    }

    fn path(&self, column: &Node, path: &str, is_unquoted: bool) -> Bound<Operand> {
        let Operand::Json(Path { column: index, .. }) = self.operand(column)? else {
            return Err(Refusal::new(column.at, "`->` and `->>` take a JSON column"));
        };
        let legs = document::read_path(path).map_err(|message| Refusal::new(column.at, message))?;
        let path = Path { column: index, legs };
        Ok(if is_unquoted {
            Operand::Text(Text::Path(path), Collating::UTF8MB4_BIN)
        } else {
            Operand::Json(path)
        })
    }

    fn collate(&self, at: usize, inner: &Node, name: &str) -> Bound<Operand> {
        let refuse = |message: String| Err(Refusal::new(at, message));
        let Some(collating) = Collation::by_name(name, Server::MySql)
            .and_then(|found| Some((found.charset, Collating::of(found)?)))
        else {
            return refuse(format!("how the collation `{name}` compares is not known here"));
        };
        let (column, charset) = match self.operand(inner)? {
            Operand::Text(Text::Column { column, charset }, _) => (column, charset),
            Operand::Unknown(column, of) => {
                let charset = Collation::by_name(&of, Server::MySql).map(|found| found.charset);
                (column, charset.unwrap_or(Charset::Binary))
            }
            _ => return refuse("COLLATE stands behind a text column only".to_owned()),
        };
        if charset != collating.0 {
            return refuse(format!("`{name}` is no collation of {}", charset.name()));
        }
        Ok(Operand::Text(Text::Column { column, charset }, collating.1))
    }

    /// Binds an operand of arithmetic.
    fn plain_number(&self, node: &Node) -> Bound<Number> {
        let refuse =
            |what: &str| Err(Refusal::new(node.at, format!("{what} stands in arithmetic; only numbers do")));
        match self.operand(node)? {
            Operand::Number(number) => Ok(number),
            Operand::Truth(condition) => Ok(Number::Truth(condition)),
            Operand::Labels(_, _, column) => Ok(Number::of_labels(column)),
            Operand::Null => refuse("NULL"),
            _ => refuse("what is no number"),
        }
    }

    /// Binds a value that stands where something true or false is wanted.
    fn truth(&self, node: &Node) -> Bound<Condition> {
        match self.operand(node)? {
            Operand::Null => Ok(Condition::Constant(None)),
            Operand::Truth(condition) => Ok(*condition),
            Operand::Number(number) => Ok(Condition::IsNotZero(number)),
            Operand::Labels(_, _, column) => Ok(Condition::IsNotZero(Number::of_labels(column))),
            _ => Err(Refusal::new(node.at, "a condition is wanted here; compare the value with something")),
        }
    }

    fn is_null(&self, node: &Node) -> Bound<Condition> {
        Ok(match self.operand(node)? {
            Operand::Null => Condition::Constant(Some(true)),
            Operand::TextConstant(_) | Operand::BytesConstant(_) => Condition::Constant(Some(false)),
            operand => Condition::IsNull(operand),
        })
    }

    fn is_in(&self, at: usize, operand: &Node, items: &[Node]) -> Bound<Condition> {
        self.one_family(operand, &items.iter().collect::<Vec<_>>())?;
        let mut equal = items.iter().map(|item| self.compare(at, Comparison::Equal, operand, item));
        let first = equal.next().unwrap_or(Ok(Condition::Constant(Some(false))))?;
        equal.try_fold(first, |sum, next| Ok(Condition::Or(sum.into(), next?.into())))
    }

    /// MySQL compares what stands in one list or range in one way: texts beside numbers change the others' meaning.
    fn one_family(&self, operand: &Node, items: &[&Node]) -> Bound<()> {
        if let Operand::Json(_) = self.operand(operand)? {
            return Err(Refusal::new(
                operand.at,
                "IN and BETWEEN do not take JSON: use `->>`, or `=`, `<`, `>`",
            ));
        }
        let of_column =
            |item: &&&Node| matches!(self.operand(item), Ok(Operand::Text(..) | Operand::Labels(..)));
        let is_constant =
            matches!(self.operand(operand)?, Operand::TextConstant(_) | Operand::BytesConstant(_));
        if is_constant && items.iter().filter(of_column).count() > 1 {
            return Err(Refusal::new(
                operand.at,
                "a constant is compared with several texts: write an `=` for each",
            ));
        }
        self.one_sign(operand, items)?;
        let mut first = None;
        for item in items {
            let is_text = match self.operand(item)? {
                Operand::Null => continue,
                Operand::Number(_) | Operand::Truth(_) => false,
                _ => true,
            };
            if *first.get_or_insert(is_text) != is_text {
                return Err(Refusal::new(
                    item.at,
                    "texts and numbers stand in one list or range; write all of one kind",
                ));
            }
        }
        Ok(())
    }

    /// In a list MySQL takes a negative number and an unsigned one of the same bits for equal.
    fn one_sign(&self, operand: &Node, items: &[&Node]) -> Bound<()> {
        let (mut negative, mut unsigned) = (false, false);
        for node in items.iter().copied().chain([operand]) {
            if let Operand::Number(number) = self.operand(node)? {
                negative |= number.may_be_negative();
                unsigned |= number.form() == Form::Integer { unsigned: true };
            }
        }
        let message = "signed and unsigned numbers stand in one list or range, where MySQL may take -1 for \
                       18446744073709551615: write an `=` for each";
        if negative && unsigned { Err(Refusal::new(operand.at, message)) } else { Ok(()) }
    }

    fn text(&self, node: &Node, of: &str) -> Bound<(Text, Collating)> {
        match self.operand(node)? {
            Operand::Text(text, collating) | Operand::Labels(text, Some(collating), _) => {
                Ok((text, collating))
            }
            Operand::Labels(..) => {
                Err(Refusal::new(node.at, "how the column's collation compares is not known here"))
            }
            Operand::Unknown(_, name) => Err(unknown(node.at, &name)),
            _ => Err(Refusal::new(node.at, format!("{of} takes text only"))),
        }
    }

    fn like(&self, operand: &Node, pattern: &str, escape: Option<char>) -> Bound<Condition> {
        let (text, collating) = self.text(operand, "LIKE")?;
        let like = Like::new(pattern, escape, collating);
        if !like.is_known() {
            return Err(beyond_ascii(operand.at, collating));
        }
        Ok(Condition::Like(text, like))
    }

    fn regexp(&self, operand: &Node, pattern: &str) -> Bound<Condition> {
        let (text, collating) = self.text(operand, "REGEXP")?;
        if collating.folds && !pattern.is_ascii() {
            return Err(beyond_ascii(operand.at, collating));
        }
        let regex = regular::compile(pattern, collating.folds);
        Ok(Condition::Regexp(text, regex.map_err(|message| Refusal::new(operand.at, message))?))
    }
}

fn constant(at: usize, literal: &Literal) -> Bound<Operand> {
    let moment = |found: Option<Moment>| {
        let found = found.ok_or_else(|| {
            Refusal::new(
                at,
                "this is no date or time in full, such as '2024-02-29', '2024-02-29 10:00:00' or '10:00:00'",
            )
        });
        found.map(Operand::Moment)
    };
    let datetime = |text: &str| moment::read_datetime(text).map(Moment::DateTimeConstant);
    Ok(match literal {
        Literal::Null => Operand::Null,
        Literal::Bool(value) => Operand::Truth(Condition::Constant(Some(*value)).into()),
        Literal::Integer(value) => Operand::Number(Number::Integer((*value).into())),
        Literal::Decimal { value, precision, scale } => {
            Operand::Number(Number::Decimal { value: *value, precision: *precision, scale: *scale })
        }
        Literal::Double(value) => Operand::Number(Number::Double(*value)),
        Literal::Text(text) => Operand::TextConstant(text.clone()),
        Literal::Bytes(bytes) => Operand::BytesConstant(bytes.clone()),
        Literal::Date(text) => moment(datetime(text).filter(|_| !text.contains([' ', 'T'])))?,
        Literal::Timestamp(text) => moment(datetime(text).filter(|_| text.contains([' ', 'T'])))?,
        Literal::Time(text) => {
            moment(moment::read_time(text).map(|(micros, digits)| Moment::TimeConstant(micros, digits)))?
        }
    })
}

pub(super) fn unknown(at: usize, name: &str) -> Refusal {
    Refusal::new(
        at,
        format!(
            "how the collation {name} compares is not known here; name a binary one of the same character set: \
             `column COLLATE …_bin`"
        ),
    )
}

pub(super) fn beyond_ascii(at: usize, collating: Collating) -> Refusal {
    let name = collating.name;
    Refusal::new(
        at,
        format!(
            "how {name} compares characters beyond printable ASCII is not known here; name a binary collation: \
             `column COLLATE …_bin`"
        ),
    )
}

pub(super) fn json_constant(operand: Operand) -> Option<JsonConstant> {
    match operand {
        Operand::Number(Number::Integer(value)) => Some(JsonConstant::Integer(value)),
        Operand::TextConstant(text) => Some(JsonConstant::Text(text)),
        Operand::Truth(condition) => match *condition {
            Condition::Constant(Some(value)) => Some(JsonConstant::Bool(value)),
            _ => None,
        },
        _ => None,
    }
}
