using System.Collections.Generic;
using System.Globalization;

namespace GraphCompiler.Generator.Graphs;

/// <summary>What a node is besides its operation, operands, shape and type: a record of its family's own, compared by value.</summary>
internal abstract record NodeAttributes
{
    /// <summary>Of an operation that has none.</summary>
    public static NodeAttributes None { get; } = new NoAttributes();

    /// <summary>The dimensions that it mentions, which need not be in the node's shape.</summary>
    public virtual IEnumerable<Dim> Dims => [];

    /// <summary>As graphs are written for people and tests.</summary>
    public abstract override string ToString();

    protected static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    protected static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    sealed record NoAttributes : NodeAttributes
    {
        public override string ToString() => "";
    }
}
