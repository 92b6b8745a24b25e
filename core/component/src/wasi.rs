//! What a language's runtime asks of WASI (preview 1) to start: no arguments, no environment, no files; what is written is
//! swallowed. Random numbers are the host's, which are the operating system's where the pipeline file grants them.
//!
//! The clock counts from where a call began, which is 0 unless the pipeline file grants the time. It cannot ask the host each
//! time: Go looks at the clock in each collection of garbage, also of one while memory for arguments is made, and a component
//! that calls anything then is ended. So the SDKs have it set when a call begins.

use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, EntityType, ExportKind, ExportSection, Function, FunctionSection,
    GlobalSection, GlobalType, ImportSection, InstructionSink, MemArg, MemoryType, Module, TypeSection,
    ValType::{self, I32, I64},
};

/// The adapter's name: what it answers is imported from there.
pub(crate) const NAME: &str = "wasi_snapshot_preview1";

const SUCCESS: i32 = 0;
/// There is no such file.
const BADF: i32 = 8;
/// There is no such function.
const NOSYS: i32 = 52;
/// The function, not one of WASI's, by which an SDK has the clock set.
const SET_CLOCK: &str = "tidegate_set_clock";

/// The host's functions, in the order of their imports.
const GRANTS: &str = "tidegate:plugin/grants@0.1.0";
const FUNCTIONS: [&str; 2] = ["time", "random"];
const TIME: u32 = 0;
const RANDOM: u32 = 1;
/// Nanoseconds that the clock counts at each question.
const TICK: i64 = 1000;
/// The global that is the clock.
const CLOCK: u32 = 0;

/// Functions that only answer an error number, with their parameters.
const REFUSED: [(&str, &[ValType], i32); 13] = [
    ("args_get", &[I32, I32], SUCCESS),
    ("environ_get", &[I32, I32], SUCCESS),
    ("sched_yield", &[], SUCCESS),
    ("fd_close", &[I32], BADF),
    ("fd_read", &[I32, I32, I32, I32], BADF),
    ("fd_seek", &[I32, I64, I32, I32], BADF),
    ("fd_fdstat_get", &[I32, I32], BADF),
    ("fd_fdstat_set_flags", &[I32, I32], BADF),
    ("fd_filestat_get", &[I32, I32], BADF),
    ("fd_prestat_get", &[I32, I32], BADF),
    ("fd_prestat_dir_name", &[I32, I32, I32], BADF),
    ("path_open", &[I32, I32, I32, I32, I32, I64, I64, I32, I32], BADF),
    ("poll_oneoff", &[I32, I32, I32, I32], NOSYS),
];

/// A module that is being made.
#[derive(Default)]
struct Adapter {
    types: TypeSection,
    functions: FunctionSection,
    exports: ExportSection,
    code: CodeSection,
}

