using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>The matrix product of a kernel: its sizes, and where its operands lie.</summary>
internal sealed class ProductOperands
{
    readonly Kernel kernel;

    public ProductOperands(Kernel kernel)
    {
        this.kernel = kernel;
        Product = kernel.Members.First(node => node.Kind == OpKind.MatMul);
        int rank = kernel.Domain.Rank;
        (Rows, Columns) = (kernel.Domain[rank - 2], kernel.Domain[rank - 1]);
        Items = kernel.Domain.Product(0, rank - 2);
        Depth = Product.Inputs[0].Shape[IsTransposed(0) ? rank - 2 : rank - 1];
    }

    /// <summary>The operation.</summary>
    public Node Product { get; }

    /// <summary>The rows and the columns of a result, and how many products a sum of it has.</summary>
    public Dim Rows { get; }

    /// <inheritdoc cref="Rows"/>
    public Dim Columns { get; }

    /// <inheritdoc cref="Rows"/>
    public Dim Depth { get; }

    /// <summary>The products of the batch.</summary>
    public Dim Items { get; }

    public bool IsBatched => !Items.IsOne;

    /// <summary>Whether an operand, 0 or 1, is read as its transpose.</summary>
    public bool IsTransposed(int side) => Product.Get<MatMulAttributes>().Transposes(side);

    /// <summary>The value that holds an operand.</summary>
    public Node NodeOf(int side) => kernel.OperandsOf(Product)[side].Base;

    /// <summary>What is read of an operand for all products of the batch: its leading axes are stretched to those of the result.</summary>
    public View ViewOf(int side)
    {
        var view = kernel.OperandsOf(Product)[side].View;
        return view.Broadcast(new Shape(kernel.Domain.Take(kernel.Domain.Rank - 2).Concat(view.Shape.Skip(view.Shape.Rank - 2))));
    }
}
