using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>Which function a stage applies.</summary>
public enum StageKind
{
    Leaky,
    Bent,
    Plain,
}

/// <summary>A linear stage with a residual, in the form that a constant chooses.</summary>
[Module]
public sealed class Stage(int width, StageKind kind, float share)
{
    readonly Linear linear = new(width, width, bias: kind != StageKind.Plain);

    public Tensor Forward(Tensor x)
    {
        Tensor y = linear.Forward(x);
        switch (kind)
        {
            case StageKind.Leaky:
                y = LeakyRelu(y, 0.1f);
                break;
            case StageKind.Bent:
                y = TowerFunctions.Bend(y);
                break;
            default:
                break;
        }

        return x + y * share;
    }
}

/// <summary>Helpers that are no graph methods.</summary>
public static class TowerFunctions
{
    public static readonly float[] Shares = [0.5f, 0.25f, 0.75f];

    /// <summary>x² where x is negative, tanh x elsewhere.</summary>
    public static Tensor Bend(Tensor x) => Select(x < 0, Square(x), Tanh(x));
}

/// <summary>Modules in an array, loops, tuples, static helpers and switches on constants.</summary>
[Graph]
public sealed partial class Tower
{
    public const int Batch = 5, Width = 7;

    readonly Stage[] stages =
    [
        new(Width, StageKind.Leaky, TowerFunctions.Shares[0]),
        new(Width, StageKind.Bent, TowerFunctions.Shares[1]),
        new(Width, StageKind.Plain, share: TowerFunctions.Shares[2]),
    ];

    readonly Sequential head = new(new Linear(Width, 3), new Sigmoid());

    public (Tensor Top, Tensor Heights) Climb([Shape(Batch, Width)] Tensor x)
    {
        Tensor[] heights = new Tensor[stages.Length];
        for (int i = 0; i < stages.Length; i++)
        {
            x = stages[i].Forward(x);
            heights[i] = i % 2 == 0 ? Height(x) : -Height(x);
        }

        return (head.Forward(x), Stack(heights, axis: 1));
    }

    [Objective]
    public Tensor Loss([Shape(Batch, Width)] Tensor x, [Shape(Batch, 3)] Tensor target)
    {
        var (top, heights) = Climb(x);
        Tensor loss = MeanSquaredError(top, target);
        loss += 0.01 * Square(heights).Sum();
        return loss;
    }

    static Tensor Height(Tensor x) => x.Max(axis: -1);
}
