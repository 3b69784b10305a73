namespace GraphCompiler.Ptx.Decoding;

/// <summary>Finds the method that executes an instruction. What no part of it knows is a fault.</summary>
static class InstructionDecoder
{
    /// <summary>Fills in an instruction; gives the places of its vectors, if it has some.</summary>
    public static int[]? Decode(Opcode opcode, ref Instruction instruction)
    {
        switch (opcode.Name)
        {
            case "add" or "sub" or "mul" or "mad" or "fma" or "div" or "rem" or "min" or "max" or "neg" or "abs":
                if (opcode.Type is "f32" or "f64" or "f16")
                    FloatDecoder.Decode(opcode, ref instruction);
                else
                    IntegerDecoder.DecodeArithmetic(opcode, ref instruction);
                return null;
            case "sqrt" or "rsqrt" or "rcp" or "ex2" or "lg2" or "sin" or "cos" or "tanh":
                FloatDecoder.Decode(opcode, ref instruction);
                return null;
            case "and" or "or" or "xor" or "not" or "shl" or "shr" or "popc" or "clz" or "brev":
                IntegerDecoder.DecodeBits(opcode, ref instruction);
                return null;
            case "setp" or "selp" or "testp":
                PredicateDecoder.Decode(opcode, ref instruction);
                return null;
            case "mov":
                return MoveDecoder.Decode(opcode, ref instruction);
            case "cvt" or "cvta":
                ConversionDecoder.Decode(opcode, ref instruction);
                return null;
            case "ld" or "st":
                return MemoryDecoder.Decode(opcode, ref instruction);
            case "atom" or "red":
                AtomicDecoder.Decode(opcode, ref instruction);
                return null;
            default:
                return WarpDecoder.Decode(opcode, ref instruction);
        }
    }
}
