using GraphCompiler.Ptx.Operations;

namespace GraphCompiler.Ptx.Decoding;

/// <summary>Atomic changes of memory.</summary>
static unsafe class AtomicDecoder
{
    public static void Decode(Opcode opcode, ref Instruction instruction)
    {
        string type = opcode.Type;
        bool givesOld = opcode.Name == "atom";
        foreach (string order in (ReadOnlySpan<string>)["relaxed", "acq_rel", "acquire", "release", "gpu", "cta", "sys"])
            opcode.Take(order);
        // ILGPU writes the state space behind the operation.
        string? space = opcode.Take("global") ? "global" : opcode.Take("shared") ? "shared" : null;
        string operation = opcode.TakeOneOf("add", "exch", "cas", "min", "max", "and", "or", "xor") ?? throw opcode.Unknown();
        int first = givesOld ? 1 : 0, operands = operation == "cas" ? 3 : 2;
        opcode.Expect(first + operands);
        var kind = opcode.KindOf(type);
        var (place, isWide, displacement) = opcode.Address(first);
        if (!isWide)
            throw opcode.Unknown("the address is to have 64 bits.");
        instruction.Target = givesOld ? opcode.Target(0, kind) : -1;
        instruction.First = place;
        instruction.Number = displacement;
        instruction.Second = opcode.Source(first + 1, type);
        instruction.Third = operands == 3 ? opcode.Source(first + 2, type) : -1;
        instruction.Execute = (operation, type) switch
        {
            ("add", "u32" or "s32") => Of<uint, AtomicAdd<uint>>(space),
            ("add", "u64") => Of<ulong, AtomicAdd<ulong>>(space),
            ("add", "f32") => Of<float, AtomicAdd<float>>(space),
            ("add", "f64") => Of<double, AtomicAdd<double>>(space),
            ("exch", "b32") => Of<uint, AtomicExchange<uint>>(space),
            ("exch", "b64") => Of<ulong, AtomicExchange<ulong>>(space),
            ("cas", "b32") => Of<uint, AtomicCompareExchange<uint>>(space),
            ("cas", "b64") => Of<ulong, AtomicCompareExchange<ulong>>(space),
            ("min", "u32") => Of<uint, AtomicSmaller<uint>>(space),
            ("min", "s32") => Of<int, AtomicSmaller<int>>(space),
            ("min", "u64") => Of<ulong, AtomicSmaller<ulong>>(space),
            ("min", "s64") => Of<long, AtomicSmaller<long>>(space),
            ("max", "u32") => Of<uint, AtomicLarger<uint>>(space),
            ("max", "s32") => Of<int, AtomicLarger<int>>(space),
            ("max", "u64") => Of<ulong, AtomicLarger<ulong>>(space),
            ("max", "s64") => Of<long, AtomicLarger<long>>(space),
            _ => Bits(operation, type, space),
        };
        if (instruction.Execute is null)
            throw opcode.Unknown();
    }

    static Handler Bits(string operation, string type, string? space) => (operation, type) switch
    {
        ("and", "b32") => Of<uint, AtomicAnd<uint>>(space),
        ("and", "b64") => Of<ulong, AtomicAnd<ulong>>(space),
        ("or", "b32") => Of<uint, AtomicOr<uint>>(space),
        ("or", "b64") => Of<ulong, AtomicOr<ulong>>(space),
        ("xor", "b32") => Of<uint, AtomicXor<uint>>(space),
        ("xor", "b64") => Of<ulong, AtomicXor<ulong>>(space),
        _ => null,
    };

    static Handler Of<T, TOperation>(string? space)
        where T : unmanaged
        where TOperation : ITernary<T, T, T, T>
        => space switch
        {
            "global" => &Atomics.Change<GlobalSpace, T, TOperation>,
            "shared" => &Atomics.Change<SharedSpace, T, TOperation>,
            _ => &Atomics.ChangeGeneric<T, TOperation>,
        };
}
