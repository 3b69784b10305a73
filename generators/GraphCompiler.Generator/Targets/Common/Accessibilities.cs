namespace GraphCompiler.Generator.Targets.Common;

/// <summary>Who may use a member.</summary>
internal static class Accessibilities
{
    /// <summary>
    /// Of a counterpart in a nested class: what derived classes may use is for the whole assembly there, since nothing derives
    /// from a nested class.
    /// </summary>
    public static string InNested(string accessibility) => accessibility switch
    {
        "protected" or "private protected" or "protected internal" => "internal",
        _ => accessibility,
    };
}