impl Adapter {
    /// Adds a function. Behind its parameters it has locals.
    fn add(
        &mut self,
        name: &str,
        parameters: &[ValType],
        results: &[ValType],
        locals: &[ValType],
        body: impl FnOnce(&mut InstructionSink<'_>),
    ) {
        let index = FUNCTIONS.len() as u32 + self.functions.len();
        let ty = self.types.len();
        self.types.ty().function(parameters.iter().copied(), results.iter().copied());
        self.functions.function(ty);
        self.exports.export(name, ExportKind::Func, index);
        let mut function = Function::new_with_locals_types(locals.iter().copied());
        body(&mut function.instructions());
        function.instructions().end();
        self.code.function(&function);
    }
}

/// Returns the adapter's module.
pub(crate) fn adapter() -> Vec<u8> {
    let mut adapter = Adapter::default();
    adapter.types.ty().function([], [I64]);
    for (name, parameters, answer) in REFUSED {
        adapter.add(name, parameters, &[I32], &[], |code| {
            code.i32_const(answer);
        });
    }
    for name in ["args_sizes_get", "environ_sizes_get"] {
        adapter.add(name, &[I32, I32], &[I32], &[], no_strings);
    }
    adapter.add("clock_time_get", &[I32, I64, I32], &[I32], &[], clock_time_get);
    adapter.add("clock_res_get", &[I32, I32], &[I32], &[], |code| {
        code.local_get(1).i64_const(TICK).i64_store(at(0)).i32_const(SUCCESS);
    });
    adapter.add("fd_write", &[I32, I32, I32, I32], &[I32], &[I32], fd_write);
    adapter.add("random_get", &[I32, I32], &[I32], &[I64, I32], random_get);
    adapter.add(SET_CLOCK, &[], &[], &[I64], set_clock);
    adapter.add("proc_exit", &[I32], &[], &[], |code| {
        code.unreachable();
    });
    let mut imports = ImportSection::new();
    let memory =
        MemoryType { minimum: 0, maximum: None, memory64: false, shared: false, page_size_log2: None };
    imports.import("env", "memory", EntityType::Memory(memory));
    for name in FUNCTIONS {
        imports.import(GRANTS, name, EntityType::Function(0));
    }
    let mut globals = GlobalSection::new();
    let mutable = GlobalType { val_type: I64, mutable: true, shared: false };
    globals.global(mutable, &ConstExpr::i64_const(0));
    let mut module = Module::new();
    module.section(&adapter.types).section(&imports).section(&adapter.functions).section(&globals);
    module.section(&adapter.exports).section(&adapter.code);
    module.finish()
}

/// Returns the place that many bytes behind an address; nothing is known of its alignment.
const fn at(offset: u64) -> MemArg {
    MemArg { offset, align: 0, memory_index: 0 }
}

/// `(count, bytes)`: both are 0.
fn no_strings(code: &mut InstructionSink<'_>) {
    for place in [0, 1] {
        code.local_get(place).i32_const(0).i32_store(at(0));
    }
    code.i32_const(SUCCESS);
}

/// `(clock, precision, time)`: all clocks are one, which never goes back.
fn clock_time_get(code: &mut InstructionSink<'_>) {
    code.global_get(CLOCK).i64_const(TICK).i64_add().global_set(CLOCK);
    code.local_get(2).global_get(CLOCK).i64_store(at(0)).i32_const(SUCCESS);
}

/// `()`
fn set_clock(code: &mut InstructionSink<'_>) {
    let time = 0;
    code.call(TIME).local_tee(time).global_get(CLOCK).i64_gt_u().if_(BlockType::Empty);
    code.local_get(time).global_set(CLOCK).end();
}

/// `(file, parts, count, written)`: all of it was written, says the answer. A part is an address and a length.
fn fd_write(code: &mut InstructionSink<'_>) {
    let (parts, count, written, sum) = (1, 2, 3, 4);
    code.block(BlockType::Empty).loop_(BlockType::Empty);
    code.local_get(count).i32_eqz().br_if(1);
    code.local_get(parts).i32_load(at(4)).local_get(sum).i32_add().local_set(sum);
    code.local_get(parts).i32_const(8).i32_add().local_set(parts);
    code.local_get(count).i32_const(1).i32_sub().local_set(count);
    code.br(0).end().end();
    code.local_get(written).local_get(sum).i32_store(at(0)).i32_const(SUCCESS);
}

/// `(place, length)`: eight bytes of each number, the lowest first.
fn random_get(code: &mut InstructionSink<'_>) {
    let (place, length, x, left) = (0, 1, 2, 3);
    code.block(BlockType::Empty).loop_(BlockType::Empty);
    code.local_get(length).i32_eqz().br_if(1);
    code.local_get(left).i32_eqz().if_(BlockType::Empty);
    code.call(RANDOM).local_set(x).i32_const(8).local_set(left).end();
    code.local_get(place).local_get(x).i64_store8(at(0));
    code.local_get(x).i64_const(8).i64_shr_u().local_set(x);
    code.local_get(left).i32_const(1).i32_sub().local_set(left);
    code.local_get(place).i32_const(1).i32_add().local_set(place);
    code.local_get(length).i32_const(1).i32_sub().local_set(length);
    code.br(0).end().end();
    code.i32_const(SUCCESS);
}
