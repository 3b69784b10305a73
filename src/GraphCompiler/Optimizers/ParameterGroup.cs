using System.Globalization;
using System.Text.RegularExpressions;
using GraphCompiler.Contracts;

namespace GraphCompiler;

/// <summary>Parameters that an optimizer updates with numbers of their own, as PyTorch's parameter groups.</summary>
/// <example><c>new AdamW { Groups = [new("*.bias") { WeightDecay = 0 }, new("head") { LearningRate = 1e-2 }] }</c></example>
public sealed class ParameterGroup
{
    readonly Regex[] expressions;

    /// <summary>Chooses parameters by name.</summary>
    /// <param name="patterns">
    /// Names of parameters, or of modules with all that is in them, where <c>*</c> stands for any characters. One that fits no parameter is refused when a
    /// trainer is made.
    /// </param>
    /// <exception cref="ArgumentException">There is no pattern, or it is null.</exception>
    public ParameterGroup(params string[] patterns)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        if (patterns.Length == 0 || Array.Exists(patterns, pattern => pattern is null))
            throw new ArgumentException("A group of parameters has a pattern at least, and none is null.", nameof(patterns));
        Patterns = Array.AsReadOnly([.. patterns]);
        expressions = [.. patterns.Select(NamePattern.OfParts)];
    }

    /// <summary>Names of parameters, or of modules with all that is in them.</summary>
    public IReadOnlyList<string> Patterns { get; }

    /// <summary>The learning rate, before the factor of the schedule; the optimizer's if null.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, not finite or beyond a float's range.</exception>
    public double? LearningRate
    {
        get;
        init => field = value is { } rate ? Optimizer.NotNegative(rate) : null;
    }

    /// <summary>How strongly all of its parameters are drawn to zero; if null, what the optimizer and its <see cref="Optimizer.DecayRule"/> say.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, not finite or beyond a float's range.</exception>
    public double? WeightDecay
    {
        get;
        init => field = value is { } decay ? Optimizer.NotNegative(decay) : null;
    }

    /// <summary>
    /// The largest norm of the gradients of all parameters of the group as one vector, which are then clipped by themselves: in the norm that
    /// <see cref="TrainerOptions.ClipNorm"/> bounds they do not count. If null, they do.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive and finite.</exception>
    public double? ClipNorm
    {
        get;
        init => field = TrainerOptions.CheckedClipNorm(value);
    }

    internal bool Has(ModelParameter parameter) => Array.Exists(expressions, expression => expression.IsMatch(parameter.Name));

    /// <summary>Refuses a pattern that fits nothing.</summary>
    internal void RequireParameters(IReadOnlyList<ModelParameter> parameters)
    {
        for (int index = 0; index < expressions.Length; index++)
        {
            if (!parameters.Any(parameter => expressions[index].IsMatch(parameter.Name)))
                throw new ArgumentException($"The pattern '{Patterns[index]}' of a group of parameters fits none of the model's.");
        }
    }

    /// <summary>As checkpoints write it.</summary>
    public override string ToString() =>
        $"{string.Join(", ", Patterns)}: learning_rate {Text(LearningRate)}, weight_decay {Text(WeightDecay)}" + (ClipNorm is null ? "" : $", clip_norm {Text(ClipNorm)}");

    static string Text(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "of the optimizer";
}
