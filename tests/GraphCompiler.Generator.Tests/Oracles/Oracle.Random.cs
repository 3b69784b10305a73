using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Tests.Oracles;

// Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3").
internal sealed partial class Oracle
{
    const int Rounds = 10;

    /// <summary>
    /// Element i: the first word of the block with counter (low i, high i, low step, stream) and key (low seed, high
    /// seed), its upper 24 bits as a fraction.
    /// </summary>
    double[] Uniform(uint stream, int[] shape) => Fill(shape, i =>
    {
        uint word = Philox((uint)i, 0, (uint)bindings.Step, stream, (uint)bindings.Seed, (uint)(bindings.Seed >> 32))[0];
        return (word >> 8) / (double)(1 << 24);
    });

    /// <summary>One block of four random words.</summary>
    public static uint[] Philox(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1)
    {
        unchecked
        {
            for (int round = 0; round < Rounds; round++)
            {
                ulong first = 0xD2511F53UL * c0, second = 0xCD9E8D57UL * c2;
                (c0, c1, c2, c3) = ((uint)(second >> 32) ^ c1 ^ k0, (uint)second, (uint)(first >> 32) ^ c3 ^ k1, (uint)first);
                k0 += 0x9E3779B9;
                k1 += 0xBB67AE85;
            }
        }
        return [c0, c1, c2, c3];
    }
}
