using GraphCompiler.Generator.Diagnostics;
using Xunit;

namespace GraphCompiler.Generator.Tests.Frontend;

/// <summary>Whatever is written ends: in values as deep as memory goes, queries upon queries, models of a million parameters.</summary>
public sealed class BudgetTests
{
    [Theory]
    [InlineData("object o = 1; for (int i = 0; i < 1000000; i++) o = new object[] { o }; return x * (o.Equals(1) ? 1 : 2);")]
    [InlineData("object o = (1, 2), p = (1, 2); for (int i = 0; i < 100000; i++) (o, p) = ((o, 1), (p, 1)); return x * (o.Equals(p) ? 1 : 2);")]
    [InlineData("object o = (1, 2); for (int i = 0; i < 100000; i++) o = (o, 1); return x * o.ToString()!.Length;")]
    [InlineData("object o = (1, 2); for (int i = 0; i < 100000; i++) o = (o, 1); return x * new HashSet<object> { o }.Count;")]
    [InlineData("Func<int, int> f = n => n; for (int i = 0; i < 100000; i++) { var g = f; f = n => g(n) + 1; } return x * f(1);")]
    [InlineData("IEnumerable<int> s = [1]; for (int i = 0; i < 100000; i++) s = s.Append(i); return x * s.Count();")]
    [InlineData("var all = Enumerable.Range(0, 5000); return x * all.SelectMany(a => all).Count();")]
    [InlineData("int F(int k) => k == 0 ? 0 : F(k - 1) + F(k - 1); return x * F(60);")]
    [InlineData("var all = new List<object>(); all.Add(all); return x * (all.Equals(all) ? all.ToString()!.Length : 2);")]
    [InlineData("return Reshape(x, [.. Enumerable.Repeat(1, 5000), 2, 3]);")]
    [InlineData("return Concat(Enumerable.Repeat(x, 3000000).ToArray());")]
    [InlineData("int[] a = []; Array.Resize(ref a, int.MaxValue); return x * a.Length;")]
    [InlineData("return x * string.Join(\",\", Enumerable.Repeat(\"x\", 100000000)).Length;")]
    [InlineData("throw new Exception(new string('x', 1000000));")]
    [InlineData("var l = new List<int> { 3, 1, 2 }; var r = new Random(1); l.Sort((a, b) => 1); return x * l[0];")]
    public void Methods(string body) => Ends($"public Tensor F([Shape(2, 3)] Tensor x) {{ {body} }}");

    [Theory]
    [InlineData("readonly Parameter[] all = [.. Enumerable.Range(0, 1000000).Select(i => new Parameter([1]))];")]
    [InlineData("readonly object pair = Pairs(); static object Pairs() { object o = 1; for (int i = 0; i < 60; i++) o = (o, o); return o; }")]
    [InlineData("readonly Chain chain = Chain.Of(100000);", "[Module] class Chain(Chain? next) { public Chain? Next { get; } = next; public static Chain Of(int n) { Chain? c = null; for (int i = 0; i < n; i++) c = new Chain(c); return c!; } }")]
    public void Fields(string field, string others = "") => Ends(field + " public Tensor F([Shape(2, 3)] Tensor x) => Relu(x);", others);

    static void Ends(string members, string others = "")
    {
        var reading = Reading.Read(Reading.Compile(Reading.InClass(members, others)));
        Assert.True(reading.Model is not null || reading.Diagnostics.Count > 0);
        Assert.InRange(reading.Diagnostics.Count, 0, 100);
        Assert.DoesNotContain(reading.Diagnostics, d => d.Descriptor == Descriptors.InternalFault);
        Assert.All(reading.Diagnostics, d => Assert.InRange(d.ToString().Length, 1, 4000));
    }
}
