using GraphCompiler.Ptx.Operations;
using GraphCompiler.Ptx.Parsing;

namespace GraphCompiler.Ptx.Decoding;

/// <summary>Comparisons and choices.</summary>
static unsafe class PredicateDecoder
{
    public static void Decode(Opcode opcode, ref Instruction instruction)
    {
        switch (opcode.Name)
        {
            case "setp":
                DecodeComparison(opcode, ref instruction);
                break;
            case "selp":
                DecodeChoice(opcode, ref instruction);
                break;
            default:
                DecodeTest(opcode, ref instruction);
                break;
        }
        if (instruction.Execute is null)
            throw opcode.Unknown();
    }

    static void DecodeComparison(Opcode opcode, ref Instruction instruction)
    {
        string type = opcode.Type;
        string comparison = opcode.TakeOneOf("eq", "ne", "lt", "le", "gt", "ge", "lo", "ls", "hi", "hs", "equ", "neu", "ltu", "leu", "gtu", "geu", "num", "nan")
            ?? throw opcode.Unknown("the comparison is not known.");
        string? combination = opcode.TakeOneOf("and", "or", "xor");
        opcode.Expect(combination is null ? 3 : 4);
        instruction.Count = combination switch { "and" => Comparisons.WithAnd, "or" => Comparisons.WithOr, "xor" => Comparisons.WithXor, _ => 0 };
        instruction.Third = combination is null ? 0 : opcode.Source(3, RegisterKind.Predicate);
        instruction.Target = opcode.Target(0, RegisterKind.Predicate);
        instruction.First = opcode.Source(1, type);
        instruction.Second = opcode.Source(2, type);
        bool isFloat = type[0] == 'f', isSigned = type[0] == 's', isOrdering = comparison is not ("eq" or "ne");
        if (isOrdering && type[0] == 'b' || !isFloat && comparison.Length == 3 || isSigned && comparison is "lo" or "ls" or "hi" or "hs")
            throw opcode.Unknown("the comparison is not one of this type.");
        instruction.Execute = type switch
        {
            "s32" => OfIntegers<int>(comparison),
            "u32" or "b32" => OfIntegers<uint>(comparison),
            "s64" => OfIntegers<long>(comparison),
            "u64" or "b64" => OfIntegers<ulong>(comparison),
            "s16" => OfNarrow<int>(comparison),
            "u16" or "b16" => OfNarrow<uint>(comparison),
            "f32" => OfFloats<float>(comparison),
            "f64" => OfFloats<double>(comparison),
            "f16" => OfHalves(comparison),
            _ => null,
        };
    }

    static Handler OfIntegers<T>(string comparison)
        where T : unmanaged
        => comparison switch
        {
            "eq" => &Comparisons.SetPredicate<T, IsEqual<T>>,
            "ne" => &Comparisons.SetPredicate<T, IsNot<T, IsEqual<T>>>,
            "lt" or "lo" => &Comparisons.SetPredicate<T, IsLess<T>>,
            "le" or "ls" => &Comparisons.SetPredicate<T, IsLessOrEqual<T>>,
            "gt" or "hi" => &Comparisons.SetPredicate<T, IsGreater<T>>,
            "ge" or "hs" => &Comparisons.SetPredicate<T, IsGreaterOrEqual<T>>,
            _ => null,
        };

    static Handler OfNarrow<T>(string comparison)
        where T : unmanaged
        => comparison switch
        {
            "eq" => &Comparisons.SetPredicate16<T, IsEqual<T>>,
            "ne" => &Comparisons.SetPredicate16<T, IsNot<T, IsEqual<T>>>,
            "lt" or "lo" => &Comparisons.SetPredicate16<T, IsLess<T>>,
            "le" or "ls" => &Comparisons.SetPredicate16<T, IsLessOrEqual<T>>,
            "gt" or "hi" => &Comparisons.SetPredicate16<T, IsGreater<T>>,
            "ge" or "hs" => &Comparisons.SetPredicate16<T, IsGreaterOrEqual<T>>,
            _ => null,
        };

