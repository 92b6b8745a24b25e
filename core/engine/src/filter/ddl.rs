//! Schema changes: judged element by element, renamed, and divided over all routes.

use super::{FilterStage, Filters, is_of_the_server, rewrite};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};
use tidegate_model::{Ddl, Element, Name, NameRole, Statement, TableName, TargetStatement};
use tidegate_plugin::{DdlAnswer, DdlInput, DdlName, PluginError, Result, TableNames};

/// What the filters made of a statement.
pub(super) struct Judged<'a> {
    /// The statement, or the one that a filter put in its place.
    pub(super) ddl: Cow<'a, Ddl>,
    /// Whether each element of it passes.
    pub(super) keep: Vec<bool>,
    /// What each table that the statement names is called at the target: every name that it may have.
    pub(super) names: BTreeMap<TableName, Vec<TableName>>,
    /// The tables whose names at the target others may get as well.
    merged: BTreeSet<TableName>,
    /// What the filters say, in order.
    pub(super) said: Vec<Said>,
}

/// What a filter says of a statement.
pub(super) struct Said {
    /// Which one.
    pub(super) filter: usize,
    /// The statement that it put in the place of the one that it was asked about.
    pub(super) rewritten: Option<String>,
    /// Which rules decided.
    pub(super) because: Vec<String>,
}

/// Puts the table that CREATE TABLE … LIKE copies in the place of its name, unless the target has that table too,
/// under the same name. Returns the statement's own text if it changed.
pub(super) fn expand(filters: &Filters, ddl: &mut Ddl, names: &TableNames) -> Result<Option<String>> {
    let Some(model) = ddl.statement.names.iter().find(|name| name.role == NameRole::Model) else {
        return Ok(None);
    };
    let judged = judge(filters, ddl, None, names)?;
    let same = judged.routes(&model.table) == [model.table.clone()];
    if !judged.keep.contains(&true) || !judged.has_model() || (filters.wants(&model.table) && same) {
        return Ok(None);
    }
    match ddl.expanded.take() {
        Some(expanded) => Ok(Some(std::mem::replace(&mut ddl.statement, expanded).sql)),
        None => Err(PluginError::definite(format!(
            "the statement creates a table like {}, which the target need not have, and the model's definition is not \
             known",
            model.table
        ))
        .at(&ddl.begin.applied)
        .hint("create the table at the target by hand, and filter the statement out")),
    }
}

/// Lets each filter judge what the ones before it left. `raw` is the statement's own text if it was expanded; `names` are
/// those of the source's tables.
pub(super) fn judge<'a>(
    filters: &Filters,
    ddl: &'a Ddl,
    raw: Option<&str>,
    names: &TableNames,
) -> Result<Judged<'a>> {
    let statement = &ddl.statement;
    let mut judged = Judged {
        ddl: Cow::Borrowed(ddl),
        keep: statement.elements.iter().map(|element| !is_of_the_server(&element.table)).collect(),
        names: statement.names.iter().map(|name| (name.table.clone(), vec![name.table.clone()])).collect(),
        merged: BTreeSet::new(),
        said: Vec::new(),
    };
    for (index, stage) in filters.stages.iter().enumerate() {
        if !judged.keep.contains(&true) {
            break;
        }
        judged.pass(filters, index, stage, raw).map_err(|mut error| {
            let place = || format!("the statement at {}, filter `{}`", ddl.begin.applied, stage.plugin);
            error.place.get_or_insert_with(place);
            error
        })?;
    }
    judged.check_border(filters)?;
    judged.merge_namesakes(filters, names);
    Ok(judged)
}

