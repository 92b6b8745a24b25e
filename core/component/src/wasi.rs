//! What a language's runtime asks of WASI (preview 1) to start, of which nothing is granted: no arguments, no environment,
//! no files; what is written is swallowed; the clock counts and random numbers are the same in each instance, so that
//! filters stay pure.

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
/// Nanoseconds that the clock counts at each question.
const TICK: i64 = 1000;
/// The globals: the clock, and the state of the random numbers, which must not be 0.
const CLOCK: u32 = 0;
const RANDOM: u32 = 1;
const SEED: i64 = 0x2545_f491_4f6c_dd1d;

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
        let index = self.functions.len();
        self.types.ty().function(parameters.iter().copied(), results.iter().copied());
        self.functions.function(index);
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
    adapter.add("random_get", &[I32, I32], &[I32], &[I64], random_get);
    adapter.add("proc_exit", &[I32], &[], &[], |code| {
        code.unreachable();
    });
    let mut imports = ImportSection::new();
    let memory =
        MemoryType { minimum: 0, maximum: None, memory64: false, shared: false, page_size_log2: None };
    imports.import("env", "memory", EntityType::Memory(memory));
    let mut globals = GlobalSection::new();
    for value in [0, SEED] {
        let mutable = GlobalType { val_type: I64, mutable: true, shared: false };
        globals.global(mutable, &ConstExpr::i64_const(value));
    }
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

/// `(clock, precision, time)`
fn clock_time_get(code: &mut InstructionSink<'_>) {
    code.global_get(CLOCK).i64_const(TICK).i64_add().global_set(CLOCK);
    code.local_get(2).global_get(CLOCK).i64_store(at(0)).i32_const(SUCCESS);
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

/// `(place, length)`: xorshift64, of which each byte is a step's lowest.
fn random_get(code: &mut InstructionSink<'_>) {
    let (place, length, x) = (0, 1, 2);
    code.global_get(RANDOM).local_set(x);
    code.block(BlockType::Empty).loop_(BlockType::Empty);
    code.local_get(length).i32_eqz().br_if(1);
    code.local_get(x).local_get(x).i64_const(13).i64_shl().i64_xor().local_set(x);
    code.local_get(x).local_get(x).i64_const(7).i64_shr_u().i64_xor().local_set(x);
    code.local_get(x).local_get(x).i64_const(17).i64_shl().i64_xor().local_set(x);
    code.local_get(place).local_get(x).i64_store8(at(0));
    code.local_get(place).i32_const(1).i32_add().local_set(place);
    code.local_get(length).i32_const(1).i32_sub().local_set(length);
    code.br(0).end().end();
    code.local_get(x).global_set(RANDOM).i32_const(SUCCESS);
}
