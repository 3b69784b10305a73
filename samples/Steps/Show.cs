using GraphCompiler;

namespace Steps;

/// <summary>What the examples print with, and how they set parameters.</summary>
static class Show
{
    /// <summary>Numbers with six digits after the point.</summary>
    public static string Row(ReadOnlySpan<float> values) =>
        string.Join("  ", values.ToArray().Select(value => value.ToString(" 0.000000;-0.000000")));

    /// <summary>Sets a parameter's values, row by row.</summary>
    public static void Set(this GraphModel model, string parameter, params ReadOnlySpan<float> values) =>
        values.CopyTo(model.Parameters.Single(candidate => candidate.Name == parameter).Values);

    /// <summary>A parameter's values.</summary>
    public static ReadOnlySpan<float> Get(this GraphModel model, string parameter) =>
        model.Parameters.Single(candidate => candidate.Name == parameter).Values;
}
