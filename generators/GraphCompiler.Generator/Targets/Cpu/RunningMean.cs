using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Cpu;

/// <summary>
/// How a mean is written: measured from an origin, one of its elements, so that what all elements have in common is never
/// rounded (VectorMath.Mean.cs has the arithmetic).
/// </summary>
/// <param name="scope">The names of the method.</param>
/// <param name="count">How many elements it is the mean of.</param>
internal sealed class RunningMean(KernelScope scope, Dim count)
{
    readonly string origin = scope.Unique("origin");
    readonly string negativeHalf = scope.Unique("negativeHalf");
    readonly string share = scope.Unique("share");

    /// <summary>Writes the origin and what follows from it.</summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="element">The first element, in all lanes that it is the origin of.</param>
    public void WriteOrigin(SourceWriter writer, string element)
    {
        writer.Line($"var {origin} = V.Origin({element});");
        WriteFactors(writer);
    }

    /// <summary>Declares the origin, for a block that finds it.</summary>
    public void DeclareOrigin(SourceWriter writer) => writer.Line($"V {origin};");

    public void AssignOrigin(SourceWriter writer, string element) => writer.Line($"{origin} = V.Origin({element});");

    /// <summary>Writes what follows from the origin.</summary>
    public void WriteFactors(SourceWriter writer)
    {
        writer.Line($"var {negativeHalf} = {origin} * V.Splat(-0.5f);");
        WriteShare(writer);
    }

    /// <summary>Writes what an element contributes, 1/n.</summary>
    public void WriteShare(SourceWriter writer)
    {
        writer.Line($"var {share} = V.Splat(1f / {scope.Factor(count)});");
    }

    /// <summary>Half of how far lanes are from the origin.</summary>
    public string HalfDistance(string value) => $"V.HalfDistance({value}, {negativeHalf})";

    /// <summary>A running total that has taken in half a distance.</summary>
    public string Add(string halfDistance, string total) => $"V.FusedMultiplyAdd({halfDistance}, {share}, {total})";

    /// <summary>The mean, from the total of all its elements.</summary>
    public string Result(string total) => $"V.Mean({origin}, {total})";
}
