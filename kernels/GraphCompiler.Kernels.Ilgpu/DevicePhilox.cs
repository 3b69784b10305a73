namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>
/// The counter-based generator Philox4x32-10 for kernels: the same bits as the CPU's for the same seed, step, stream and
/// element.
/// </summary>
public static class DevicePhilox
{
    const uint Multiplier0 = 0xD2511F53, Multiplier1 = 0xCD9E8D57;
    const uint Weyl0 = 0x9E3779B9, Weyl1 = 0xBB67AE85;
    const int Rounds = 10;

    /// <summary>A number uniformly distributed over the multiples of 2^-24 in [0, 1).</summary>
    /// <param name="seed">Chooses the sequence.</param>
    /// <param name="step">The training step; its low 32 bits count.</param>
    /// <param name="stream">The number of the consumer.</param>
    /// <param name="index">The element's number within its tensor.</param>
    public static float Uniform(ulong seed, ulong step, uint stream, ulong index)
    {
        uint c0 = (uint)index, c1 = (uint)(index >> 32), c2 = (uint)step, c3 = stream;
        uint k0 = (uint)seed, k1 = (uint)(seed >> 32);
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
        // As a signed number, which 24 bits fit: unsigned ones go through double precision.
        return (int)(c0 >> 8) * (1f / (1 << 24));
    }

    /// <summary>The numbers of four elements, so far apart.</summary>
    public static Four Uniform(ulong seed, ulong step, uint stream, ulong index, int stride) => new()
    {
        X = Uniform(seed, step, stream, index),
        Y = Uniform(seed, step, stream, index + (ulong)stride),
        Z = Uniform(seed, step, stream, index + 2 * (ulong)stride),
        W = Uniform(seed, step, stream, index + 3 * (ulong)stride),
    };
}
