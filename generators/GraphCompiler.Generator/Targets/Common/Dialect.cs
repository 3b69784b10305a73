using System;
using System.Collections.Generic;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>How a target writes elementwise operations.</summary>
internal abstract class Dialect
{
    /// <summary>An operation as an expression over those of its operands.</summary>
    public abstract Expression Write(Node node, IReadOnlyList<Expression> operands);

    /// <summary>The type of a variable that holds a value.</summary>
    public abstract string TypeOf(Node node);

    /// <summary>Whether a product of floating-point numbers and what it is added to are one operation.</summary>
    public virtual bool MultipliesAndAdds => false;

    /// <summary>That operation.</summary>
    public virtual string MultiplyAdd(string left, string right, string addend) => throw new InvalidOperationException("The dialect has no multiply-add.");

    /// <summary>The value that a reduction starts from.</summary>
    public static string Identity(Op reduction) => reduction switch
    {
        Op.ReduceSum or Op.ReduceMean => "0f",
        Op.ReduceMax => "float.NegativeInfinity",
        Op.ReduceMin => "float.PositiveInfinity",
        _ => throw new InvalidOperationException($"{reduction} is no reduction."),
    };
}
