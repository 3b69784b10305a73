using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Contracts;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Ilgpu;

/// <summary>
/// How many neighbouring elements a thread works on at a time: one, or four, which a device reads and writes at once where
/// the first lies at a multiple of four floats. Buffers begin at such places, so it is enough that rows do.
/// </summary>
internal static class ElementLanes
{
    public const int Most = LanesContract.OfDevice;

    /// <summary>Four where rows are whole groups of four and every result can be written so; else one.</summary>
    /// <param name="columns">The elements of a row.</param>
    /// <param name="rowAxes">How many axes number the rows.</param>
    /// <param name="stores">Where results go.</param>
    public static int Of(Dim columns, int rowAxes, IEnumerable<View> stores) =>
        IsWhole(columns) && stores.All(s => AreNeighbours(s, rowAxes) && IsAligned(s, rowAxes)) ? Most : 1;

    /// <summary>Whether every row begins at a multiple of four floats.</summary>
    public static bool IsAligned(View view, int rowAxes) =>
        view.Offset.All(IsWhole) && view.Runs(0, System.Math.Min(rowAxes, view.Shape.Rank)).All(run => IsWhole(run.Stride));

    /// <summary>As above, for a kernel; what is computed in 64 bits goes one by one.</summary>
    public static int Of(Kernel kernel, Dim columns, int rowAxes, IEnumerable<View> stores) => AreNarrow(kernel) ? Of(columns, rowAxes, stores) : 1;

    /// <summary>Whether a kernel computes with nothing of 64 bits.</summary>
    public static bool AreNarrow(Kernel kernel) =>
        !kernel.Members.Any(member => member.Type.IsWide() || member.Inputs.Any(input => input.Type.IsWide()));

    static bool AreNeighbours(View view, int rowAxes) => view.Runs(rowAxes, view.Shape.Rank) is { Count: 1 } runs && runs[0].Stride.IsOne;

    /// <summary>Whether a size is a multiple of four, whatever its named dimensions are.</summary>
    public static bool IsWhole(Dim size) => IsWhole(size, Most);

    /// <summary>Whether a size is a multiple of so many elements, whatever its named dimensions are.</summary>
    public static bool IsWhole(Dim size, int elements) => size.Coefficient % elements == 0;

    /// <summary>How many threads there are for some elements.</summary>
    public static Dim Threads(Dim elements, int lanes) => elements.TryDivide(lanes, out var threads) ? threads : elements;

    /// <summary>The type of a variable.</summary>
    public static string TypeOf(ElementType type, int lanes) => (type.Arithmetic(), lanes) switch
    {
        (ElementType.Bool, 1) => "bool",
        (ElementType.Int32, 1) => "int",
        (ElementType.Int64, 1) => "long",
        (ElementType.Float64, 1) => "double",
        (_, 1) => "float",
        _ => FourOf(type),
    };

    /// <summary>The struct of four elements, whose functions read, store and combine them.</summary>
    public static string FourOf(ElementType type) => type.Arithmetic() switch
    {
        ElementType.Bool => "FourFlags",
        ElementType.Int32 => "FourIntegers",
        _ => "Four",
    };

    /// <summary>What stands for an element that is not read.</summary>
    public static string Zero(ElementType type) => type.Arithmetic() switch
    {
        ElementType.Bool => "false",
        ElementType.Int32 or ElementType.Int64 => "0",
        _ => "0f",
    };

    /// <summary>An index of a thread as the index of its first element: "4 * i" or "i".</summary>
    public static Expression First(int lanes, Expression index) => lanes == 1 ? index : Expression.Integer(lanes) * index;
}
