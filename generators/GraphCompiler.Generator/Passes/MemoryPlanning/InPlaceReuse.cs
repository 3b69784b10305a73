namespace GraphCompiler.Generator.Passes;

// In-place reuse: a kernel that reads each element of an input before it writes the same element of its output may write
// over the input, if nobody needs the input afterwards. The two buffers become one, live from the birth of the input to
// the death of the output. Where the output is the smaller one, the rest of the input's bytes stay taken as long as the
// output lives; such a pair is merged only where that does not raise the largest sum of live bytes.

/// <summary>An output that may be written over an input, as indices into the list of buffers.</summary>
public readonly struct InPlacePair(int output, int input)
{
    /// <summary>The buffer that is written.</summary>
    public int Output { get; } = output;

    /// <summary>The buffer that is read by the same step, and by no later one.</summary>
    public int Input { get; } = input;
}

/// <summary>Buffers in which some outputs have taken the place of their inputs.</summary>
public sealed class MergedBuffers
{
    readonly int[] bufferOf;
    readonly bool[] isInPlace;

    internal MergedBuffers(IReadOnlyList<ArenaBuffer> buffers, int[] bufferOf, bool[] isInPlace)
    {
        Buffers = buffers;
        this.bufferOf = bufferOf;
        this.isInPlace = isInPlace;
    }

    /// <summary>The buffers to place.</summary>
    public IReadOnlyList<ArenaBuffer> Buffers { get; }

    /// <summary>The index in <see cref="Buffers"/> of the place that an original buffer lives in.</summary>
    public int BufferOf(int original) => bufferOf[original];

    /// <summary>Whether an original buffer was given the place of its input.</summary>
    public bool IsInPlace(int original) => isInPlace[original];
}

/// <summary>Merges outputs with the inputs whose place they may take.</summary>
public static class InPlaceReuse
{
    const int MostNames = 3;

    /// <summary>
    /// Merges, in the order given, the pairs that can be: the input dies at exactly the step that writes the output
    /// (input.Upper == output.Lower + 1), is at least as large, the input's place is not taken nor the output placed by
    /// another pair, and the largest sum of live bytes does not rise. The other pairs stay two buffers.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A pair names no buffer, or the alignment is less than 1.</exception>
    public static MergedBuffers Merge(
        IReadOnlyList<ArenaBuffer> buffers, IReadOnlyList<InPlacePair> pairs, int alignment)
    {
        if (alignment < 1)
            throw new ArgumentOutOfRangeException(nameof(alignment), alignment, "The alignment is less than 1.");

        Places places = new(buffers, alignment);
        foreach (InPlacePair pair in pairs)
        {
            if (pair.Output < 0 || pair.Output >= buffers.Count || pair.Input < 0 || pair.Input >= buffers.Count)
                throw new ArgumentOutOfRangeException(nameof(pairs), $"No such pair: {pair.Output} over {pair.Input}.");
            ArenaBuffer output = buffers[pair.Output];
            ArenaBuffer input = buffers[pair.Input];
            if (input.Upper == output.Lower + 1 && input.Size >= output.Size)
                places.TryMerge(pair.Output, pair.Input);
        }
        return places.Build();
    }

    // Which buffers share a place: chains, each written over the one before. A place is as large as the first.
    sealed class Places
    {
        readonly IReadOnlyList<ArenaBuffer> buffers;
        readonly int[] before;
        readonly int[] after;
        readonly long[] size;

        // The live sums only rise where something is born, so they are kept for those steps alone.
        readonly int[] births;
        readonly long[] live;

        public Places(IReadOnlyList<ArenaBuffer> buffers, int alignment)
        {
            this.buffers = buffers;
            before = [.. Enumerable.Repeat(-1, buffers.Count)];
            after = [.. before];
            size = [.. buffers.Select(buffer => (buffer.Size + alignment - 1) / alignment * alignment)];
            births = [.. buffers.Select(buffer => buffer.Lower).Distinct().OrderBy(step => step)];
            live = new long[births.Length];
            for (int i = 0; i < buffers.Count; i++)
                AddToLive(buffers[i].Lower, buffers[i].Upper, size[i]);
        }

        public void TryMerge(int output, int input)
        {
            if (before[output] >= 0 || after[input] >= 0)
                return;
            long placeSize = size[First(input)];
            int last = output;
            while (after[last] >= 0)
                last = after[last];
            int step = buffers[output].Lower;
            long peak = live.Max();

            AddToLive(step, step + 1, -placeSize);
            AddToLive(step, buffers[last].Upper, placeSize - size[output]);
            if (placeSize > size[output] && live.Max() > peak)
            {
                AddToLive(step, buffers[last].Upper, size[output] - placeSize);
                AddToLive(step, step + 1, placeSize);
                return;
            }
            before[output] = input;
            after[input] = output;
        }

        public MergedBuffers Build()
        {
            List<ArenaBuffer> merged = [];
            int[] bufferOf = new int[buffers.Count];
            for (int first = 0; first < buffers.Count; first++)
            {
                if (before[first] >= 0)
                    continue;
                List<int> chain = [first];
                while (after[chain[chain.Count - 1]] >= 0)
                    chain.Add(after[chain[chain.Count - 1]]);
                foreach (int buffer in chain)
                    bufferOf[buffer] = merged.Count;
                merged.Add(new ArenaBuffer(
                    NameOf(chain),
                    buffers[first].Size, buffers[first].Lower, buffers[chain[chain.Count - 1]].Upper));
            }
            return new MergedBuffers(merged, bufferOf, Array.ConvertAll(before, input => input >= 0));
        }

        // A residual stream is one chain through all layers of a model.
        string NameOf(List<int> chain)
        {
            string names = string.Join(", ", chain.Take(MostNames).Select(buffer => buffers[buffer].Name));
            return chain.Count <= MostNames ? names : names + FormattableString.Invariant($", {chain.Count - MostNames} more");
        }

        int First(int buffer)
        {
            while (before[buffer] >= 0)
                buffer = before[buffer];
            return buffer;
        }

        void AddToLive(int lower, int upper, long bytes)
        {
            int at = Array.BinarySearch(births, lower);
            for (; at < births.Length && births[at] < upper; at++)
                live[at] += bytes;
        }
    }
}
