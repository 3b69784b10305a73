using System.Collections.Generic;
using System.Linq;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>
/// What a class without an objective has in place of a trainer: a method that nothing can call, because the C# compiler
/// reports each call with what is missing. It returns a class that has a trainer's methods, so that a forgotten [Objective]
/// is one error, at the call, and none at what is done with the result.
/// </summary>
internal static class MissingTrainer
{
    public const string Id = "GC0012";

    const string Language = "global::GraphCompiler.";
    const string Hidden = "[global::System.ComponentModel.EditorBrowsable(global::System.ComponentModel.EditorBrowsableState.Never)]";

    /// <summary>What a call says after the method's name and "is obsolete".</summary>
    public static string Message(string className) =>
        $"'{className}' has no objective, so there is nothing to train: mark the method that gives the loss with [Objective]";

    /// <param name="writer">Where the members go.</param>
    /// <param name="className">The user's class.</param>
    /// <param name="steps">What the graph methods take, each as a list of parameters.</param>
    public static void Write(SourceWriter writer, string className, IEnumerable<string> steps)
    {
        string message = Literals.String(Message(className));
        writer.Line();
        writer.Line("/// <summary>No method is marked [Objective].</summary>");
        writer.Line(Hidden);
        writer.Line($"[global::System.Obsolete({message}, error: true, DiagnosticId = \"{Id}\", UrlFormat = \"docs/diagnostics/{{0}}.md\")]");
        writer.Line($"public Trainer CreateTrainer({Language}Optimizer optimizer, {Language}TrainerOptions? options = null) => throw new global::System.InvalidOperationException({message});");
        writer.Line();
        writer.Line("/// <summary>What a trainer would be.</summary>");
        writer.Line(Hidden);
        using (writer.Open($"public sealed class Trainer : {Language}GraphTrainer"))
        {
            writer.Line("Trainer() : base(null!, null!, null!, null) => throw null!;");
            foreach (string parameters in steps.GroupBy(TypesOf).Select(alike => alike.First()))
            {
                writer.Line();
                writer.Line("/// <summary>What a step would be.</summary>");
                writer.Line($"public float Step({parameters}) => throw null!;");
            }
        }
    }

    /// <summary>A list of parameters without their names: methods that differ in these alone are one.</summary>
    static string TypesOf(string parameters) => string.Join(",", parameters.Split(',').Select(p => p.Trim().Split(' ')[0]));
}
