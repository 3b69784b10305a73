using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GraphCompiler.Generator.Frontend;

/// <summary>
/// Source text in a form that layout and comments do not change: spaces stand where C# is usually written with them,
/// wherever the user put them.
/// </summary>
internal static class SourceText
{
    /// <summary>Longer texts are cut: they are read in comments and messages, and a chain of thousands of operators has one a link.</summary>
    const int MaximumLength = 400;

    public static string OnOneLine(SyntaxNode syntax)
    {
        var text = new StringBuilder();
        SyntaxToken previous = default;
        int strings = syntax.Ancestors().Count(n => n is InterpolatedStringExpressionSyntax);
        foreach (var token in syntax.DescendantTokens())
        {
            if (text.Length > MaximumLength)
                return OnOneLine(text).Substring(0, MaximumLength) + "...";
            bool wasString = strings > 0;
            if (IsStartOfString(token))
                strings++;
            if (text.Length > 0 && !(wasString && strings > 0) && IsSpaceBetween(previous, token))
                text.Append(' ');
            text.Append(token.Text);
            if (token.Kind() is SyntaxKind.InterpolatedStringEndToken or SyntaxKind.InterpolatedRawStringEndToken)
                strings--;
            previous = token;
        }
        return OnOneLine(text);
    }

    /// <summary>Raw and verbatim strings may hold line breaks of their own.</summary>
    static string OnOneLine(StringBuilder text) => text.Replace("\r", "").Replace('\n', ' ').ToString();

    static bool IsStartOfString(SyntaxToken token) => token.Kind() is SyntaxKind.InterpolatedStringStartToken or SyntaxKind.InterpolatedVerbatimStringStartToken
        or SyntaxKind.InterpolatedSingleLineRawStringStartToken or SyntaxKind.InterpolatedMultiLineRawStringStartToken;

    static bool IsSpaceBetween(SyntaxToken left, SyntaxToken right)
    {
        return left.IsKind(SyntaxKind.CommaToken) || (left.IsKind(SyntaxKind.SemicolonToken) && !right.IsKind(SyntaxKind.CloseParenToken))
            || IsBinary(left) || IsBinary(right)
            || left.IsKind(SyntaxKind.OpenBraceToken) || right.IsKind(SyntaxKind.OpenBraceToken) || right.IsKind(SyntaxKind.CloseBraceToken)
            || (left.IsKind(SyntaxKind.ColonToken) && left.Parent is NameColonSyntax)
            || (IsWord(right) && (IsWord(left) || left.IsKind(SyntaxKind.CloseBraceToken) || (left.IsKind(SyntaxKind.CloseParenToken) && right.IsKeyword())))
            || (left.Kind() is SyntaxKind.IfKeyword or SyntaxKind.ForKeyword or SyntaxKind.ForEachKeyword or SyntaxKind.WhileKeyword
                    or SyntaxKind.SwitchKeyword or SyntaxKind.ReturnKeyword or SyntaxKind.IsKeyword
                && !right.IsKind(SyntaxKind.SemicolonToken));
    }

    static bool IsWord(SyntaxToken token) => token.IsKeyword() || SyntaxFacts.IsContextualKeyword(token.Kind())
        || token.Kind() is SyntaxKind.IdentifierToken or SyntaxKind.NumericLiteralToken or SyntaxKind.StringLiteralToken or SyntaxKind.CharacterLiteralToken;

    static bool IsBinary(SyntaxToken token) => token.IsKind(SyntaxKind.EqualsGreaterThanToken) || token.Parent switch
    {
        BinaryExpressionSyntax binary => binary.OperatorToken == token,
        BinaryPatternSyntax binary => binary.OperatorToken == token,
        AssignmentExpressionSyntax assignment => assignment.OperatorToken == token,
        EqualsValueClauseSyntax equals => equals.EqualsToken == token,
        ConditionalExpressionSyntax conditional => conditional.QuestionToken == token || conditional.ColonToken == token,
        _ => false,
    };
}
