using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GraphCompiler.Generator.Tests.Pipeline;

/// <summary>
/// Sources as they are while a user types: of a sound one, tokens are missing, doubled, exchanged or cut off, numbers
/// extreme, names and types others of the same file, statements and members gone. The same seed gives the same mutant.
/// </summary>
internal static class SourceMutations
{
    static readonly string[] Numbers =
        ["0", "-1", "1", "2", "3", "7", "64", "1000", "65537", "2147483647", "-2147483648", "4294967296L", "0.5f", "1e38f", "-0.0", "double.NaN", "float.PositiveInfinity", "null",
            "\"text\"", "'c'", "true", "default"];

    static readonly string[] Types =
        ["int", "float", "double", "string", "bool", "object", "var", "int[]", "float[,]", "int[][]", "List<int>", "Tensor", "Tensor[]", "Tensor<int>", "(Tensor, Tensor)",
            "(Tensor A, Tensor B, Tensor C)",
            "Parameter", "State", "SessionState", "Linear", "Linear[]", "Func<Tensor, Tensor>", "dynamic", "decimal", "long", "byte", "IEnumerable<int>", "Dictionary<string, int>", "int?", "Tensor?"];

    static readonly string[] Insertions =
        [";", ",", ".", "(", ")", "{", "}", "[", "]", "=", "+", "-", "*", "/", "!", "?", "=>", "x", "0", "new", "this", "return", "static", "readonly", "await", "yield return",
            "ref", "out", "params", "..", "^1", "is", "not", "with", "default", "<", ">", "\"", "//", "#if X", "for (;;)", "while (true)", "if (true)", "else"];

    /// <summary>A mutant of a source, with one mutation or a few.</summary>
    public static string Mutate(string source, int seed)
    {
        var random = new Random(seed);
        for (int left = random.Next(4) == 0 ? 2 + random.Next(3) : 1; left > 0; left--)
            source = MutateOnce(source, random);
        return source;
    }

    static string MutateOnce(string source, Random random)
    {
        var root = CSharpSyntaxTree.ParseText(source).GetRoot();
        var tokens = root.DescendantTokens().Where(t => t.Span.Length > 0).ToList();
        if (tokens.Count < 4)
            return source;
        var token = Pick(tokens, random);
        switch (random.Next(13))
        {
            case 0:
                return Replace(source, token, "");
            case 1:
                return Replace(source, token, token.Text + " " + token.Text);
            case 2:
                return Swap(source, token, Pick(tokens, random));
            case 3:
                return Swap(source, token, tokens[Math.Min(tokens.IndexOf(token) + 1, tokens.Count - 1)]);
            case 4:
                return ReplaceOne(source, tokens.Where(t => t.IsKind(SyntaxKind.NumericLiteralToken)), Pick(Numbers, random), random);
            case 5:
                return ReplaceOne(source, tokens.Where(t => t.IsKind(SyntaxKind.IdentifierToken)),
                    Pick(tokens.Where(t => t.IsKind(SyntaxKind.IdentifierToken)).ToList(), random).Text, random);
            case 6:
                return RemoveOne(source, root.DescendantNodes().Where(n => n is StatementSyntax), random);
            case 7:
                return RemoveOne(source, root.DescendantNodes().Where(n => n is MemberDeclarationSyntax or ParameterSyntax or ArgumentSyntax or AttributeListSyntax), random);
            case 8:
                return ReplaceNode(source, root.DescendantNodes().Where(n => n is TypeSyntax && n.Parent is ParameterSyntax or VariableDeclarationSyntax
            or MethodDeclarationSyntax or ObjectCreationExpressionSyntax or TypeArgumentListSyntax), Pick(Types, random), random);
            case 9:
                return source[..token.SpanStart];
            case 10:
                return source.Insert(token.SpanStart, Pick(Insertions, random) + " ");
            case 11:
                return ReplaceNode(source, root.DescendantNodes().Where(n => n is ExpressionSyntax),
                    Pick(root.DescendantNodes().Where(n => n is ExpressionSyntax).ToList(), random).ToString(), random);
            default:
                return source.Insert(token.SpanStart,
                    Duplicate(Pick(root.DescendantNodes().Where(n => n is StatementSyntax or MemberDeclarationSyntax { Parent: TypeDeclarationSyntax }).DefaultIfEmpty(root)
                    .ToList(), random)));
        }
    }

    static string Duplicate(SyntaxNode node) => node.ToString() + (node is StatementSyntax ? " " : "\n");

    static T Pick<T>(IReadOnlyList<T> items, Random random) => items[random.Next(items.Count)];

    static string Replace(string source, SyntaxToken token, string text) => source.Remove(token.SpanStart, token.Span.Length).Insert(token.SpanStart, text);

    static string ReplaceOne(string source, IEnumerable<SyntaxToken> tokens, string text, Random random)
    {
        var all = tokens.ToList();
        return all.Count == 0 ? source : Replace(source, Pick(all, random), text);
    }

    static string ReplaceNode(string source, IEnumerable<SyntaxNode> nodes, string text, Random random)
    {
        var all = nodes.ToList();
        if (all.Count == 0)
            return source;
        var node = Pick(all, random);
        return source.Remove(node.SpanStart, node.Span.Length).Insert(node.SpanStart, text);
    }

    static string RemoveOne(string source, IEnumerable<SyntaxNode> nodes, Random random) => ReplaceNode(source, nodes, "", random);

    static string Swap(string source, SyntaxToken first, SyntaxToken second)
    {
        if (first.SpanStart == second.SpanStart)
            return source;
        var (left, right) = first.SpanStart < second.SpanStart ? (first, second) : (second, first);
        return string.Create(CultureInfo.InvariantCulture, $"{source[..left.SpanStart]}{right.Text}{source[left.Span.End..right.SpanStart]}{left.Text}{source[right.Span.End..]}");
    }
}
