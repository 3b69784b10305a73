using System;
using System.Globalization;
using System.Linq;

namespace GraphCompiler.Generator.Graphs;

/// <summary>A dimension known only when the model runs, with the bound that memory is planned for.</summary>
internal sealed record DimSymbol(string Name, int Max);

/// <summary>
/// The size of one axis: a constant, or a constant times named dimensions ("batch", "4·batch·time").
/// The product form is closed under what reshaping needs: multiplication and exact division.
/// </summary>
internal readonly struct Dim : IEquatable<Dim>
{
    static readonly DimSymbol[] NoSymbols = [];
    readonly DimSymbol[]? symbols;

    Dim(long coefficient, DimSymbol[] symbols)
    {
        Coefficient = coefficient;
        this.symbols = coefficient == 0 ? NoSymbols : symbols;
    }

    public long Coefficient { get; }

    /// <summary>The named factors, sorted by name; a name may occur twice.</summary>
    public ReadOnlySpan<DimSymbol> Symbols => symbols ?? NoSymbols;

    public bool IsConstant => Symbols.Length == 0;

    public bool IsOne => IsConstant && Coefficient == 1;

    /// <summary>The value of a constant dimension.</summary>
    public int Value => IsConstant
        ? checked((int)Coefficient)
        : throw new InvalidOperationException($"The dimension {this} is known only at run time.");

    /// <summary>The largest value the dimension can take.</summary>
    public long Max => Symbols.ToArray().Aggregate(Coefficient, (product, symbol) => checked(product * symbol.Max));

    public static Dim Named(string name, int max) => new(1, [new DimSymbol(name, max)]);

    public static implicit operator Dim(int value) => new(value, NoSymbols);

    public static implicit operator Dim(long value) => new(value, NoSymbols);

    public static Dim operator *(Dim left, Dim right) => new(
        checked(left.Coefficient * right.Coefficient),
        left.IsConstant ? right.symbols ?? NoSymbols
            : right.IsConstant ? left.symbols ?? NoSymbols
            : [.. left.Symbols.ToArray().Concat(right.Symbols.ToArray()).OrderBy(s => s.Name, StringComparer.Ordinal)]);

    /// <summary>Divides where the quotient is exact at every run-time size.</summary>
    public bool TryDivide(Dim divisor, out Dim quotient)
    {
        quotient = default;
        if (divisor.Coefficient == 0 || Coefficient % divisor.Coefficient != 0)
            return false;
        if (divisor.IsConstant)
        {
            quotient = new Dim(Coefficient / divisor.Coefficient, symbols ?? NoSymbols);
            return true;
        }
        var rest = Symbols.ToArray().ToList();
        foreach (var symbol in divisor.Symbols)
        {
            if (!rest.Remove(symbol))
                return false;
        }
        quotient = new Dim(Coefficient / divisor.Coefficient, [.. rest]);
        return true;
    }

    /// <summary>Adds where the sum is again a product: constants, or multiples of the same named dimensions.</summary>
    public bool TryAdd(Dim other, out Dim sum)
    {
        if (Coefficient == 0 || other.Coefficient == 0)
        {
            sum = Coefficient == 0 ? other : this;
            return true;
        }
        sum = new Dim(checked(Coefficient + other.Coefficient), symbols ?? NoSymbols);
        return Symbols.SequenceEqual(other.Symbols);
    }

    /// <summary>
    /// A bound from above on a sum, whatever the named dimensions are from 1 to their bounds; exact where no name occurs in
    /// two different products.
    /// </summary>
    public static long UpperBound(params Dim[] terms)
    {
        long bound = 0;
        foreach (var product in terms.GroupBy(t => string.Join("·", t.Symbols.ToArray().Select(s => s.Name)), StringComparer.Ordinal))
        {
            long coefficient = product.Sum(t => t.Coefficient);
            long size = product.First().Symbols.ToArray().Aggregate(1L, (size, symbol) => checked(size * symbol.Max));
            bound = checked(bound + (coefficient > 0 ? coefficient * size : coefficient));
        }
        return bound;
    }

    public bool Equals(Dim other) => Coefficient == other.Coefficient
        && ((symbols ?? NoSymbols) == (other.symbols ?? NoSymbols) || Symbols.SequenceEqual(other.Symbols));

    public override bool Equals(object? obj) => obj is Dim other && Equals(other);

    public override int GetHashCode()
    {
        int hash = Coefficient.GetHashCode();
        foreach (var symbol in Symbols)
            hash = unchecked((hash * 31) + symbol.GetHashCode());
        return hash;
    }

    public static bool operator ==(Dim left, Dim right) => left.Equals(right);

    public static bool operator !=(Dim left, Dim right) => !left.Equals(right);

    public override string ToString()
    {
        string names = string.Join("·", Symbols.ToArray().Select(s => s.Name));
        string number = Coefficient.ToString(CultureInfo.InvariantCulture);
        return IsConstant ? number : Coefficient == 1 ? names : number + "·" + names;
    }
}
