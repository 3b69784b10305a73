using System;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>How the tensors of attention, [batch…, time, heads, head size], lie in memory; the head size is contiguous.</summary>
/// <param name="Batch">From one item of the batch to the next.</param>
/// <param name="Time">From one position to the next.</param>
/// <param name="Head">From one head to the next.</param>
internal readonly record struct AttentionStrides(Dim Batch, Dim Time, Dim Head)
{
    public static AttentionStrides Of(View view)
    {
        int rank = view.Shape.Rank;
        return new(BatchOf(view, rank - 3), view.Strides[rank - 3], view.Strides[rank - 2]);
    }

    /// <summary>The stride of the leading axes, which are one run.</summary>
    public static Dim BatchOf(View view, int axes)
    {
        var batch = view.Runs(0, axes);
        return batch.Count switch
        {
            0 => 0,
            1 => batch[0].Stride,
            _ => throw new InvalidOperationException($"The batch of {view} is not one run."),
        };
    }
}
