using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GraphCompiler.Generator.Frontend;

/// <summary>Where a declaration is underlined: at its name.</summary>
internal static class Identifiers
{
    public static SyntaxNodeOrToken Of(SyntaxNode declaration) => declaration switch
    {
        BaseTypeDeclarationSyntax type => type.Identifier,
        DelegateDeclarationSyntax type => type.Identifier,
        EventDeclarationSyntax happening => happening.Identifier,
        MethodDeclarationSyntax method => method.Identifier,
        ParameterSyntax parameter => parameter.Identifier,
        VariableDeclaratorSyntax variable => variable.Identifier,
        PropertyDeclarationSyntax property => property.Identifier,
        ConstructorDeclarationSyntax constructor => constructor.Identifier,
        _ => declaration,
    };
}