    static Handler OfFloats<T>(string comparison)
        where T : unmanaged
        => comparison switch
        {
            "eq" => &Comparisons.SetPredicate<T, IsEqual<T>>,
            "ne" => &Comparisons.SetPredicate<T, IsLessOrGreater<T>>,
            "lt" => &Comparisons.SetPredicate<T, IsLess<T>>,
            "le" => &Comparisons.SetPredicate<T, IsLessOrEqual<T>>,
            "gt" => &Comparisons.SetPredicate<T, IsGreater<T>>,
            "ge" => &Comparisons.SetPredicate<T, IsGreaterOrEqual<T>>,
            "equ" => &Comparisons.SetPredicate<T, IsNot<T, IsLessOrGreater<T>>>,
            "neu" => &Comparisons.SetPredicate<T, IsNot<T, IsEqual<T>>>,
            "ltu" => &Comparisons.SetPredicate<T, IsNot<T, IsGreaterOrEqual<T>>>,
            "leu" => &Comparisons.SetPredicate<T, IsNot<T, IsGreater<T>>>,
            "gtu" => &Comparisons.SetPredicate<T, IsNot<T, IsLessOrEqual<T>>>,
            "geu" => &Comparisons.SetPredicate<T, IsNot<T, IsLess<T>>>,
            "num" => &Comparisons.SetPredicate<T, AreNumbers<T>>,
            "nan" => &Comparisons.SetPredicate<T, IsNot<T, AreNumbers<T>>>,
            _ => null,
        };

    static Handler OfHalves(string comparison) => comparison switch
    {
        "eq" => &Comparisons.SetPredicateOfHalves<IsEqual<float>>,
        "ne" => &Comparisons.SetPredicateOfHalves<IsLessOrGreater<float>>,
        "lt" => &Comparisons.SetPredicateOfHalves<IsLess<float>>,
        "le" => &Comparisons.SetPredicateOfHalves<IsLessOrEqual<float>>,
        "gt" => &Comparisons.SetPredicateOfHalves<IsGreater<float>>,
        "ge" => &Comparisons.SetPredicateOfHalves<IsGreaterOrEqual<float>>,
        _ => null,
    };

    static void DecodeChoice(Opcode opcode, ref Instruction instruction)
    {
        string type = opcode.Type;
        opcode.Expect(4);
        // What is chosen is bits: ILGPU writes numbers of either kind with '.b32'.
        var kind = opcode.KindOf(type);
        instruction.Target = opcode.Target(0, kind);
        instruction.First = opcode.Source(1, kind);
        instruction.Second = opcode.Source(2, kind);
        instruction.Third = opcode.Source(3, RegisterKind.Predicate);
        instruction.Execute = kind switch
        {
            RegisterKind.Bits64 => &Comparisons.Select<ulong>,
            RegisterKind.Bits32 or RegisterKind.Bits16 => &Comparisons.Select<uint>,
            _ => null,
        };
    }

    static void DecodeTest(Opcode opcode, ref Instruction instruction)
    {
        string type = opcode.Type;
        string? test = opcode.TakeOneOf("finite", "infinite", "number", "notanumber");
        opcode.Expect(2);
        if (type is not ("f32" or "f64"))
            throw opcode.Unknown();
        instruction.Target = opcode.Target(0, RegisterKind.Predicate);
        instruction.First = opcode.Source(1, type);
        instruction.Count = type == "f64" ? 8 : 4;
        instruction.Execute = test switch
        {
            "finite" => &Comparisons.SetPredicateOfFloats<IsFinite>,
            "infinite" => &Comparisons.SetPredicateOfFloats<IsInfinite>,
            "number" => &Comparisons.SetPredicateOfFloats<IsNumber>,
            "notanumber" => &Comparisons.SetPredicateOfFloats<IsNone>,
            _ => null,
        };
    }
}
