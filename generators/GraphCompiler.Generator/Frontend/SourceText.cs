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
    public static string OnOneLine(SyntaxNode syntax)
    {
        var text = new StringBuilder();
        SyntaxToken previous = default;
        foreach (var token in syntax.DescendantTokens())
        {
            if (text.Length > 0 && IsSpaceBetween(previous, token))
                text.Append(' ');
            text.Append(token.Text);
            previous = token;
        }
        // Raw and verbatim strings may hold line breaks of their own.
        return text.Replace("\r", "").Replace('\n', ' ').ToString();
    }

    static bool IsSpaceBetween(SyntaxToken left, SyntaxToken right)
    {
        if (IsPartOfString(left) && IsPartOfString(right))
            return false;
        return left.IsKind(SyntaxKind.CommaToken) || (left.IsKind(SyntaxKind.SemicolonToken) && !right.IsKind(SyntaxKind.CloseParenToken))
            || IsBinary(left) || IsBinary(right)
            || left.IsKind(SyntaxKind.OpenBraceToken) || right.IsKind(SyntaxKind.OpenBraceToken) || right.IsKind(SyntaxKind.CloseBraceToken)
            || (left.IsKind(SyntaxKind.ColonToken) && left.Parent is NameColonSyntax)
            || (IsWord(right) && (IsWord(left) || left.IsKind(SyntaxKind.CloseBraceToken) || (left.IsKind(SyntaxKind.CloseParenToken) && right.IsKeyword())))
            || (left.Kind() is SyntaxKind.IfKeyword or SyntaxKind.ForKeyword or SyntaxKind.ForEachKeyword or SyntaxKind.WhileKeyword or SyntaxKind.SwitchKeyword or SyntaxKind.ReturnKeyword or SyntaxKind.IsKeyword
                && !right.IsKind(SyntaxKind.SemicolonToken));
    }

    static bool IsPartOfString(SyntaxToken token) => token.Parent?.AncestorsAndSelf().Any(n => n is InterpolatedStringExpressionSyntax) == true;

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
