//! Schema changes.

use super::{History, Kind, SCHEMAS, Shape, TABLES_MAX, Table};

const SHAPES: [Shape; 5] = [Shape::Plain, Shape::Composite, Shape::Keyless, Shape::Nullable, Shape::Text];

impl History {
    pub(super) fn schema_change(&mut self) -> String {
        match self.random.below(20) {
            0..=2 => self.create(),
            3 => self.drop(),
            4 => self.truncate(),
            5 | 6 => self.rename(),
            7 | 8 => self.swap_names(),
            9 => self.like(),
            10 => self.copy_of_table(),
            11..=13 => self.add_column(),
            14 => self.drop_column(),
            15 => self.rename_column(),
            16 => self.modify_column(),
            17 | 18 => self.add_index(),
            _ => self.drop_index(),
        }
    }

    pub(super) fn create(&mut self) -> String {
        if self.tables.len() >= TABLES_MAX {
            return self.drop();
        }
        let shape = self.random.pick(&SHAPES).copied().unwrap_or(Shape::Plain);
        let name = self.table_name();
        let sql = format!("CREATE TABLE {name} ({});\n", shape.definition());
        self.tables.push(Table { name, shape, extra: Vec::new(), indexes: Vec::new() });
        sql
    }

    fn table_name(&mut self) -> String {
        let schema = self.random.pick(&SCHEMAS).copied().unwrap_or_default();
        format!("{schema}.{}", self.name("t"))
    }

    /// Takes a table out of the list.
    fn take(&mut self) -> Option<Table> {
        let count = self.tables.len() as u64;
        let index = usize::try_from(self.random.below(count)).unwrap_or_default();
        (count > 0).then(|| self.tables.swap_remove(index))
    }

    fn drop(&mut self) -> String {
        let Some(one) = self.take() else { return String::new() };
        match self.take() {
            Some(other) if self.random.one_in(2) => format!("DROP TABLE {}, {};\n", one.name, other.name),
            other => {
                self.tables.extend(other);
                format!("DROP TABLE IF EXISTS {};\n", one.name)
            }
        }
    }

    fn truncate(&mut self) -> String {
        self.random
            .pick(&self.tables)
            .map_or_else(String::new, |table| format!("TRUNCATE TABLE {};\n", table.name))
    }

    fn rename(&mut self) -> String {
        let Some(mut table) = self.take() else { return String::new() };
        let name = self.table_name();
        let sql = if self.random.one_in(3) {
            format!("ALTER TABLE {} RENAME TO {name};\n", table.name)
        } else {
            format!("RENAME TABLE {} TO {name};\n", table.name)
        };
        table.name = name;
        self.tables.push(table);
        sql
    }

    fn swap_names(&mut self) -> String {
        let (Some(mut one), Some(mut other)) = (self.take(), self.take()) else { return String::new() };
        let schema = |table: &Table| table.name.split('.').next().map(str::to_owned).unwrap_or_default();
        let between = if self.swaps_across {
            self.table_name()
        } else if schema(&one) == schema(&other) {
            format!("{}.{}", schema(&one), self.name("t"))
        } else {
            self.tables.extend([one, other]);
            return String::new();
        };
        let sql = format!(
            "RENAME TABLE {one} TO {between}, {other} TO {one}, {between} TO {other};\n",
            one = one.name,
            other = other.name
        );
        std::mem::swap(&mut one.name, &mut other.name);
        self.tables.extend([one, other]);
        sql
    }

    fn like(&mut self) -> String {
        let Some(model) = self.random.pick(&self.tables).cloned() else { return String::new() };
        if self.tables.len() >= TABLES_MAX {
            return String::new();
        }
        let name = self.table_name();
        let sql = format!("CREATE TABLE {name} LIKE {};\n", model.name);
        self.tables.push(Table { name, ..model });
        sql
    }

    fn copy_of_table(&mut self) -> String {
        let Some(model) = self.random.pick(&self.tables).cloned() else { return String::new() };
        let name = self.table_name();
        // It goes at once or stays without further changes: its columns are another shape.
        let end = if self.random.one_in(2) { format!("DROP TABLE {name};\n") } else { String::new() };
        format!("CREATE TABLE {name} AS SELECT * FROM {} LIMIT 20;\n{end}", model.name)
    }

    fn add_column(&mut self) -> String {
        let (first, second) = (self.name("x"), self.name("x"));
        let kind = self.random.pick(&Kind::ALL).copied().unwrap_or(Kind::Int);
        let place = match self.random.below(4) {
            0 => " FIRST".to_owned(),
            _ => String::new(),
        };
        let two = self.random.one_in(3);
        let Some(mut table) = self.take() else { return String::new() };
        let mut sql = format!("ALTER TABLE {} ADD COLUMN {first} {}{place}", table.name, kind.definition());
        table.extra.push((first, kind));
        if two {
            sql.push_str(&format!(", ADD COLUMN {second} INT DEFAULT 5"));
            table.extra.push((second, Kind::Int));
        }
        self.tables.push(table);
        format!("{sql};\n")
    }

    fn drop_column(&mut self) -> String {
        let Some(mut table) = self.take() else { return String::new() };
        let sql = match table.extra.pop() {
            Some((column, _)) => {
                table.indexes.retain(|index| *index != format!("i_{column}"));
                format!("ALTER TABLE {} DROP COLUMN {column};\n", table.name)
            }
            None => String::new(),
        };
        self.tables.push(table);
        sql
    }

    fn rename_column(&mut self) -> String {
        let name = self.name("x");
        let Some(mut table) = self.take() else { return String::new() };
        let own = table.name.clone();
        let sql = match table.extra.last_mut() {
            Some((column, _)) if !table.indexes.contains(&format!("i_{column}")) => {
                let sql = format!("ALTER TABLE {own} RENAME COLUMN {column} TO {name};\n");
                *column = name;
                sql
            }
            _ => String::new(),
        };
        self.tables.push(table);
        sql
    }

    fn modify_column(&mut self) -> String {
        let table = self.random.pick(&self.tables);
        let column = table.and_then(|table| Some((&table.name, table.extra.last()?)));
        match column {
            Some((table, (column, Kind::Int))) => format!("ALTER TABLE {table} MODIFY {column} BIGINT;\n"),
            Some((table, (column, Kind::Text))) => {
                format!("ALTER TABLE {table} CHANGE {column} {column} VARCHAR(90);\n")
            }
            Some((table, (column, Kind::Bytes))) => {
                format!("ALTER TABLE {table} MODIFY COLUMN {column} VARBINARY(40);\n")
            }
            _ => String::new(),
        }
    }

    /// Adds an index; a unique one fails where there are duplicates, and is then no part of the log.
    fn add_index(&mut self) -> String {
        let unique = if self.random.one_in(2) { "UNIQUE " } else { "" };
        let Some(mut table) = self.take() else { return String::new() };
        let sql = match table.extra.last() {
            Some((column, _)) => {
                let index = format!("i_{column}");
                let sql = format!("CREATE {unique}INDEX {index} ON {} ({column});\n", table.name);
                table.indexes.push(index);
                sql
            }
            None => String::new(),
        };
        self.tables.push(table);
        sql
    }

    fn drop_index(&mut self) -> String {
        let Some(mut table) = self.take() else { return String::new() };
        let sql = table.indexes.pop().map(|index| format!("DROP INDEX {index} ON {};\n", table.name));
        self.tables.push(table);
        sql.unwrap_or_default()
    }
}
