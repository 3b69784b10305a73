using System;

namespace GraphCompiler.Generator.Graphs;

/// <summary>What of an operation a user keeps in Float32, whatever the model's precision is. Equal operations of which one is kept are kept.</summary>
[Flags]
internal enum KeptInFloat32
{
    Nothing = 0,

    /// <summary>The result, where it lies in memory.</summary>
    Result = 1,

    /// <summary>What it multiplies, if it multiplies.</summary>
    Factors = 2,

    All = Result | Factors,
}
