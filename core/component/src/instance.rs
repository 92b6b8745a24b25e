//! An instance of a component, what it may use, and the functions that it may call.

use crate::{
    Limits,
    bindings::{FilterPlugin, FilterPluginPre, log as wit_log, row_image, row_set, types},
    call::Call,
    error::{self, misuse},
    grants::{Granted, Grants},
    log::Log,
};
use std::sync::Arc;
use tidegate_plugin::Result;
use wasmtime::{ResourceLimiter, Store};

/// How often the clock of all components ticks.
pub(crate) const TICK: std::time::Duration = std::time::Duration::from_millis(10);

/// The most core instances, memories and tables in one component: componentize-py makes more than 32 instances.
const INSTANCES_MAX: usize = 256;
const MEMORIES_MAX: usize = 8;
const TABLES_MAX: usize = 32;
/// The most entries of a table of functions.
const TABLE_ENTRIES_MAX: usize = 1 << 20;

/// An instance that is ready to be asked.
pub(crate) struct Instance {
    store: Store<State>,
    exports: FilterPlugin,
}

/// What belongs to an instance while it runs.
pub(crate) struct State {
    memory: Memory,
    log: Arc<Log>,
    call: Call,
    pub(crate) granted: Granted,
}

/// The memory that an instance may use, and what it uses by now.
struct Memory {
    most: usize,
    used: usize,
}

/// The instance asked for more memory than it may use.
#[derive(Debug)]
pub(crate) struct OutOfMemory;

impl std::fmt::Display for OutOfMemory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("out of memory")
    }
}

impl std::error::Error for OutOfMemory {}

impl ResourceLimiter for Memory {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let used = self.used.saturating_add(desired.saturating_sub(current));
        if used > self.most {
            // A trap rather than a refusal, so that it is told from other bugs of the plugin.
            return Err(OutOfMemory.into());
        }
        self.used = used;
        Ok(true)
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired <= TABLE_ENTRIES_MAX)
    }

    fn instances(&self) -> usize {
        INSTANCES_MAX
    }

    fn tables(&self) -> usize {
        TABLES_MAX
    }

    fn memories(&self) -> usize {
        MEMORIES_MAX
    }
}

impl Instance {
    /// Makes an instance.
    ///
    /// # Errors
    /// If it traps while it starts, or needs more than it may use.
    pub(crate) fn new(
        pre: &FilterPluginPre<State>,
        limits: &Limits,
        grants: Grants,
        log: Arc<Log>,
    ) -> Result<Self> {
        let memory = Memory { most: limits.memory, used: 0 };
        let mut store =
            Store::new(pre.engine(), State { memory, log, call: Call::Other, granted: Granted::new(grants) });
        store.limiter(|state| &mut state.memory);
        store.set_hostcall_fuel(limits.answer);
        store.set_epoch_deadline(ticks(limits));
        let exports =
            pre.instantiate(&mut store).map_err(|error| error::explain("the start", &error, limits))?;
        Ok(Self { store, exports })
    }

    /// Calls a function of the component, which may read what `call` holds meanwhile.
    ///
    /// # Errors
    /// If it ends without an answer; the instance is of no use then.
    pub(crate) fn call<T>(
        &mut self,
        function: &str,
        limits: &Limits,
        call: Call,
        run: impl FnOnce(&FilterPlugin, &mut Store<State>) -> wasmtime::Result<T>,
    ) -> Result<T> {
        self.store.data_mut().call = call;
        self.store.set_epoch_deadline(ticks(limits));
        let answer = run(&self.exports, &mut self.store);
        self.store.data_mut().call = Call::Other;
        answer.map_err(|error| error::explain(function, &error, limits))
    }

    /// Tells whether the instance holds so much memory that a new one is better: some languages' runtimes never give
    /// any back.
    pub(crate) fn is_worn(&self) -> bool {
        let memory = &self.store.data().memory;
        memory.used > memory.most / 2
    }
}

/// Returns the ticks after which a call is ended. The first one may come at once.
fn ticks(limits: &Limits) -> u64 {
    u64::try_from(limits.call_time.as_millis().div_ceil(TICK.as_millis())).unwrap_or(u64::MAX - 1) + 1
}

impl types::Host for State {}

impl row_set::Host for State {
    fn describe(&mut self) -> wasmtime::Result<types::Table> {
        self.call.table().map(|table| table.described.clone()).ok_or_else(|| outside("row-set.describe"))
    }

    fn read(&mut self, image: types::Image, column: u32) -> wasmtime::Result<Option<types::Cells>> {
        self.call.rows().ok_or_else(|| outside("row-set.read"))?.read(image, column).map_err(misuse)
    }

    fn text(
        &mut self,
        image: types::Image,
        column: u32,
    ) -> wasmtime::Result<std::result::Result<Option<types::Cells>, String>> {
        self.call.rows().ok_or_else(|| outside("row-set.text"))?.text(image, column).map_err(misuse)
    }

    fn commit_times(&mut self) -> wasmtime::Result<Vec<i64>> {
        let facts = self.call.facts().map_err(misuse)?;
        Ok(facts.each(|transaction| transaction.commit_time))
    }

    fn server_ids(&mut self) -> wasmtime::Result<Vec<u32>> {
        let facts = self.call.facts().map_err(misuse)?;
        Ok(facts.each(|transaction| transaction.server_id))
    }

    fn transactions(&mut self) -> wasmtime::Result<Vec<u32>> {
        Ok(self.call.facts().map_err(misuse)?.indexes.clone())
    }

    fn gtids(&mut self) -> wasmtime::Result<Vec<String>> {
        let facts = self.call.facts().map_err(misuse)?;
        let gtid = |gtid: &tidegate_model::Gtid| gtid.to_string();
        Ok(facts.transactions.iter().map(|t| t.gtid.as_ref().map(gtid).unwrap_or_default()).collect())
    }
}

impl row_image::Host for State {
    fn read(&mut self, column: u32) -> wasmtime::Result<Option<types::Cells>> {
        self.call.image().ok_or_else(|| outside("row-image.read"))?.read(column).map_err(misuse)
    }

    fn text(&mut self, column: u32) -> wasmtime::Result<std::result::Result<Option<types::Cells>, String>> {
        self.call.image().ok_or_else(|| outside("row-image.text"))?.text(column).map_err(misuse)
    }
}

impl wit_log::Host for State {
    fn write(&mut self, level: wit_log::Level, message: String) -> wasmtime::Result<()> {
        self.log.write(level, &message);
        Ok(())
    }
}

fn outside(function: &str) -> wasmtime::Error {
    misuse(format!("called `{function}`, which answers only while rows are at hand"))
}
