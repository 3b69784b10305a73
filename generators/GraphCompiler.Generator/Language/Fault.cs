namespace GraphCompiler.Generator.Language;

/// <summary>What is wrong with a call of the language. Each has its diagnostic.</summary>
internal enum Fault
{
    /// <summary>Something must be known when the model is compiled.</summary>
    NotConstant,
    NullValue,
    WrongRank,
    ShapeMismatch,
    WrongElementType,
    AxisOutOfRange,
    InvalidArgument,
}
