using GraphCompiler.Ptx.Operations;

namespace GraphCompiler.Ptx.Decoding;

/// <summary>Arithmetic on floating-point numbers.</summary>
static unsafe class FloatDecoder
{
    public static void Decode(Opcode opcode, ref Instruction instruction)
    {
        string type = opcode.Type, name = opcode.Name;
        string? rounding = opcode.TakeOneOf("rn", "approx", "full");
        bool isFlushed = opcode.Take("ftz"), isStrict = opcode.Take("NaN");
        CheckRounding(opcode, rounding);
        int sources = name is "fma" or "mad" ? 3 : name is "add" or "sub" or "mul" or "div" or "min" or "max" ? 2 : 1;
        opcode.Expect(sources + 1);
        if (isFlushed && type != "f32" || isStrict && (type != "f32" || name is not ("min" or "max")))
            throw opcode.Unknown();
        instruction.Target = opcode.Target(0, type);
        instruction.First = opcode.Source(1, type);
        instruction.Second = sources > 1 ? opcode.Source(2, type) : 0;
        instruction.Third = sources > 2 ? opcode.Source(3, type) : 0;
        instruction.Execute = type switch
        {
            "f64" => OfDoubles(name),
            "f16" => OfHalves(name),
            _ => OfFloats(name, isFlushed, isStrict),
        };
        if (instruction.Execute is null)
            throw opcode.Unknown();
    }

    static void CheckRounding(Opcode opcode, string? rounding)
    {
        bool isKnown = opcode.Name switch
        {
            "add" or "sub" or "mul" => rounding is null or "rn",
            "fma" or "mad" => rounding == "rn",
            "div" => rounding is not null,
            "sqrt" or "rcp" => rounding is "rn" or "approx",
            "rsqrt" or "ex2" or "lg2" or "sin" or "cos" or "tanh" => rounding == "approx",
            _ => rounding is null,
        };
        if (!isKnown)
            throw opcode.Unknown("the rounding is not known here.");
    }

    static Handler OfFloats(string name, bool isFlushed, bool isStrict) => name switch
    {
        "add" => Binary<AddFloats>(isFlushed),
        "sub" => Binary<SubtractFloats>(isFlushed),
        "mul" => Binary<MultiplyFloats>(isFlushed),
        "div" => Binary<DivideFloats>(isFlushed),
        "min" => isStrict ? Binary<SmallerOrNone>(isFlushed) : Binary<SmallerFloat>(isFlushed),
        "max" => isStrict ? Binary<LargerOrNone>(isFlushed) : Binary<LargerFloat>(isFlushed),
        "fma" or "mad" => isFlushed ? &Lanes.Ternary<float, FlushedTernary<FusedMultiplyAdd>> : &Lanes.Ternary<float, FusedMultiplyAdd>,
        "neg" => Unary<Negate<float>>(isFlushed),
        "abs" => Unary<Absolute<float>>(isFlushed),
        "sqrt" => Unary<SquareRoot>(isFlushed),
        "rsqrt" => Unary<ReciprocalRoot>(isFlushed),
        "rcp" => Unary<Reciprocal>(isFlushed),
        "ex2" => Unary<PowerOfTwo>(isFlushed),
        "lg2" => Unary<LogarithmToTwo>(isFlushed),
        "sin" => Unary<Sine>(isFlushed),
        "cos" => Unary<Cosine>(isFlushed),
        "tanh" => Unary<HyperbolicTangent>(isFlushed),
        _ => null,
    };

    static Handler Binary<TOperation>(bool isFlushed)
        where TOperation : IVectorBinary<float>
        => isFlushed ? &Lanes.Binary<float, FlushedBinary<TOperation>> : &Lanes.Binary<float, TOperation>;

    static Handler Unary<TOperation>(bool isFlushed)
        where TOperation : IVectorUnary<float>
        => isFlushed ? &Lanes.Unary<float, Flushed<TOperation>> : &Lanes.Unary<float, TOperation>;

    static Handler OfDoubles(string name) => name switch
    {
        "add" => &Lanes.Binary<double, AddFloats>,
        "sub" => &Lanes.Binary<double, SubtractFloats>,
        "mul" => &Lanes.Binary<double, MultiplyFloats>,
        "div" => &Lanes.Binary<double, DivideFloats>,
        "min" => &Lanes.Binary<double, SmallerFloat>,
        "max" => &Lanes.Binary<double, LargerFloat>,
        "fma" or "mad" => &Lanes.Ternary<double, FusedMultiplyAdd>,
        "neg" => &Lanes.Unary<double, Negate<double>>,
        "abs" => &Lanes.Unary<double, Absolute<double>>,
        "sqrt" => &Lanes.Unary<double, SquareRoot>,
        "rcp" => &Lanes.Unary<double, Reciprocal>,
        _ => null,
    };

    static Handler OfHalves(string name) => name switch
    {
        "add" => &Lanes.Each<Half, Half, Half, HalfSum>,
        "sub" => &Lanes.Each<Half, Half, Half, HalfDifference>,
        "mul" => &Lanes.Each<Half, Half, Half, HalfProduct>,
        "min" => &Lanes.Each<Half, Half, Half, SmallerHalf>,
        "max" => &Lanes.Each<Half, Half, Half, LargerHalf>,
        "neg" => &Lanes.Each<ushort, ushort, NegatedHalf>,
        "abs" => &Lanes.Each<ushort, ushort, AbsoluteHalf>,
        _ => null,
    };
}
