using GraphCompiler.Generator.Passes;
using Xunit;

namespace GraphCompiler.Generator.Tests.Passes;

/// <summary>Sequences are letters; what a letter's iterations differ in is its place, unless a test says otherwise.</summary>
public class RollingTests
{
    static IReadOnlyList<RolledItem> Roll(string letters, int leastLeftOut = 2, Func<int, long>? number = null) => new Rolling(
        [.. letters.Select(letter => (int)letter)],
        [.. letters.Select((_, place) => new[] { number is null ? place : number(place) })],
        leastLeftOut).Run();

    static string Show(string letters, IReadOnlyList<RolledItem> items) => string.Concat(items.Select(item => item is RolledPlace place
        ? letters[place.Place].ToString()
        : $"{((RolledLoop)item).Count}({Show(letters, ((RolledLoop)item).Body)})"));

    [Theory]
    [InlineData("", "")]
    [InlineData("abcdef", "abcdef")]
    [InlineData("abab", "abab")]
    [InlineData("aaaa", "4(a)")]
    [InlineData("xabcabcabcy", "x3(abc)y")]
    [InlineData("abcabcabcab", "3(abc)ab")]
    [InlineData("abababxcdcdcdy", "3(ab)x3(cd)y")]
    [InlineData("abbbbcabbbbcabbbbcz", "3(a4(b)c)z")]
    [InlineData("fgabcabcabcabchihihixyz", "fg4(abc)3(hi)xyz")]
    public void Repeats_become_loops(string letters, string expected) => Assert.Equal(expected, Show(letters, Roll(letters)));

    [Theory]
    [InlineData(2, "3(ab)")]
    [InlineData(4, "3(ab)")]
    [InlineData(5, "ababab")]
    public void Loops_that_leave_out_little_are_not_made(int leastLeftOut, string expected) => Assert.Equal(expected, Show("ababab", Roll("ababab", leastLeftOut)));

    [Fact]
    public void A_loop_begins_where_its_numbers_are_even()
    {
        // The first "a" is what only one of the two possible loops has.
        var items = Roll("abcabcabca", number: place => place == 0 ? 1000 : place);
        Assert.Equal("a3(bca)", Show("abcabcabca", items));
    }

    [Fact]
    public void Nests_are_no_deeper_than_allowed()
    {
        string letters = "a";
        for (int depth = 0; depth < 6; depth++)
            letters = string.Concat(Enumerable.Repeat(letters + (char)('b' + depth), 3));
        int Depth(IReadOnlyList<RolledItem> items) => items.Max(item => item is RolledLoop loop ? 1 + Depth(loop.Body) : 0);
        Assert.Equal(Rolling.DeepestNest, Depth(Roll(letters)));
        Assert.Equal(letters, Unroll(letters, Roll(letters)));
    }

    [Fact]
    public void Unrolled_it_is_the_same_sequence()
    {
        var random = new Random(1);
        int loops = 0;
        for (int i = 0; i < 500; i++)
        {
            string piece = new([.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => (char)('a' + random.Next(3)))]);
            string letters = string.Concat(Enumerable.Repeat(piece, random.Next(1, 7))) + new string('a', random.Next(4));
            letters = string.Concat(Enumerable.Repeat(letters, random.Next(1, 4)));
            var items = Roll(letters);
            loops += items.Count(item => item is RolledLoop);
            Assert.Equal(letters, Unroll(letters, items));
        }
        Assert.InRange(loops, 100, int.MaxValue);
    }

    /// <summary>The letters in the order in which loops run them; every place must come up in its turn.</summary>
    static string Unroll(string letters, IReadOnlyList<RolledItem> items)
    {
        var places = new List<int>();
        void Run(IReadOnlyList<RolledItem> body, int offset)
        {
            foreach (var item in body)
            {
                if (item is RolledPlace place)
                    places.Add(place.Place + offset);
                else if (item is RolledLoop loop)
                {
                    for (int i = 0; i < loop.Count; i++)
                        Run(loop.Body, offset + (i * loop.Period));
                }
            }
        }
        Run(items, 0);
        Assert.Equal(Enumerable.Range(0, letters.Length), places);
        return string.Concat(places.Select(place => letters[place]));
    }
}
