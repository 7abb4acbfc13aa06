//! The machine manual: every opcode in one table. A row is: name, the name the emitter and the
//! listing use, operands with their roles, and one sentence. `R[x]` is a register, `K[x]` a
//! constant. Consumers take the table with `for_each_opcode!`; nothing else lists opcodes by
//! hand except the machine's loop.
//!
//! Jump distances count instructions from the one after the jump.

use super::operand::Role;

/// Calls `$consumer!` with every row of the opcode table.
#[macro_export]
macro_rules! for_each_opcode {
    ($consumer:ident) => {
        $consumer! {
            // ---- registers, constants, variables
            Move mov (dst: Out, src: In) "R[dst] = R[src]";
            LoadK load_k (dst: Out, value: Const) "R[dst] = K[value]";
            Kill kill (reg: Keep) "release R[reg], which becomes unbound";
            CheckBound check_bound (reg: Keep) "UnboundLocalError when local R[reg] is unbound";
            DelLocal del_local (reg: Keep) "`del` of a local: UnboundLocalError when it is unbound";
            MakeCell make_cell (reg: Keep) "R[reg] = a new cell that holds R[reg] (empty when unbound)";
            LoadCell load_cell (dst: Out, cell: Keep) "R[dst] = contents of the cell R[cell]; UnboundLocalError when empty (the name is that of local R[cell])";
            StoreCell store_cell (cell: Keep, src: In) "contents of the cell R[cell] = R[src]";
            DelCell del_cell (cell: Keep) "empty the cell R[cell]; UnboundLocalError when it is empty";
            LoadFree load_free (dst: Out, index: Num) "R[dst] = contents of the running function's closure cell; NameError when empty";
            StoreFree store_free (index: Num, src: In) "contents of closure cell = R[src]";
            DelFree del_free (index: Num) "empty a closure cell; NameError when it is empty";
            LoadFreeCell load_free_cell (dst: Out, index: Num) "R[dst] = the closure cell itself, to build an inner closure";
            LoadGlobal load_global (dst: Out, name: Site32) "R[dst] = the name in globals, then builtins";
            StoreGlobal store_global (src: In, name: Site32) "globals[name] = R[src]";
            DelGlobal del_global (name: Site32) "del globals[name]";
            LoadName load_name (dst: Out, name: Site32) "class bodies and exec: the name in the namespace R[0], then globals, then builtins";
            StoreName store_name (src: In, name: Site32) "namespace R[0][name] = R[src]";
            DelName del_name (name: Site32) "del namespace R[0][name]";
            LoadNameFree load_name_free (dst: Out, index: Num, name: Site) "class bodies: the name in R[0], else the contents of the closure cell";

            // ---- attributes and items
            GetAttr get_attr (dst: Out, obj: In, name: Site) "R[dst] = R[obj].name";
            SetAttr set_attr (obj: In, src: In, name: Site) "R[obj].name = R[src]";
            DelAttr del_attr (obj: In, name: Site32) "del R[obj].name";
            LoadMethod load_method (base: Base, obj: In, name: Site) "R[base], R[base+1] = method and self, or the attribute and unbound, for a call_method";
            LoadSuperMethod load_super_method (base: Base, args: Base, name: Site) "the same for super().name(...): R[args..args+3] = super, __class__, self (consumed); base may equal args";
            LoadSuperAttr load_super_attr (dst: Out, args: Base, name: Site) "R[dst] = super().name, operands as above";
            GetItem get_item (dst: Out, obj: In, index: In) "R[dst] = R[obj][R[index]]";
            SetItem set_item (obj: In, index: In, src: In) "R[obj][R[index]] = R[src]";
            DelItem del_item (obj: In, index: In) "del R[obj][R[index]]";

            // ---- arithmetic
            Add add (dst: Out, lhs: In, rhs: In) "R[dst] = R[lhs] + R[rhs]";
            Sub sub (dst: Out, lhs: In, rhs: In) "R[dst] = R[lhs] - R[rhs]";
            Mul mul (dst: Out, lhs: In, rhs: In) "R[dst] = R[lhs] * R[rhs]";
            MatMul mat_mul (dst: Out, lhs: In, rhs: In) "R[dst] = R[lhs] @ R[rhs]";
            Div div (dst: Out, lhs: In, rhs: In) "R[dst] = R[lhs] / R[rhs]";
            FloorDiv floor_div (dst: Out, lhs: In, rhs: In) "R[dst] = R[lhs] // R[rhs]";
            Mod modulo (dst: Out, lhs: In, rhs: In) "R[dst] = R[lhs] % R[rhs]";
            Pow pow (dst: Out, lhs: In, rhs: In) "R[dst] = R[lhs] ** R[rhs]";
            LShift lshift (dst: Out, lhs: In, rhs: In) "R[dst] = R[lhs] << R[rhs]";
            RShift rshift (dst: Out, lhs: In, rhs: In) "R[dst] = R[lhs] >> R[rhs]";
            BitAnd bit_and (dst: Out, lhs: In, rhs: In) "R[dst] = R[lhs] & R[rhs]";
            BitOr bit_or (dst: Out, lhs: In, rhs: In) "R[dst] = R[lhs] | R[rhs]";
            BitXor bit_xor (dst: Out, lhs: In, rhs: In) "R[dst] = R[lhs] ^ R[rhs]";
            IAdd iadd (dst: Out, lhs: In, rhs: In) "R[dst] = R[lhs] += R[rhs] (tries the in-place method first)";
            ISub isub (dst: Out, lhs: In, rhs: In) "in-place R[lhs] - R[rhs]";
            IMul imul (dst: Out, lhs: In, rhs: In) "in-place R[lhs] * R[rhs]";
            IMatMul imat_mul (dst: Out, lhs: In, rhs: In) "in-place R[lhs] @ R[rhs]";
            IDiv idiv (dst: Out, lhs: In, rhs: In) "in-place R[lhs] / R[rhs]";
            IFloorDiv ifloor_div (dst: Out, lhs: In, rhs: In) "in-place R[lhs] // R[rhs]";
            IMod imodulo (dst: Out, lhs: In, rhs: In) "in-place R[lhs] % R[rhs]";
            IPow ipow (dst: Out, lhs: In, rhs: In) "in-place R[lhs] ** R[rhs]";
            ILShift ilshift (dst: Out, lhs: In, rhs: In) "in-place R[lhs] << R[rhs]";
            IRShift irshift (dst: Out, lhs: In, rhs: In) "in-place R[lhs] >> R[rhs]";
            IBitAnd ibit_and (dst: Out, lhs: In, rhs: In) "in-place R[lhs] & R[rhs]";
            IBitOr ibit_or (dst: Out, lhs: In, rhs: In) "in-place R[lhs] | R[rhs]";
            IBitXor ibit_xor (dst: Out, lhs: In, rhs: In) "in-place R[lhs] ^ R[rhs]";
            AddI add_i (dst: Out, lhs: In, imm: Imm) "R[dst] = R[lhs] + imm";
            SubI sub_i (dst: Out, lhs: In, imm: Imm) "R[dst] = R[lhs] - imm";
            IAddI iadd_i (dst: Out, lhs: In, imm: Imm) "in-place R[lhs] + imm";
            ISubI isub_i (dst: Out, lhs: In, imm: Imm) "in-place R[lhs] - imm";
            MulI mul_i (dst: Out, lhs: In, imm: Imm) "R[dst] = R[lhs] * imm";
            FloorDivI floor_div_i (dst: Out, lhs: In, imm: Imm) "R[dst] = R[lhs] // imm";
            ModI mod_i (dst: Out, lhs: In, imm: Imm) "R[dst] = R[lhs] % imm";
            BitAndI bit_and_i (dst: Out, lhs: In, imm: Imm) "R[dst] = R[lhs] & imm";
            Neg neg (dst: Out, src: In) "R[dst] = -R[src]";
            Pos pos (dst: Out, src: In) "R[dst] = +R[src]";
            Invert invert (dst: Out, src: In) "R[dst] = ~R[src]";
            Not not (dst: Out, src: In) "R[dst] = not R[src]";

            // ---- comparison
            Lt lt (dst: Out, lhs: In, rhs: In) "R[dst] = R[lhs] < R[rhs]";
            Le le (dst: Out, lhs: In, rhs: In) "R[dst] = R[lhs] <= R[rhs]";
            Gt gt (dst: Out, lhs: In, rhs: In) "R[dst] = R[lhs] > R[rhs]";
            Ge ge (dst: Out, lhs: In, rhs: In) "R[dst] = R[lhs] >= R[rhs]";
            Eq eq (dst: Out, lhs: In, rhs: In) "R[dst] = R[lhs] == R[rhs]";
            Ne ne (dst: Out, lhs: In, rhs: In) "R[dst] = R[lhs] != R[rhs]";
            Is is (dst: Out, lhs: In, rhs: In) "R[dst] = R[lhs] is R[rhs]";
            IsNot is_not (dst: Out, lhs: In, rhs: In) "R[dst] = R[lhs] is not R[rhs]";
            Contains contains (dst: Out, item: In, container: In) "R[dst] = R[item] in R[container]";
            NotContains not_contains (dst: Out, item: In, container: In) "R[dst] = R[item] not in R[container]";

            // ---- jumps
            Jump jump (target: Jump32) "continue at target; a backward jump is a safepoint";
            JumpIfTrue jump_if_true (test: In, target: Jump32) "jump when R[test] is true";
            JumpIfFalse jump_if_false (test: In, target: Jump32) "jump when R[test] is false";
            JumpIfNone jump_if_none (test: In, target: Jump32) "jump when R[test] is None";
            JumpIfNotNone jump_if_not_none (test: In, target: Jump32) "jump when R[test] is not None";
            JumpLt jump_lt (lhs: In, rhs: In, target: Jump) "jump when R[lhs] < R[rhs]";
            JumpLe jump_le (lhs: In, rhs: In, target: Jump) "jump when R[lhs] <= R[rhs]";
            JumpGt jump_gt (lhs: In, rhs: In, target: Jump) "jump when R[lhs] > R[rhs]";
            JumpGe jump_ge (lhs: In, rhs: In, target: Jump) "jump when R[lhs] >= R[rhs]";
            JumpEq jump_eq (lhs: In, rhs: In, target: Jump) "jump when R[lhs] == R[rhs]";
            JumpNe jump_ne (lhs: In, rhs: In, target: Jump) "jump when R[lhs] != R[rhs]";
            JumpNotLt jump_not_lt (lhs: In, rhs: In, target: Jump) "jump when R[lhs] < R[rhs] is false";
            JumpNotLe jump_not_le (lhs: In, rhs: In, target: Jump) "jump when R[lhs] <= R[rhs] is false";
            JumpNotGt jump_not_gt (lhs: In, rhs: In, target: Jump) "jump when R[lhs] > R[rhs] is false";
            JumpNotGe jump_not_ge (lhs: In, rhs: In, target: Jump) "jump when R[lhs] >= R[rhs] is false";
            JumpNotEq jump_not_eq (lhs: In, rhs: In, target: Jump) "jump when R[lhs] == R[rhs] is false";
            JumpNotNe jump_not_ne (lhs: In, rhs: In, target: Jump) "jump when R[lhs] != R[rhs] is false";
            JumpLtI jump_lt_i (lhs: In, imm: Imm, target: Jump) "jump when R[lhs] < imm";
            JumpLeI jump_le_i (lhs: In, imm: Imm, target: Jump) "jump when R[lhs] <= imm";
            JumpGtI jump_gt_i (lhs: In, imm: Imm, target: Jump) "jump when R[lhs] > imm";
            JumpGeI jump_ge_i (lhs: In, imm: Imm, target: Jump) "jump when R[lhs] >= imm";
            JumpEqI jump_eq_i (lhs: In, imm: Imm, target: Jump) "jump when R[lhs] == imm";
            JumpNeI jump_ne_i (lhs: In, imm: Imm, target: Jump) "jump when R[lhs] != imm";
            JumpNotLtI jump_not_lt_i (lhs: In, imm: Imm, target: Jump) "jump when R[lhs] < imm is false";
            JumpNotLeI jump_not_le_i (lhs: In, imm: Imm, target: Jump) "jump when R[lhs] <= imm is false";
            JumpNotGtI jump_not_gt_i (lhs: In, imm: Imm, target: Jump) "jump when R[lhs] > imm is false";
            JumpNotGeI jump_not_ge_i (lhs: In, imm: Imm, target: Jump) "jump when R[lhs] >= imm is false";
            JumpNotEqI jump_not_eq_i (lhs: In, imm: Imm, target: Jump) "jump when R[lhs] == imm is false";
            JumpNotNeI jump_not_ne_i (lhs: In, imm: Imm, target: Jump) "jump when R[lhs] != imm is false";
            JumpIfBits jump_if_bits (lhs: In, imm: Imm, target: Jump) "jump when R[lhs] & imm is true";
            JumpIfNoBits jump_if_no_bits (lhs: In, imm: Imm, target: Jump) "jump when R[lhs] & imm is false";
            JumpIs jump_is (lhs: In, rhs: In, target: Jump) "jump when R[lhs] is R[rhs]";
            JumpIsNot jump_is_not (lhs: In, rhs: In, target: Jump) "jump when R[lhs] is not R[rhs]";
            JumpIn jump_in (item: In, container: In, target: Jump) "jump when R[item] in R[container]";
            JumpNotIn jump_not_in (item: In, container: In, target: Jump) "jump when R[item] not in R[container]";

            // ---- iteration
            GetIter get_iter (dst: Out, src: In) "R[dst] = iter(R[src])";
            ForIter for_iter (iter: Keep, dst: Out, body: Jump) "R[dst] = next(R[iter]) and jump to body (backward: the instruction stands at the end of its loop); when exhausted release R[iter] and go on";
            GetAIter get_aiter (dst: Out, src: In) "R[dst] = aiter(R[src]), for `async for`";
            GetANext get_anext (dst: Out, iter: Keep) "R[dst] = the awaitable of R[iter].__anext__()";
            EndAsyncFor end_async_for (exc: In) "in the handler of an `async for`: re-raise R[exc] unless it is StopAsyncIteration, which is released";
            UnpackSequence unpack_sequence (base: Base, src: In, count: Num) "R[base..base+count] = the items of R[src]; ValueError when their number differs";
            UnpackEx unpack_ex (base: Base, src: In, counts: Num) "R[base..] = items before, a list of the middle, items after; counts = before | after << 8";

            // ---- calls
            Call call (dst: Out, base: Base, count: Num) "R[dst] = R[base](R[base+1..base+1+count])";
            CallMethod call_method (dst: Out, base: Base, count: Num) "R[dst] = R[base](R[base+1], R[base+2..base+2+count]), without R[base+1] when that is unbound";
            CallKw call_kw (dst: Out, base: Base, shape: Num) "R[dst] = R[base](...): shape indexes call_shapes: positional values, then one value a keyword, from R[base+1] on";
            CallMethodKw call_method_kw (dst: Out, base: Base, shape: Num) "the same with R[base+1] as in call_method and values from R[base+2] on";
            CallEx call_ex (dst: Out, base: Base, kwargs: Num) "R[dst] = R[base](*R[base+1], **R[base+2]); R[base+1] is a list or tuple, R[base+2] is a dict when kwargs is 1, else unused";
            Return ret (src: In) "return R[src] to the frame below, or finish the generator";
            Yield yield_ (dst: Out, src: In) "suspend the generator with R[src]; R[dst] = the value sent in. In an asynchronous generator the value goes to the consumer";
            YieldOnly yield_only (src: In) "the same for a statement: what is sent in is dropped";
            GetYieldFromIter get_yield_from_iter (dst: Out, src: In) "R[dst] = the iterator that `yield from R[src]` delegates to";
            GetAwaitable get_awaitable (dst: Out, src: In, context: Num) "R[dst] = the iterator that `await R[src]` delegates to; context: 0 await, 1 __aenter__, 2 __aexit__, 3 __anext__ (error texts)";
            YieldFrom yield_from (dst: Out, iter: Keep) "delegate to R[iter] until it returns; R[dst] = its return value; R[iter] is released";

            // ---- building
            BuildTuple build_tuple (dst: Out, base: Base, count: Num) "R[dst] = tuple of R[base..base+count]";
            BuildList build_list (dst: Out, base: Base, count: Num) "R[dst] = list of R[base..base+count]";
            BuildSet build_set (dst: Out, base: Base, count: Num) "R[dst] = set of R[base..base+count], added in order";
            BuildMap build_map (dst: Out, base: Base, count: Num) "R[dst] = dict of count pairs key, value from R[base] on";
            BuildString build_string (dst: Out, base: Base, count: Num) "R[dst] = the strings R[base..base+count] joined";
            BuildSlice build_slice (dst: Out, base: Base) "R[dst] = slice(R[base], R[base+1], R[base+2])";
            ListAppend list_append (list: Keep, src: In) "append R[src] to the list R[list]";
            ListExtend list_extend (list: Keep, src: In) "extend the list R[list] by the iterable R[src] (`[*x]`)";
            SetAdd set_add (set: Keep, src: In) "add R[src] to the set R[set]";
            SetUpdate set_update (set: Keep, src: In) "add the items of the iterable R[src]";
            MapAdd map_add (map: Keep, key: In, src: In) "R[map][R[key]] = R[src]";
            DictUpdate dict_update (map: Keep, src: In) "update the dict R[map] by the mapping R[src] (`{**x}`)";
            DictMerge dict_merge (map: Keep, src: In, callee: Keep) "the same for keyword arguments: TypeError on a repeated key, naming the callee";
            ListToTuple list_to_tuple (dst: Out, src: In) "R[dst] = tuple(R[src]), a list";
            FormatValue format_value (dst: Out, src: In, conversion: Num) "R[dst] = format of R[src]; conversion: 0 none, 1 str, 2 repr, 3 ascii";
            FormatSpec format_spec (dst: Out, base: Base, conversion: Num) "R[dst] = R[base] (converted) formatted by the spec R[base+1]";
            MakeFunction make_function (dst: Out, code: Num, base: Base) "R[dst] = function of the code constant K[code]; R[base..base+4] = defaults tuple, keyword defaults dict, closure tuple, annotations dict, each may be unbound";
            LoadBuildClass load_build_class (dst: Out) "R[dst] = the function that makes a class";

            // ---- exceptions and contexts
            Raise raise (exc: In) "raise R[exc]";
            RaiseFrom raise_from (exc: In, cause: In) "raise R[exc] from R[cause]";
            RaiseAgain raise_again () "bare `raise`: the exception that is being handled";
            Reraise reraise (exc: In) "continue the exception R[exc] (end of a finally or of an unmatched except): no new traceback entry, context unchanged";
            JumpIfNoMatch jump_if_no_match (exc: Keep, class: In, target: Jump) "jump unless R[exc] is an instance of the class or tuple R[class]; TypeError when that is no exception class";
            MatchStar match_star (matched: Out, rest: Keep, class: In) "`except*`: R[matched] = the part of R[rest] that matches (a group), or None; R[rest] = what remains, or None";
            PrepareReraiseStar prepare_reraise_star (dst: Out, original: Keep, raised: In) "end of `except*`: R[dst] = what to raise from the original and the list R[raised] of raised and unhandled ones, or None";
            LoadAssertionError load_assertion_error (dst: Out) "R[dst] = the builtin AssertionError";
            WithSetup with_setup (base: Base, manager: In, is_async: Num) "R[base], R[base+1] = exit method and self; R[base+2], R[base+3] = enter method and self, each pair as by load_method; is_async: __aenter__ and __aexit__";
            WithExceptArgs with_except_args (base: Base, exc: Keep) "R[base..base+3] = type, value and traceback of R[exc], for the exit method";

            // ---- patterns
            MatchSequence match_sequence (dst: Out, subject: Keep) "R[dst] = whether R[subject] is a sequence in the sense of `match`";
            MatchMapping match_mapping (dst: Out, subject: Keep) "R[dst] = whether R[subject] is a mapping";
            GetLen get_len (dst: Out, subject: Keep) "R[dst] = len(R[subject])";
            MatchKeys match_keys (dst: Out, subject: Keep, keys: Keep) "R[dst] = tuple of the values of R[subject] under the tuple R[keys], or None";
            MappingRest mapping_rest (dst: Out, subject: Keep, keys: In) "R[dst] = dict of what is in R[subject] and not under R[keys]";
            MatchClass match_class (dst: Out, base: Base, count: Num) "R[dst] = tuple of attributes, or None: R[base..base+3] = subject, class, tuple of keyword names; count positional ones";

            // ---- modules and the rest
            Import import (dst: Out, base: Base, name: Site) "R[dst] = __import__(name, level = R[base], fromlist = R[base+1])";
            ImportFrom import_from (dst: Out, module: Keep, name: Site) "R[dst] = R[module].name; ImportError when it is not there";
            ImportStar import_star (module: In) "bind the public names of R[module] in the namespace";
            SetupAnnotations setup_annotations () "make sure that __annotations__ is in the namespace";
            MakeTypeParam make_type_param (dst: Out, base: Base, kind: Num) "R[dst] = a type parameter; R[base..base+3] = name, bound (or unbound), default (or unbound); kind: 0 TypeVar, 1 TypeVarTuple, 2 ParamSpec";
            MakeTypeAlias make_type_alias (dst: Out, base: Base) "R[dst] = a type alias; R[base..base+3] = name, tuple of type parameters, function that computes the value";
            MakeGeneric make_generic (dst: Out, params: In) "R[dst] = Generic[*params], the implicit base of a class with type parameters";
            Display display (src: In) "REPL: show the value of an expression statement";
        }
    };
}

