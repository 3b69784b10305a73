using System.Collections.Generic;
using System.Globalization;

namespace GraphCompiler.Generator.Graphs;

/// <summary>Which keys a query attends to and how, apart from the tensors; see <see cref="Graph.Attention"/>.</summary>
internal sealed record AttentionForm
{
    /// <summary>What a product of query and key is multiplied by before the softmax.</summary>
    public double Scale { get; init; }

    /// <summary>Whether keys behind a query's position are left out.</summary>
    public bool IsCausal { get; init; }

    /// <summary>Keys this far from a query's position, and farther, are left out; 0 for no such limit.</summary>
    public int Window { get; init; }

    /// <summary>The probability with which a weight is dropped in training.</summary>
    public double Dropout { get; init; }

    /// <summary>The stream of random numbers that dropout draws from; 0 where nothing is dropped.</summary>
    public int Stream { get; init; }

    public bool HasKeyMask { get; init; }

    public bool HasKeyCount { get; init; }

    /// <summary>Which operand the number of keys is; -1 where there is none.</summary>
    public int CountPlace => HasKeyCount ? (HasKeyMask ? 4 : 3) : -1;

    public AttentionForm WithoutDropout => this with { Dropout = 0, Stream = 0 };

    /// <summary>The operands of any of the attention operations by their roles.</summary>
    public AttentionOperands<T> Operands<T>(IReadOnlyList<T> operands)
        where T : notnull
    {
        int backward = 3 + (HasKeyMask ? 1 : 0) + (HasKeyCount ? 1 : 0);
        return new AttentionOperands<T>(operands, HasKeyMask ? 3 : -1, CountPlace, operands.Count > backward ? backward : -1);
    }

    public override string ToString() => string.Format(
        CultureInfo.InvariantCulture, "scale {0:R}{1}{2}{3}", Scale, IsCausal ? " causal" : "", Window > 0 ? " window " + Window.ToString(CultureInfo.InvariantCulture) : "",
        Dropout > 0 ? string.Format(CultureInfo.InvariantCulture, " dropout {0:R} of stream {1}", Dropout, Stream) : "");
}

/// <summary>The operands of an attention operation by their roles: nodes, their values, or how they lie in memory.</summary>
internal readonly struct AttentionOperands<T>(IReadOnlyList<T> operands, int mask, int count, int backward)
    where T : notnull
{
    public T Query => operands[0];

    public T Key => operands[1];

    public T Value => operands[2];

    /// <summary>Whether there is a key mask, and where: [batch…, keyLength].</summary>
    public bool TryGetKeyMask(out T keyMask) => TryGet(mask, out keyMask);

    /// <summary>Whether the number of keys is known at run time only, and where it lies.</summary>
    public bool TryGetKeyCount(out T keyCount) => TryGet(count, out keyCount);

    /// <summary>Of a gradient: the result of the forward pass.</summary>
    public T Result => operands[backward];

    /// <summary>Of a gradient: the logarithms of the sums of the forward pass.</summary>
    public T LogSumExp => operands[backward + 1];

    /// <summary>Of a gradient: the gradient of the result.</summary>
    public T Cotangent => operands[backward + 2];

    bool TryGet(int place, out T operand)
    {
        operand = place < 0 ? default! : operands[place];
        return place >= 0;
    }
}

/// <summary>The sizes of an attention: query [batch…, queryLength, heads, headSize], key and value [batch…, keyLength, keyHeads, headSize].</summary>
internal readonly struct AttentionSizes(Shape query, Shape key)
{
    readonly int rank = query.Rank;

    public Dim Batch => query.Product(0, rank - 3);

    public Dim QueryLength => query[rank - 3];

    public Dim Heads => query[rank - 2];

    public Dim HeadSize => query[rank - 1];

    public Dim KeyLength => key[rank - 3];

    public Dim KeyHeads => key[rank - 2];
}
