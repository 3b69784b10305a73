using System.Reflection;
using System.Text;
using GraphCompiler.Generator.Frontend;
using GraphCompiler.Generator.Graphs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Interpreter = GraphCompiler.Generator.Frontend.Interpreter;

namespace GraphCompiler.Generator.Tests.Frontend;

/// <summary>
/// Runs pieces of C# twice: compiled, as the program would, and evaluated, as the generator does. A piece is an expression,
/// or statements that return one. Both show their result as text, by the same C#; what throws shows "throws".
/// </summary>
internal static class Differential
{
    const string Show = """
        static class Show
        {
            public static string Of(object? value) => value switch
            {
                null => "null",
                string text => "\"" + text + "\"",
                char letter => "'" + letter + "'",
                bool truth => truth ? "true" : "false",
                float number => number.ToString() + "f",
                double number => number.ToString() + "d",
                decimal number => number.ToString() + "m",
                int number => number.ToString(),
                long number => number.ToString() + "L",
                uint number => number.ToString() + "u",
                ulong number => number.ToString() + "ul",
                byte or sbyte or short or ushort => "(" + value.GetType().Name + ")" + value.ToString(),
                System.Collections.IEnumerable items => "[" + string.Join(", ", items.Cast<object?>().Select(Of)) + "]",
                _ => value.ToString() ?? "",
            };
        }
        """;

    /// <summary>A piece, what it gives as C#, and what evaluation says; faults of the piece itself are in the first.</summary>
    public sealed record Outcome(string Piece, string Compiled, string Evaluated);

    public static IReadOnlyList<Outcome> Run(IReadOnlyList<string> pieces, string declarations = "", string shown = "Show.Of(value)")
    {
        var source = new StringBuilder("using System.Text; using System.Numerics; using System.Globalization;\n");
        source.AppendLine("public static class Pieces {");
        for (int i = 0; i < pieces.Count; i++)
            source.AppendLine($"public static string Piece{i}() {{ {(IsBody(pieces[i]) ? $"object? value = Value(); return {shown}; object? Value() {{ {pieces[i]} }}" : $"object? value = {pieces[i]}; return {shown};")} }}");
        source.AppendLine("}");
        var compilation = Reading.Compile(LanguageVersion.Preview, source.ToString(), Show, declarations);
        var errors = compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).ToList();
        if (errors.Count > 0)
            throw new InvalidOperationException(string.Join("\n",
                errors.Take(20).Select(e => $"{e}: {e.Location.SourceTree?.GetText().Lines[e.Location.GetLineSpan().StartLinePosition.Line]}")));
        using var stream = new MemoryStream();
        compilation.Emit(stream);
        var type = Assembly.Load(stream.ToArray()).GetType("Pieces")!;
        var symbol = compilation.GetTypeByMetadataName("Pieces")!;
        return [.. pieces.Select((piece, i) => new Outcome(piece, Compiled(type.GetMethod($"Piece{i}")!),
            Evaluated(compilation, symbol.GetMembers($"Piece{i}").OfType<IMethodSymbol>().Single())))];
    }

    static bool IsBody(string piece) => piece.StartsWith("return ", StringComparison.Ordinal) || piece.Contains(" return ", StringComparison.Ordinal);

    static string Compiled(MethodInfo method)
    {
        try
        {
            return (string)method.Invoke(null, [])!;
        }
        catch (TargetInvocationException)
        {
            return "throws";
        }
    }

    /// <summary>"throws" where evaluation fails as the program does; a text with the diagnostic where it cannot go on.</summary>
    static string Evaluated(Compilation compilation, IMethodSymbol method)
    {
        // Evaluation goes on after a mistake; the first counts.
        StopException? first = null;
        var interpreter = new Interpreter(compilation, ModuleLibraries.Of(compilation), default) { Stopped = (stop, _) => first ??= stop };
        try
        {
            var value = interpreter.BuildGraph(new Graph(), null!, method, []);
            return first is not null ? Describe(first) : value is ConstantValue { Content: string text } ? text : "no text";
        }
        catch (StopException stop)
        {
            return Describe(first ?? stop);
        }
        catch (Exception fault)
        {
            return $"FAULT {fault}";
        }
    }

    static string Describe(StopException stop) =>
        stop.Diagnostic?.Descriptor.Id is "GC0307" or "GC0306" ? "throws" : $"cannot: {stop.Diagnostic}";
}
