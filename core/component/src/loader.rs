//! From a file to a filter: the file's sum, its compilation, its imports, its manifest.

use crate::{
    Grants,
    bindings::{FilterPlugin, FilterPluginPre, runtime::Runtime},
    call::Call,
    error,
    filter::ComponentFilter,
    grants::Granted,
    instance::{Instance, State, TICK},
    log::Log,
    manifest::Manifest,
    pool::Pool,
};
use sha2::{Digest, Sha256};
use std::{path::Path, sync::Arc, time::Duration};
use tidegate_plugin::{
    Entry, ErrorKind, Filter, PluginError, Result, path,
    settings::{Problem, Settings},
};
use wasmtime::{
    Cache, CacheConfig, Config, Engine,
    component::{Component, HasData, Linker, types::ComponentItem},
};

/// The interfaces that a component may import.
const PACKAGE: &str = "tidegate:plugin/";
/// The interface by which a runtime sees what is granted.
const GRANTS: &str = "tidegate:plugin/grants@";
/// The interface that it must export.
const EXPORT: &str = "tidegate:plugin/filter@0.1.0";

/// What a component may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of memory of an instance.
    pub memory: usize,
    /// The longest time of a call.
    pub call_time: Duration,
    /// The most bytes that it may hand over in a call.
    pub answer: usize,
}

/// Loads components; all of them share one compiler and one clock.
pub struct Loader {
    engine: Engine,
    linker: Linker<State>,
}

/// Where the clock and random numbers are in an instance's state.
struct HasGranted;

impl HasData for HasGranted {
    type Data<'a> = &'a mut Granted;
}

/// A component that was loaded.
pub struct Plugin {
    /// What it says of itself.
    pub manifest: Manifest,
    /// The SHA-256 sum of its file.
    pub sha256: [u8; 32],
    /// Everything that it imports.
    pub imports: Vec<String>,
    pre: FilterPluginPre<State>,
    limits: Limits,
    grants: Grants,
    log: Arc<Log>,
}

impl Loader {
    /// Returns a loader that keeps compiled code in the folder `cache`, or nowhere.
    ///
    /// # Errors
    /// If the folder cannot be used.
    pub fn new(cache: Option<&Path>) -> Result<Self> {
        let mut config = Config::new();
        config.wasm_component_model(true).epoch_interruption(true);
        if let Some(folder) = cache {
            config.cache(Some(open_cache(folder)?));
        }
        let unusable = |error: wasmtime::Error| {
            PluginError::world(format!("components cannot be run on this machine: {error:#}"))
        };
        let engine = Engine::new(&config).map_err(unusable)?;
        let mut linker = Linker::new(&engine);
        FilterPlugin::add_to_linker::<_, wasmtime::component::HasSelf<_>>(
            &mut linker,
            |state: &mut State| state,
        )
        .map_err(unusable)?;
        Runtime::add_to_linker::<_, HasGranted>(&mut linker, |state: &mut State| &mut state.granted)
            .map_err(unusable)?;
        tick(&engine);
        Ok(Self { engine, linker })
    }

    /// Loads a component and asks it what it is. `sha256` is the sum that its file must have.
    ///
    /// # Errors
    /// If there is no such file, it is no filter, wants what is not granted, or says what cannot be.
    pub fn load(&self, file: &Path, sha256: Option<[u8; 32]>, limits: Limits) -> Result<Plugin> {
        let input = |message: String| PluginError::new(ErrorKind::Input, message).at(file.display());
        let bytes = std::fs::read(file).map_err(|error| {
            input(format!("the component cannot be read: {error}"))
                .hint("check the path; in a pipeline file it is relative to that file")
        })?;
        let sum: [u8; 32] = Sha256::digest(&bytes).into();
        if let Some(wanted) = sha256.filter(|wanted| *wanted != sum) {
            return Err(input(format!(
                "the component's SHA-256 sum is {}, and the pipeline file wants {}",
                hex(&sum),
                hex(&wanted)
            ))
            .hint("somebody changed the component: look at it, then put its new sum into `sha256`"));
        }
        let component = self.compile(&bytes).map_err(|error| error.at(file.display()))?;
        let imports = self.judge_imports(&component).map_err(|error| error.at(file.display()))?;
        let linked = self.linker.instantiate_pre(&component).and_then(FilterPluginPre::new);
        let pre = linked.map_err(|error| {
            input(format!("the component is no filter of this contract: {error:#}")).hint(format!(
                "it must export `{EXPORT}`, with the functions and types of this version's `wit` folder"
            ))
        })?;
        let plugin: Arc<str> = file.display().to_string().into();
        let log = Arc::new(Log::new(plugin));
        let manifest = describe(&pre, &limits, &log).map_err(|error| error.at(file.display()))?;
        Ok(Plugin { manifest, sha256: sum, imports, pre, limits, grants: Grants::default(), log })
    }

