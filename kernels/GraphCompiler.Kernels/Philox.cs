using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

// Philox4x32-10 turns a 128-bit counter into 128 random bits by ten rounds. A round multiplies two of the four words by
// constants and mixes the halves of the products with the other two words and the key; the key grows by Weyl constants
// between rounds. No state is kept: element i of a mask is recomputed in the backward pass from its number alone.

/// <summary>
/// The counter-based generator Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as
/// 1, 2, 3", SC 2011). The numbers depend only on the arguments: the same on every machine, width and thread count.
/// </summary>
public static unsafe class Philox
{
    const uint Multiplier0 = 0xD2511F53, Multiplier1 = 0xCD9E8D57;
    const uint Weyl0 = 0x9E3779B9, Weyl1 = 0xBB67AE85;
    const int Rounds = 10;

    /// <summary>Computes one block: four random words.</summary>
    /// <param name="counter">Four words that say which block.</param>
    /// <param name="key">Two words: the seed.</param>
    /// <param name="block">Receives four words.</param>
    /// <exception cref="ArgumentException">A span is too short.</exception>
    public static void Block(ReadOnlySpan<uint> counter, ReadOnlySpan<uint> key, Span<uint> block)
    {
        if (counter.Length < 4 || key.Length < 2 || block.Length < 4)
            throw new ArgumentException("A block takes four counter words and two key words, and gives four words.");
        uint c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
        Mix(ref c0, ref c1, ref c2, ref c3, key[0], key[1]);
        block[0] = c0;
        block[1] = c1;
        block[2] = c2;
        block[3] = c3;
    }

    /// <summary>
    /// A number uniformly distributed over the multiples of 2^-24 in [0, 1): the top 24 bits of the first word of the
    /// block whose counter is (index, low word of step, stream) and whose key is the seed.
    /// </summary>
    /// <param name="seed">Chooses the sequence.</param>
    /// <param name="step">The training step; its low 32 bits count.</param>
    /// <param name="stream">The number of the consumer: one of the graph's dropouts, a parameter.</param>
    /// <param name="index">The element's number within its tensor.</param>
    public static float Uniform(ulong seed, ulong step, uint stream, ulong index)
    {
        uint c0 = (uint)index, c1 = (uint)(index >> 32), c2 = (uint)step, c3 = stream;
        Mix(ref c0, ref c1, ref c2, ref c3, (uint)seed, (uint)(seed >> 32));
        return (c0 >> 8) * (1f / (1 << 24));
    }

    /// <summary>
    /// The numbers of consecutive elements: lane i is <see cref="Uniform(ulong, ulong, uint, ulong)"/> of
    /// <paramref name="firstIndex"/> + i.
    /// </summary>
    public static TVector Uniform<TVector>(ulong seed, ulong step, uint stream, ulong firstIndex)
        where TVector : unmanaged, IVector<TVector>
    {
        TVector lowOfFirst = TVector.SplatBits((int)(uint)firstIndex);
        TVector c0 = TVector.AddBits(lowOfFirst, LaneNumbers<TVector>());
        TVector c1 = TVector.SplatBits((int)(uint)(firstIndex >> 32));
        // A lane whose low word has wrapped around (its top bit went from 1 to 0) has a high word that is one more.
        if ((uint)firstIndex > uint.MaxValue - (uint)(TVector.Count - 1))
        {
            TVector carry = TVector.ShiftBitsRight(TVector.And(lowOfFirst, TVector.Not(c0)), 31);
            c1 = TVector.AddBits(c1, carry);
        }
        TVector c2 = TVector.SplatBits((int)(uint)step), c3 = TVector.SplatBits((int)stream);
        TVector words = FirstWords(c0, c1, c2, c3, (uint)seed, (uint)(seed >> 32));
        return TVector.ConvertBitsToSingle(TVector.ShiftBitsRight(words, 8)) * TVector.Splat(1f / (1 << 24));
    }