macro_rules! define_ops {
    ($($op:ident $name:ident ($($field:ident : $role:ident),*) $doc:literal;)*) => {
        /// An opcode; see the table for the meaning of each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Op {
            $(#[doc = $doc] $op,)*
        }

        /// Every row of the table, in the order of the opcodes.
        pub const OPS: &[OpInfo] = &[
            $(OpInfo {
                op: Op::$op,
                name: stringify!($name),
                operands: &[$((stringify!($field), Role::$role)),*],
                doc: $doc,
            },)*
        ];
    };
}
for_each_opcode!(define_ops);

/// One row of the opcode table.
#[derive(Debug)]
pub struct OpInfo {
    pub op: Op,
    /// The name in listings.
    pub name: &'static str,
    /// Name and role of each operand, in slot order.
    pub operands: &'static [(&'static str, Role)],
    pub doc: &'static str,
}

impl Op {
    pub fn info(self) -> &'static OpInfo {
        &OPS[self as usize]
    }

    /// The opcode of a byte, if there is one.
    pub fn from_byte(byte: u8) -> Option<Op> {
        OPS.get(byte as usize).map(|info| info.op)
    }
}

/// One encoded instruction; `operand` describes the layout.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C, align(8))]
pub struct Instr {
    pub op: u8,
    pub flags: u8,
    pub a: u16,
    pub b: u16,
    pub c: u16,
}

impl Instr {
    pub const fn new(op: Op, flags: u8, a: u16, b: u16, c: u16) -> Instr {
        Instr { op: op as u8, flags, a, b, c }
    }

    /// Slots b and c as one number.
    #[inline(always)]
    pub const fn bc(self) -> u32 {
        self.b as u32 | (self.c as u32) << 16
    }

    /// Slots b and c as a jump distance.
    #[inline(always)]
    pub const fn jump32(self) -> i32 {
        self.bc() as i32
    }
}