    fn compile(&self, bytes: &[u8]) -> Result<Component> {
        if bytes.get(..8) == Some(b"\0asm\x01\0\0\0") {
            return Err(PluginError::new(
                ErrorKind::Input,
                "this is a core WebAssembly module, not a component",
            )
            .hint("build it with `tidegate plugin build`, or make it a component with `wasm-tools component new`"));
        }
        if bytes.get(..4) != Some(b"\0asm") {
            return Err(PluginError::new(ErrorKind::Input, "this is no WebAssembly file")
                .hint("name the component that `tidegate plugin build` wrote"));
        }
        Component::from_binary(&self.engine, bytes).map_err(|error| {
            PluginError::new(ErrorKind::Input, format!("the component cannot be compiled: {error:#}"))
                .hint("it may be cut off or built for another version of the component model: build it anew")
        })
    }

    fn judge_imports(&self, component: &Component) -> Result<Vec<String>> {
        let imports: Vec<String> = component
            .component_type()
            .imports(&self.engine)
            .filter(|(_, item)| !matches!(item.ty, ComponentItem::Type(_)))
            .map(|(name, _)| name.to_owned())
            .collect();
        let foreign: Vec<&str> =
            imports.iter().map(String::as_str).filter(|name| !name.starts_with(PACKAGE)).collect();
        if foreign.is_empty() {
            return Ok(imports);
        }
        Err(PluginError::new(
            ErrorKind::Input,
            format!("the component wants what no component is granted: {}", foreign.join(", ")),
        )
        .hint(
            "build it so that it imports nothing but Tidegate's interfaces: `tidegate plugin build` does (Rust: the target \
             wasm32-unknown-unknown; JavaScript: `disableFeatures`; Python: `--stub-wasi`; Go: the stub adapter)",
        ))
    }
}

fn describe(pre: &FilterPluginPre<State>, limits: &Limits, log: &Arc<Log>) -> Result<Manifest> {
    let mut instance = Instance::new(pre, limits, Grants::default(), log.clone())?;
    let given = instance.call("describe", limits, Call::Other, |exports, store| {
        exports.tidegate_plugin_filter().call_describe(store)
    })?;
    Manifest::read(given).map_err(|what| error::malformed("describe", what))
}

fn open_cache(folder: &Path) -> Result<Cache> {
    let unusable = |error: &dyn std::fmt::Display| {
        PluginError::world(format!("compiled components cannot be kept in {}: {error}", folder.display()))
            .hint("choose another folder with `--state`")
    };
    std::fs::create_dir_all(folder).map_err(|error| unusable(&error))?;
    let absolute = folder.canonicalize().map_err(|error| unusable(&error))?;
    let mut config = CacheConfig::new();
    config.with_directory(absolute);
    Cache::new(config).map_err(|error| unusable(&error))
}

/// Lets the engine's clock tick for as long as it is there.
fn tick(engine: &Engine) {
    let weak = engine.weak();
    std::thread::spawn(move || {
        while let Some(engine) = weak.upgrade() {
            engine.increment_epoch();
            drop(engine);
            std::thread::sleep(TICK);
        }
    });
}

fn hex(sum: &[u8]) -> String {
    sum.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Plugin {
    /// Returns the SHA-256 sum of its file, in hexadecimal.
    pub fn sum(&self) -> String {
        hex(&self.sha256)
    }

    /// Grants it a clock or random numbers.
    ///
    /// # Errors
    /// If it could not see them: whoever reads the pipeline file would believe that it can.
    pub fn granting(mut self, grants: Grants) -> Result<Self> {
        if grants.any() && !self.imports.iter().any(|name| name.starts_with(GRANTS)) {
            let message =
                "the component can see neither a clock nor random numbers, so nothing can be granted to it";
            return Err(PluginError::new(ErrorKind::Input, message).hint(
                "leave `grants` out; or write the filter in Go or C, whose runtimes ask for them, and build it with this \
                 version's `tidegate plugin build`",
            ));
        }
        self.grants = grants;
        Ok(self)
    }

    /// Returns what the registry has of a built-in filter.
    pub fn into_entry(self) -> Entry<dyn Filter> {
        let schema = self.manifest.settings.clone();
        let build = move |settings: &Settings, _: &tidegate_plugin::Instance| {
            self.build(settings).map(|filter| Box::new(filter) as Box<dyn Filter>)
        };
        Entry { schema, build: Box::new(build) }
    }

    fn build(&self, settings: &Settings) -> std::result::Result<ComponentFilter, Vec<Problem>> {
        settings.check(&self.manifest.settings)?;
        let json = settings.root().expose_json().to_string();
        let allowed = (self.limits, self.grants);
        let pool = Pool::new(self.pre.clone(), allowed, self.log.clone(), json);
        let filter = ComponentFilter::new(self.manifest.clone(), pool);
        filter.start().map_err(|error| {
            let problem = Problem::at(path![], error.message);
            vec![error.hint.into_iter().fold(problem, Problem::help)]
        })?;
        Ok(filter)
    }
}
