using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Targets.Common;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace GraphCompiler.Generator.Tests.Targets;

/// <summary>What is emitted has the parentheses that C# needs: its text means the tree that it was built as.</summary>
public class ExpressionTests
{
    static readonly Op[] Binary =
        [Op.Add, Op.Subtract, Op.Multiply, Op.Divide, Op.Less, Op.LessOrEqual, Op.Greater, Op.GreaterOrEqual, Op.Equal, Op.NotEqual, Op.And, Op.Or];

    [Fact]
    public void Random_trees_are_parsed_as_they_were_built()
    {
        var random = new Random(3);
        for (int i = 0; i < 2000; i++)
        {
            var (expression, tree) = Build(random, random.Next(1, 6));
            Assert.Equal(tree, Tree(SyntaxFactory.ParseExpression(expression.Text)));
        }
    }

    [Theory]
    [InlineData(16, "r * 16")]
    [InlineData(1, "r")]
    [InlineData(0, "")]
    public void A_stride_of_one_is_not_written(int stride, string expected) =>
        Assert.Equal(expected, Expression.Primary("r").Times(stride, Literals.Size).Text);

    [Fact]
    public void A_sum_leaves_out_what_is_not_there()
    {
        Expression r = Expression.Primary("r"), c = Expression.Primary("c");
        Assert.Equal("r + c", Expression.Sum(Expression.None, r, Expression.Zero, c).Text);
        Assert.Equal("r + r + c", Expression.Sum(r, r + c).Text);
        Assert.True(Expression.Sum(Expression.Zero).IsNone);
    }

    [Theory]
    [InlineData(2, "x - 2f")]
    [InlineData(-2, "x - -2f")]
    [InlineData(double.NegativeInfinity, "x - float.NegativeInfinity")]
    public void A_number_may_be_negative(double number, string expected)
    {
        Assert.Equal(expected, (Expression.Primary("x") - Expression.Float(number)).Text);
        Assert.DoesNotContain("--", (-Expression.Float(number)).Text, StringComparison.Ordinal);
    }

    static (Expression Expression, string Tree) Build(Random random, int depth)
    {
        if (depth == 0 || random.Next(5) == 0)
        {
            string name = "abc"[random.Next(3)].ToString();
            return random.Next(4) == 0 ? (Expression.Integer(-7), "-(7)") : (Expression.Primary(name), name);
        }
        var (x, treeOfX) = Build(random, depth - 1);
        var (y, treeOfY) = Build(random, depth - 1);
        switch (random.Next(8))
        {
            case 0:
                return (-x, $"-({treeOfX})");
            case 1:
                return (Expression.Convert("long", x), $"(long)({treeOfX})");
            case 2:
                var (z, treeOfZ) = Build(random, depth - 1);
                return (Expression.Choice(x, y, z), $"({treeOfX})?({treeOfY}):({treeOfZ})");
            case 3:
                return (x % y, $"({treeOfX})%({treeOfY})");
            case 4:
                return (x.Member("X"), $"({treeOfX}).X");
            default:
                var op = Binary[random.Next(Binary.Length)];
                string sign = Expression.Of(op, [Expression.Zero, Expression.Zero]).Text.Split(' ')[1];
                return (Expression.Of(op, [x, y]), $"({treeOfX}){sign}({treeOfY})");
        }
    }

    /// <summary>The tree of a text, every operand in parentheses.</summary>
    static string Tree(ExpressionSyntax syntax) => syntax switch
    {
        ParenthesizedExpressionSyntax inner => Tree(inner.Expression),
        BinaryExpressionSyntax binary => $"({Tree(binary.Left)}){binary.OperatorToken.Text}({Tree(binary.Right)})",
        PrefixUnaryExpressionSyntax unary => $"{unary.OperatorToken.Text}({Tree(unary.Operand)})",
        CastExpressionSyntax cast => $"({cast.Type})({Tree(cast.Expression)})",
        ConditionalExpressionSyntax choice => $"({Tree(choice.Condition)})?({Tree(choice.WhenTrue)}):({Tree(choice.WhenFalse)})",
        MemberAccessExpressionSyntax member => $"({Tree(member.Expression)}).{member.Name}",
        _ => syntax.ToString(),
    };
}