impl Judged<'_> {
    /// Lets a filter judge, and does what it says. `raw` is the statement's own text if it was expanded.
    fn pass(
        &mut self,
        filters: &Filters,
        index: usize,
        stage: &FilterStage,
        raw: Option<&str>,
    ) -> Result<()> {
        let mut answer = self.ask(&*stage.filter, raw)?;
        let rewritten = answer.rewritten.take();
        let because = std::mem::take(&mut answer.because);
        let renamed = self.apply(answer)?;
        self.merge(stage, &renamed);
        if let Some(sql) = &rewritten {
            self.replace(filters, sql)?;
        }
        if rewritten.is_some() || !because.is_empty() {
            self.said.push(Said { filter: index, rewritten, because });
        }
        Ok(())
    }

    fn ask(&self, filter: &dyn tidegate_plugin::Filter, raw: Option<&str>) -> Result<DdlAnswer> {
        let statement = &self.ddl.statement;
        let elements: Vec<&Element> = self.kept(statement).collect();
        let names: Vec<DdlName<'_>> = statement
            .kept_names(&self.keep)
            .map(|name| DdlName { source: &name.table, current: self.routes(&name.table), role: name.role })
            .collect();
        // What a filter wrote is nobody's raw text.
        let sql = raw.filter(|_| matches!(self.ddl, Cow::Borrowed(_))).unwrap_or(&statement.sql);
        filter.ddl(&DdlInput { ddl: &self.ddl, sql, elements: &elements, names: &names })
    }

    /// Puts another statement in the place of what is left. Its names keep what the filters made of them.
    fn replace(&mut self, filters: &Filters, sql: &str) -> Result<()> {
        if !self.keep.contains(&true) {
            return Ok(());
        }
        self.check_border(filters)?;
        let statement = rewrite::read(&self.ddl, &self.keep, sql)?;
        self.keep = vec![true; statement.elements.len()];
        self.names.retain(|table, _| statement.names.iter().any(|name| name.table == *table));
        self.ddl.to_mut().statement = statement;
        Ok(())
    }

    /// Tells whether the statement makes a table like another one.
    fn has_model(&self) -> bool {
        self.ddl.statement.names.iter().any(|name| name.role == NameRole::Model)
    }

    /// Returns the names that changed.
    fn apply(&mut self, answer: DdlAnswer) -> Result<BTreeSet<TableName>> {
        let asked: Vec<usize> = (0..self.keep.len()).filter(|index| self.kept_at(*index)).collect();
        let names: Vec<&Name> = self.ddl.statement.kept_names(&self.keep).collect();
        if !answer.keep.is_empty() && answer.keep.len() != asked.len() {
            return Err(malformed("another number of verdicts than the statement has elements"));
        }
        if !answer.routes.is_empty() && answer.routes.len() != names.len() {
            return Err(malformed("another number of routes than the statement has names"));
        }
        let mut renamed: BTreeMap<TableName, Vec<TableName>> = BTreeMap::new();
        for (name, routes) in names.iter().zip(answer.routes).filter(|(_, routes)| !routes.is_empty()) {
            let before = renamed.insert(name.table.clone(), routes);
            if before.is_some_and(|before| renamed.get(&name.table) != Some(&before)) {
                return Err(malformed("two answers for one table"));
            }
        }
        renamed.retain(|name, routes| self.routes(name) != routes);
        let changed = renamed.keys().cloned().collect();
        self.names.extend(renamed);
        for (index, keep) in asked.into_iter().zip(answer.keep) {
            if let Some(kept) = self.keep.get_mut(index) {
                *kept = keep;
            }
        }
        Ok(changed)
    }

    /// Notes which names other tables may get from a filter as well.
    fn merge(&mut self, stage: &FilterStage, renamed: &BTreeSet<TableName>) {
        for (source, targets) in &self.names {
            if targets.iter().any(|target| stage.merges(source, target, renamed.contains(source))) {
                self.merged.insert(source.clone());
            }
        }
    }

    /// Stops where a statement takes a table, or rows of it, into a schema of the server or out of one: dropping it would
    /// leave rows without a table or a table without its rows, sending it would do it to the target's own server.
    fn check_border(&self, filters: &Filters) -> Result<()> {
        let ddl = &*self.ddl;
        let exchanged = ddl.statement.names.iter().filter(|name| name.role == NameRole::Exchanged);
        for (index, element) in ddl.statement.elements.iter().enumerate() {
            let outside = is_of_the_server(&element.table);
            let crosses = |other: &&TableName| {
                outside != is_of_the_server(other)
                    && if outside { filters.wants(other) } else { self.kept_at(index) }
            };
            let mut others = exchanged.clone().map(|name| &name.table).chain(&element.renamed_to);
            if let Some(other) = others.find(crosses) {
                return Err(PluginError::definite(format!(
                    "`{}` connects {} with {other}, and one of the two is in a schema that is never replicated",
                    element.event.name(),
                    element.table
                ))
                .at(&ddl.begin.applied)
                .hint("do at the target by hand what is wanted there, and start behind the statement with --reset"));
            }
        }
        Ok(())
    }

    /// Notes which names at the target are those of other source tables that keep theirs.
    fn merge_namesakes(&mut self, filters: &Filters, names: &TableNames) {
        for (source, targets) in &self.names {
            if targets.iter().any(|target| filters.meets_namesake(source, target, names)) {
                self.merged.insert(source.clone());
            }
        }
    }

    /// Returns the statements for the target, in order; none if no element is left.
    pub(super) fn render(&self) -> Result<Vec<TargetStatement>> {
        if !self.keep.contains(&true) {
            return Ok(Vec::new());
        }
        let ddl = &*self.ddl;
        let rounds = self.rounds(&ddl.statement).map_err(|error| error.at(&ddl.begin.applied))?;
        rounds.into_iter().enumerate().map(|(round, keep)| self.render_round(round, &keep)).collect()
    }

    /// Returns which elements each statement for the target has. The `n`th statement writes the `n`th route of each
    /// table that has several, and the only one of the others.
    ///
    /// An element (or what stands outside of all elements) may name one table with several routes: for two it is not
    /// known which belong together.
    fn rounds(&self, statement: &Statement) -> Result<Vec<Vec<bool>>> {
        let inside = |name: &Name, element: &Element| {
            element.span.start <= name.span.start && name.span.end <= element.span.end
        };
        let outside = |name: &&Name| !statement.elements.iter().any(|element| inside(name, element));
        let head = self.fan_out(statement.names.iter().filter(outside))?;
        if head > 1 {
            // The head is in every statement, so everything in it must go the same ways.
            self.fan_out(statement.kept_names(&self.keep))?;
            return Ok(vec![self.keep.clone(); head]);
        }
        let mut fans = Vec::with_capacity(statement.elements.len());
        for (element, keep) in statement.elements.iter().zip(&self.keep) {
            let names = statement.names.iter().filter(|name| inside(name, element));
            fans.push(if *keep { self.fan_out(names)? } else { 0 });
        }
        let most = fans.iter().copied().max().unwrap_or_default();
        Ok((0..most).map(|round| fans.iter().map(|fan| *fan > round).collect()).collect())
    }

    /// Returns how many ways the tables named by `names` go together.
    fn fan_out<'a>(&self, names: impl Iterator<Item = &'a Name>) -> Result<usize> {
        let mut several: Option<&TableName> = None;
        let mut ways = 1;
        for name in names {
            let routes = self.routes(&name.table).len();
            if routes <= 1 || several == Some(&name.table) {
                continue;
            }
            if let Some(other) = several {
                let message = format!(
                    "the statement names {other} and {}, both with several targets: which belong together is not known",
                    name.table
                );
                return Err(PluginError::definite(message)
                    .hint("run the statement at the target by hand, and filter it out of the pipeline"));
            }
            several = Some(&name.table);
            ways = routes;
        }
        Ok(ways)
    }

    fn render_round(&self, round: usize, keep: &[bool]) -> Result<TargetStatement> {
        let ddl = &*self.ddl;
        let target = |table: &TableName| -> TableName {
            let routes = self.routes(table);
            routes.get(round).or_else(|| routes.first()).unwrap_or(table).clone()
        };
        let sql =
            ddl.statement.render(keep, |name| Some(target(&name.table))).ok_or_else(|| uncuttable(ddl))?;
        let mut tables = Vec::new();
        let about =
            |name: &&Name| matches!(name.role, NameRole::Subject | NameRole::NewName | NameRole::Exchanged);
        for name in ddl.statement.kept_names(keep).filter(about) {
            let pair = (target(&name.table), name.table.clone());
            if !tables.contains(&pair) {
                tables.push(pair);
            }
        }
        let merged = tables.iter().filter(|(_, source)| self.merged.contains(source));
        let merged = merged.map(|(target, _)| target.clone()).collect();
        Ok(TargetStatement { sql, tables, merged })
    }

    fn routes(&self, table: &TableName) -> &[TableName] {
        self.names.get(table).map_or(&[], Vec::as_slice)
    }

    fn kept_at(&self, index: usize) -> bool {
        self.keep.get(index).copied().unwrap_or(true)
    }

    fn kept<'a>(&self, statement: &'a Statement) -> impl Iterator<Item = &'a Element> {
        let elements = statement.elements.iter().enumerate();
        elements.filter(|(index, _)| self.kept_at(*index)).map(|(_, element)| element)
    }
}

fn malformed(what: &str) -> PluginError {
    PluginError::definite(format!("the filter answered with {what}"))
        .hint("this is a bug of the plugin: report it to its author")
}

fn uncuttable(ddl: &Ddl) -> PluginError {
    PluginError::definite(
        "the filters drop a part of the statement, and it cannot be cut: sent whole it would do more than they allow",
    )
    .at(&ddl.begin.applied)
    .hint("run the part that is wanted at the target by hand, and filter the statement out")
}
