using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>A recurrent cell: its hidden state lives from call to call.</summary>
[Module]
public sealed class RecurrentCell(int inputs, int width)
{
    readonly Linear input = new(inputs, width), hidden = new(width, width);
    readonly SessionState memory = new([1, width]);

    public Tensor Forward(Tensor x)
    {
        Tensor before = memory;
        memory.Set(Tanh(input.Forward(x) + hidden.Forward(memory)));
        return memory + 0 * before;
    }
}

/// <summary>Running sums and a recurrent network: states that a method replaces as a whole.</summary>
[Graph]
public sealed partial class Recurrent
{
    public const int Inputs = 5, Width = 24;

    readonly RecurrentCell[] cells = [new(Inputs, Width), new(Width, Width)];
    readonly Linear output = new(Width, 3);
    readonly SessionState sum = new([Inputs], Init.Ones);
    readonly SessionState calls = new([]);
    readonly SessionState swapped = new([2, 3]), other = new([2, 3], Init.Constant(1));

    public Tensor Next([Shape(1, Inputs)] Tensor x)
    {
        foreach (RecurrentCell cell in cells)
            x = cell.Forward(x);
        return output.Forward(x);
    }

    public (Tensor Before, Tensor Sum) Add([Shape(Inputs)] Tensor x, [Shape] Tensor factor)
    {
        Tensor before = sum;
        sum.Set(sum + factor * x);
        return (before, sum);
    }

    public Tensor Count([Shape] Tensor step)
    {
        for (int i = 0; i < 3; i++)
            calls.Set(calls + step);
        return calls;
    }

    /// <summary>Each state becomes the other: one of them must be kept before it is overwritten.</summary>
    public (Tensor First, Tensor Second) Swap([Shape(2, 3)] Tensor x)
    {
        Tensor kept = swapped;
        swapped.Set(other + x);
        other.Set(kept);
        return (swapped, other);
    }

    /// <summary>No state: a method of the model.</summary>
    public Tensor Project([Shape(1, Width)] Tensor x) => output.Forward(x);
}

/// <summary>A log of rows, written at a position and read whole.</summary>
[Graph]
[Dim("count", Max = 4)]
public sealed partial class RowLog
{
    public const int Places = 10, Width = 6;

    readonly SessionState log = new([2, Places, Width]);

    /// <summary>The log before and after some rows are written.</summary>
    public (Tensor Before, Tensor After) Write([Shape(2, "count", Width)] Tensor rows, [Shape] Tensor<int> position)
    {
        Tensor before = log;
        log.Write(Relu(rows) + 1, at: position, axis: 1);
        Tensor middle = Sum(log, 2);
        log.Write(Zeros(2, Places, 1), at: 0, axis: 2);
        return (before + 0 * middle.Reshape(2, Places, 1), log);
    }
}