    /// <summary>
    /// The numbers of elements a stride apart: lane i is <see cref="Uniform(ulong, ulong, uint, ulong)"/> of
    /// <paramref name="firstIndex"/> + i * <paramref name="stride"/>.
    /// </summary>
    public static TVector UniformStrided<TVector>(ulong seed, ulong step, uint stream, ulong firstIndex, long stride)
        where TVector : unmanaged, IVector<TVector>
    {
        ulong last = firstIndex + ((ulong)stride * (ulong)(TVector.Count - 1));
        if (firstIndex >> 32 != last >> 32 || stride < 0 || stride > uint.MaxValue)
            return UniformOneByOne<TVector>(seed, step, stream, firstIndex, stride);
        // The high words are equal, so the low ones do not wrap around; products of lane number and stride neither.
        TVector lanes = LaneNumbers<TVector>(), factor = TVector.SplatBits((int)(uint)stride);
        TVector even = TVector.MultiplyPairs(lanes, factor);
        TVector odd = TVector.MultiplyPairs(TVector.ShiftPairsRight(lanes, 32), factor);
        TVector offsets = TVector.Or(even, TVector.ShiftPairsLeft(odd, 32));
        TVector c0 = TVector.AddBits(TVector.SplatBits((int)(uint)firstIndex), offsets);
        TVector c1 = TVector.SplatBits((int)(uint)(firstIndex >> 32));
        TVector c2 = TVector.SplatBits((int)(uint)step), c3 = TVector.SplatBits((int)stream);
        TVector words = FirstWords(c0, c1, c2, c3, (uint)seed, (uint)(seed >> 32));
        return TVector.ConvertBitsToSingle(TVector.ShiftBitsRight(words, 8)) * TVector.Splat(1f / (1 << 24));
    }

    static TVector UniformOneByOne<TVector>(ulong seed, ulong step, uint stream, ulong firstIndex, long stride)
        where TVector : unmanaged, IVector<TVector>
    {
        float* numbers = stackalloc float[TVector.Count];
        for (int i = 0; i < TVector.Count; i++)
            numbers[i] = Uniform(seed, step, stream, firstIndex + ((ulong)stride * (ulong)i));
        return TVector.Load(numbers);
    }

    /// <summary>0, 1, 2, … as integers: adding 2^23 leaves them in the low bits of the mantissa.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector LaneNumbers<TVector>() where TVector : unmanaged, IVector<TVector> =>
        TVector.And(TVector.Iota(1 << 23), TVector.SplatBits((1 << 23) - 1));

    /// <summary>The first words of the blocks of all lanes' counters.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector FirstWords<TVector>(TVector c0, TVector c1, TVector c2, TVector c3, uint k0, uint k1)
        where TVector : unmanaged, IVector<TVector>
    {
        // Products have 64 bits, so the even lanes are mixed where they are and the odd ones in the even places of
        // other registers. Whatever is in the odd places stays there: products do not read it.
        TVector d0 = TVector.ShiftPairsRight(c0, 32), d1 = TVector.ShiftPairsRight(c1, 32), d2 = c2, d3 = c3;
        TVector weyl0 = TVector.SplatBits(unchecked((int)Weyl0)), weyl1 = TVector.SplatBits(unchecked((int)Weyl1));
        TVector key0 = TVector.SplatBits((int)k0), key1 = TVector.SplatBits((int)k1);
        for (int round = 0; round < Rounds; round++)
        {
            MixPairs(ref c0, ref c1, ref c2, ref c3, key0, key1);
            MixPairs(ref d0, ref d1, ref d2, ref d3, key0, key1);
            key0 = TVector.AddBits(key0, weyl0);
            key1 = TVector.AddBits(key1, weyl1);
        }
        TVector even = TVector.ShiftPairsRight(TVector.ShiftPairsLeft(c0, 32), 32);
        return TVector.Or(even, TVector.ShiftPairsLeft(d0, 32));
    }

    /// <summary>One round on the even lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void MixPairs<TVector>(
        ref TVector c0, ref TVector c1, ref TVector c2, ref TVector c3, TVector key0, TVector key1)
        where TVector : unmanaged, IVector<TVector>
    {
        TVector product0 = TVector.MultiplyPairs(TVector.SplatBits(unchecked((int)Multiplier0)), c0);
        TVector product1 = TVector.MultiplyPairs(TVector.SplatBits(unchecked((int)Multiplier1)), c2);
        c0 = TVector.Xor(TVector.ShiftPairsRight(product1, 32), c1, key0);
        c1 = product1;
        c2 = TVector.Xor(TVector.ShiftPairsRight(product0, 32), c3, key1);
        c3 = product0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Mix(ref uint c0, ref uint c1, ref uint c2, ref uint c3, uint k0, uint k1)
    {
        for (int round = 0; round < Rounds; round++)
        {
            ulong product0 = (ulong)Multiplier0 * c0, product1 = (ulong)Multiplier1 * c2;
            c0 = (uint)(product1 >> 32) ^ c1 ^ k0;
            c1 = (uint)product1;
            c2 = (uint)(product0 >> 32) ^ c3 ^ k1;
            c3 = (uint)product0;
            k0 += Weyl0;
            k1 += Weyl1;
        }
    }
}
