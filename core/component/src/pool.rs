//! The instances of one component with its settings: as many as there are threads that ask at the same time.

use crate::{
    Grants, Limits,
    bindings::{FilterPlugin, FilterPluginPre, filter::Guest},
    call::Call,
    error,
    instance::{Instance, State},
    log::Log,
};
use std::sync::{Arc, Mutex, PoisonError};
use tidegate_plugin::{ErrorKind, PluginError, Result};
use wasmtime::Store;

pub(crate) struct Pool {
    pre: FilterPluginPre<State>,
    limits: Limits,
    grants: Grants,
    log: Arc<Log>,
    /// The settings that every instance gets first.
    settings: String,
    idle: Mutex<Vec<Instance>>,
}

impl Pool {
    pub(crate) fn new(
        pre: FilterPluginPre<State>,
        (limits, grants): (Limits, Grants),
        log: Arc<Log>,
        settings: String,
    ) -> Self {
        Self { pre, limits, grants, log, settings, idle: Mutex::new(Vec::new()) }
    }

    /// Calls a function of an instance, and looks at its answer. Without a good one the instance is thrown away, and with it
    /// those that may have come as far: the next call gets a fresh one.
    ///
    /// # Errors
    /// If there is no good answer; of the kind [`ErrorKind::Rows`] if the call was about rows.
    pub(crate) fn call<T, U>(
        &self,
        function: &str,
        call: Call,
        run: impl FnOnce(&Guest, &mut Store<State>) -> wasmtime::Result<T>,
        read: impl FnOnce(T) -> Result<U>,
    ) -> Result<U> {
        let idle = self.lock().pop();
        let mut instance = idle.map_or_else(|| self.configured(), Ok)?;
        let kind = if call.is_about_rows() { ErrorKind::Rows } else { ErrorKind::Definite };
        let run =
            |exports: &FilterPlugin, store: &mut Store<State>| run(exports.tidegate_plugin_filter(), store);
        match instance.call(function, &self.limits, call, run).and_then(read) {
            Ok(answer) => {
                if !instance.is_worn() {
                    self.lock().push(instance);
                }
                Ok(answer)
            }
            Err(error) => {
                self.lock().clear();
                Err(PluginError { kind, ..error })
            }
        }
    }

    /// Makes an instance and gives it its settings.
    ///
    /// # Errors
    /// If it does not take them.
    fn configured(&self) -> Result<Instance> {
        let mut instance = Instance::new(&self.pre, &self.limits, self.grants, self.log.clone())?;
        let configure = |exports: &FilterPlugin, store: &mut Store<State>| {
            exports.tidegate_plugin_filter().call_configure(store, &self.settings)
        };
        let answer = instance.call("configure", &self.limits, Call::Other, configure)?;
        answer.map_err(|text| error::reported("configure", &text))?;
        Ok(instance)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Instance>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
