using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace GraphCompiler.Generator.Frontend;

/// <summary>Source text in a form that layout and comments do not change.</summary>
internal static class SourceText
{
    public static string OnOneLine(SyntaxNode syntax)
    {
        var text = new StringBuilder();
        bool spaceBefore = false;
        foreach (var token in syntax.DescendantTokens())
        {
            if (text.Length > 0 && (spaceBefore || token.LeadingTrivia.Any(IsSpace)))
                text.Append(' ');
            text.Append(token.Text);
            spaceBefore = token.TrailingTrivia.Any(IsSpace);
        }
        // Raw and verbatim strings may hold line breaks of their own.
        return text.Replace("\r", "").Replace('\n', ' ').ToString();
    }

    static bool IsSpace(SyntaxTrivia trivia) => trivia.IsKind(SyntaxKind.WhitespaceTrivia) || trivia.IsKind(SyntaxKind.EndOfLineTrivia);
}
