// Random choices of a data pipeline come from Philox by counter: (the example's position, the epoch, the stream), the
// seed as key. Nothing is carried from one example to the next, so an epoch can be entered at any batch (as a resumed
// run does) and gives the same examples.

using GraphCompiler.Kernels;

namespace GraphCompiler.Data;

static class ExampleRandom
{
    public const uint ShuffleStream = 0, CropStream = 1, TransformStream = 2, SplitStream = 3, WindowStream = 4;

    /// <summary>The four random words of one position.</summary>
    public static void Words(ulong seed, int epoch, uint stream, int position, Span<uint> words)
    {
        Span<uint> counter = [(uint)position, 0, (uint)epoch, stream];
        Span<uint> key = [(uint)seed, (uint)(seed >> 32)];
        Philox.Block(counter, key, words);
    }

    /// <summary>A number in [0, bound) for one row of a step's batch; none is favoured by more than bound/2^64.</summary>
    public static long Below(long bound, ulong seed, long step, uint stream, int row)
    {
        Span<uint> counter = [(uint)row, (uint)(step >> 32), (uint)step, stream];
        Span<uint> key = [(uint)seed, (uint)(seed >> 32)];
        Span<uint> words = stackalloc uint[4];
        Philox.Block(counter, key, words);
        return (long)Math.BigMul(words[0] | ((ulong)words[1] << 32), (ulong)bound, out _);
    }

    /// <summary>A number in [0, bound) out of 32 random bits; no number is favoured by more than bound/2^32.</summary>
    public static int Below(uint bits, int bound) => (int)(((ulong)bits * (uint)bound) >> 32);

    /// <summary>Fills with a uniformly random permutation of 0, 1, 2, … (Fisher and Yates, in Durstenfeld's form).</summary>
    public static void Permute(Span<int> order, ulong seed, int epoch, uint stream)
    {
        for (int i = 0; i < order.Length; i++)
            order[i] = i;
        Span<uint> words = stackalloc uint[4];
        for (int i = order.Length - 1; i > 0; i--)
        {
            // A block serves two swaps, 64 bits each: the bias is below order.Length/2^64.
            int half = i & 1;
            if (half == 1 || i == order.Length - 1)
                Words(seed, epoch, stream, i >> 1, words);
            ulong bits = words[2 * half] | ((ulong)words[2 * half + 1] << 32);
            int other = (int)Math.BigMul(bits, (ulong)i + 1, out _);
            (order[i], order[other]) = (order[other], order[i]);
        }
    }
}
