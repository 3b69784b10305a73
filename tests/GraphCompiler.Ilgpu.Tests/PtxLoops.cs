using System.Text.RegularExpressions;

namespace GraphCompiler.Ilgpu.Tests;

// The blocks of a kernel's text are what lies between labels and behind branches. An edge to a block that dominates its own begins a
// loop again; the loop is that block and all from which the edge can be reached without passing it.

/// <summary>The loops of a kernel's PTX, to count what they consist of.</summary>
internal sealed partial class PtxLoops
{
    readonly List<List<string>> blocks = [[]];
    readonly List<List<int>> successors = [];
    readonly Dictionary<string, int> labels = [];

    public PtxLoops(string ptx)
    {
        string body = Comment().Replace(ptx[ptx.IndexOf('{', StringComparison.Ordinal)..], "");
        foreach (Match match in Statement().Matches(body))
        {
            if (match.Groups["label"].Success)
            {
                if (blocks[^1].Count > 0)
                    blocks.Add([]);
                labels[match.Groups["label"].Value] = blocks.Count - 1;
                continue;
            }
            string text = match.Groups["text"].Value.Trim();
            if (text.Length == 0 || text[0] == '.')
                continue;
            blocks[^1].Add(text);
            if (Branch().IsMatch(text) || text == "ret")
                blocks.Add([]);
        }
        Connect();
        Loops = [.. FindLoops()];
    }

    /// <summary>The instructions of each loop, of those within it too; outer loops come first.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Loops { get; }

    /// <summary>All instructions.</summary>
    public IEnumerable<string> Instructions => blocks.SelectMany(block => block);

    /// <summary>The innermost loop that has such an instruction; of several the longest.</summary>
    public IReadOnlyList<string> Innermost(string instruction) => Loops
        .Where(loop => loop.Any(text => text.Contains(instruction, StringComparison.Ordinal)))
        .Where(loop => !Loops.Any(other => other.Count < loop.Count && other.Any(text => text.Contains(instruction, StringComparison.Ordinal)) && other.All(loop.Contains)))
        .MaxBy(loop => loop.Count) ?? throw new InvalidOperationException($"No loop has {instruction}.");

    void Connect()
    {
        for (int i = 0; i < blocks.Count; i++)
        {
            string last = blocks[i].Count > 0 ? blocks[i][^1] : "";
            var branch = Branch().Match(last);
            var next = new List<int>();
            if (branch.Success)
                next.Add(labels[branch.Groups["target"].Value]);
            bool fallsThrough = last != "ret" && (!branch.Success || last[0] == '@');
            if (fallsThrough && i + 1 < blocks.Count)
                next.Add(i + 1);
            successors.Add(next);
        }
    }

    IEnumerable<IReadOnlyList<string>> FindLoops()
    {
        var dominators = Dominators();
        var members = new SortedDictionary<int, HashSet<int>>();
        for (int from = 0; from < blocks.Count; from++)
        {
            foreach (int header in successors[from].Where(to => dominators[from].Contains(to)))
            {
                if (!members.TryGetValue(header, out var loop))
                    members[header] = loop = [header];
                var pending = new Stack<int>([from]);
                while (pending.TryPop(out int block))
                {
                    if (!loop.Add(block))
                        continue;
                    for (int i = 0; i < blocks.Count; i++)
                    {
                        if (successors[i].Contains(block))
                            pending.Push(i);
                    }
                }
            }
        }
        return members.Values.Select(loop => loop.Order().SelectMany(i => blocks[i]).ToList());
    }

    HashSet<int>[] Dominators()
    {
        var predecessors = blocks.Select(_ => new List<int>()).ToArray();
        for (int i = 0; i < blocks.Count; i++)
            successors[i].ForEach(to => predecessors[to].Add(i));
        HashSet<int>[] dominators = [.. blocks.Select((_, i) => i == 0 ? [0] : Enumerable.Range(0, blocks.Count).ToHashSet())];
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int i = 1; i < blocks.Count; i++)
            {
                if (predecessors[i].Count == 0)
                    continue;
                var common = predecessors[i].Select(p => dominators[p]).Aggregate(Enumerable.Range(0, blocks.Count).ToHashSet(), (all, set) => [.. all.Intersect(set)]);
                common.Add(i);
                changed |= common.Count != dominators[i].Count;
                dominators[i] = common;
            }
        }
        return dominators;
    }

    [GeneratedRegex(@"//[^\n]*")]
    private static partial Regex Comment();

    /// <summary>A label, or a statement, whose lists of registers have braces of their own; those of blocks are left out.</summary>
    [GeneratedRegex(@"(?<label>[A-Za-z_$][\w$]*):|(?<text>[^;{}:\s](?:[^;{}]|\{[^;{}]*\})*);")]
    private static partial Regex Statement();

    [GeneratedRegex(@"^(@!?%?\w+\s+)?bra(\.uni)?\s+(?<target>[\w$]+)$")]
    private static partial Regex Branch();
}
