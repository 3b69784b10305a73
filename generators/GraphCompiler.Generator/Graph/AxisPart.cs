using System.Globalization;

namespace GraphCompiler.Generator.Graphs;

/// <summary>
/// Which positions of one axis a slice reads, or a pad fills: every <paramref name="Step"/>-th from
/// <paramref name="Start"/> + <paramref name="Offset"/> on; how many they are is a matter of shapes. One value, so that a
/// pass that moves a slice to another tensor takes all of it along.
/// </summary>
/// <param name="Axis">The axis.</param>
/// <param name="Start">The constant part of the first position.</param>
/// <param name="Step">From one position to the next.</param>
/// <param name="Offset">The part of the first position that is known at run time only; 0 if there is none.</param>
internal readonly record struct AxisPart(int Axis, int Start, int Step = 1, Dim Offset = default)
{
    /// <summary>Whether the first position is known at build time.</summary>
    public bool HasConstantStart => Offset.Coefficient == 0;

    /// <summary>Whether it is an axis from its first position on, none left out.</summary>
    public bool IsFromStart => Start == 0 && Step == 1 && HasConstantStart;

    /// <summary>The same positions with a constant offset in the start.</summary>
    public AxisPart Normal => Offset.IsConstant ? new AxisPart(Axis, checked(Start + Offset.Value), Step) : this;

    /// <summary>
    /// These positions of those that <paramref name="inner"/> leaves of the same axis; null where the sum of the offsets is
    /// no dimension.
    /// </summary>
    public AxisPart? Of(AxisPart inner) => inner.Offset.TryAdd(Offset * inner.Step, out var offset)
        ? new AxisPart(Axis, inner.Start + (Start * inner.Step), Step * inner.Step, offset)
        : null;

    public override string ToString() => string.Format(CultureInfo.InvariantCulture, "{0} {1} {2}", Axis, Start, Step)
        + (HasConstantStart ? "" : "; " + Offset);
}
