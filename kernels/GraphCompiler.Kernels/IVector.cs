namespace GraphCompiler.Kernels;

/// <summary>
/// A register of single-precision lanes, written against by every CPU kernel so that one text serves all widths.
/// </summary>
/// <remarks>
/// <para>Kernels are generic over <typeparamref name="TSelf"/>; the JIT compiles one copy per width and each call below
/// becomes one or a few instructions. What a lane holds after an operation depends only on what the lanes at the same
/// position held before it: never on the position, and never on whether the load was partial.</para>
/// <para>Comparisons give masks: lanes whose 32 bits are all ones or all zeros. A mask is the same type as a value, and
/// <see cref="And"/>, <see cref="Or"/>, <see cref="Xor(TSelf, TSelf)"/> and <see cref="Not"/> work on the bits of either.</para>
/// <para>Functions that are made of others, an exponential say, are members too: each stands beside what it does, in
/// <see cref="VectorMath"/>'s files.</para>
/// <para>The last group of members treats a lane as the 32-bit integer with the same bits. It exists for the mathematics
/// in <see cref="VectorMath"/> and for <see cref="Philox"/>.</para>
/// </remarks>
/// <typeparam name="TSelf">The implementing type.</typeparam>
public unsafe partial interface IVector<TSelf>
    where TSelf : unmanaged, IVector<TSelf>
{
    /// <summary>How many lanes there are: 16, 8 or 4.</summary>
    static abstract int Count { get; }

    /// <summary>All lanes 0.</summary>
    static abstract TSelf Zero { get; }

    /// <summary>All lanes <paramref name="value"/>.</summary>
    static abstract TSelf Splat(float value);

    /// <summary><paramref name="first"/>, <paramref name="first"/> + 1, <paramref name="first"/> + 2, …</summary>
    static abstract TSelf Iota(float first);

    /// <summary>Reads <see cref="Count"/> consecutive values; no alignment is required.</summary>
    static abstract TSelf Load(float* source);

    /// <summary>Writes <see cref="Count"/> consecutive values; no alignment is required.</summary>
    static abstract void Store(float* destination, TSelf value);

    /// <summary>
    /// Reads the first <paramref name="count"/> values; the lanes after them are 0, and the memory after them is not
    /// touched. A count of 0 or less reads nothing; <see cref="Count"/> or more reads all lanes.
    /// </summary>
    static abstract TSelf LoadPartial(float* source, int count);

    /// <summary>
    /// Writes the first <paramref name="count"/> lanes and touches no memory after them. A count of 0 or less writes
    /// nothing; <see cref="Count"/> or more writes all lanes.
    /// </summary>
    static abstract void StorePartial(float* destination, int count, TSelf value);

    /// <summary>Reads lane i from <c>source[i * stride]</c>; the stride counts elements.</summary>
    static abstract TSelf LoadStrided(float* source, nint stride);

    /// <summary>As <see cref="LoadStrided(float*, nint)"/>, for the first <paramref name="count"/> lanes only; the others are 0.</summary>
    static abstract TSelf LoadStridedPartial(float* source, nint stride, int count);

    /// <summary>Reads <see cref="Count"/> consecutive integers; the lanes have their bits.</summary>
    static abstract TSelf Load(int* source);

    /// <summary>As <see cref="Load(int*)"/>, for the first <paramref name="count"/> lanes only; the others are 0.</summary>
    static abstract TSelf LoadPartial(int* source, int count);

    /// <summary>Reads the bits of lane i from <c>source[i * stride]</c>.</summary>
    static abstract TSelf LoadStrided(int* source, nint stride);

    /// <summary>As <see cref="LoadStrided(int*, nint)"/>, for the first <paramref name="count"/> lanes only; the others are 0.</summary>
    static abstract TSelf LoadStridedPartial(int* source, nint stride, int count);

    /// <summary>Writes the lanes' bits as <see cref="Count"/> consecutive integers.</summary>
    static abstract void Store(int* destination, TSelf bits);

    /// <summary>As <see cref="Store(int*, TSelf)"/>, for the first <paramref name="count"/> lanes only; no memory after them is touched.</summary>
    static abstract void StorePartial(int* destination, int count, TSelf bits);

    /// <summary>Lane sums.</summary>
    static abstract TSelf operator +(TSelf left, TSelf right);

    /// <summary>Lane differences.</summary>
    static abstract TSelf operator -(TSelf left, TSelf right);

    /// <summary>Lane products.</summary>
    static abstract TSelf operator *(TSelf left, TSelf right);

    /// <summary>Lane quotients.</summary>
    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary>Lanes with their sign bits inverted.</summary>
    static abstract TSelf operator -(TSelf value);

    /// <summary>
    /// <paramref name="a"/> * <paramref name="b"/> + <paramref name="c"/>, rounded once where the hardware has the
    /// instruction and twice where it does not.
    /// </summary>
    static abstract TSelf FusedMultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>
    /// A polynomial by Horner's scheme, the coefficient of the highest power first, in fused multiply-adds. One call for the
    /// compiler, whose room for what it inlines into a loop is limited.
    /// </summary>
    static abstract TSelf Polynomial(TSelf x, float c4, float c3, float c2, float c1, float c0);

    /// <inheritdoc cref="Polynomial(TSelf, float, float, float, float, float)"/>
    static abstract TSelf Polynomial(TSelf x, float c5, float c4, float c3, float c2, float c1, float c0);

    /// <inheritdoc cref="Polynomial(TSelf, float, float, float, float, float)"/>
    static abstract TSelf Polynomial(TSelf x, float c6, float c5, float c4, float c3, float c2, float c1, float c0);

    /// <inheritdoc cref="Polynomial(TSelf, float, float, float, float, float)"/>
    static abstract TSelf Polynomial(
        TSelf x, float c9, float c8, float c7, float c6, float c5, float c4, float c3, float c2, float c1, float c0);

    /// <summary>The smaller of the lanes; NaN if either is NaN. Of two zeros, either.</summary>
    static abstract TSelf Min(TSelf a, TSelf b);

    /// <summary>The larger of the lanes; NaN if either is NaN. Of two zeros, either.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>
    /// The smaller of <paramref name="high"/> and the larger of <paramref name="low"/> and the lane; NaN stays NaN. The
    /// bounds are not NaN.
    /// </summary>
    static abstract TSelf Clamp(TSelf value, TSelf low, TSelf high);

    /// <summary>The magnitude: the lane with its sign bit cleared.</summary>
    static abstract TSelf Abs(TSelf value);

    /// <summary>1 for positive lanes, -1 for negative ones; zeros and NaN stay what they are.</summary>
    static abstract TSelf Sign(TSelf value);

    /// <summary>The largest integer that is not greater.</summary>
    static abstract TSelf Floor(TSelf value);

    /// <summary>The nearest integer; ties go to the even one.</summary>
    static abstract TSelf Round(TSelf value);

    /// <summary>The square root, correctly rounded; NaN for negative lanes.</summary>
    static abstract TSelf Sqrt(TSelf value);

    /// <summary>1 / sqrt(value), each step correctly rounded (never the hardware's estimate).</summary>
    static abstract TSelf ReciprocalSqrt(TSelf value);

    /// <summary>The larger of 0 and the lane; NaN stays NaN.</summary>
    static abstract TSelf Relu(TSelf value);

    /// <summary>The mask of <paramref name="a"/> &lt; <paramref name="b"/>; false with NaN.</summary>
    static abstract TSelf LessThan(TSelf a, TSelf b);

    /// <summary>The mask of <paramref name="a"/> ≤ <paramref name="b"/>; false with NaN.</summary>
    static abstract TSelf LessThanOrEqual(TSelf a, TSelf b);

    /// <summary>The mask of <paramref name="a"/> &gt; <paramref name="b"/>; false with NaN.</summary>
    static abstract TSelf GreaterThan(TSelf a, TSelf b);

    /// <summary>The mask of <paramref name="a"/> ≥ <paramref name="b"/>; false with NaN.</summary>
    static abstract TSelf GreaterThanOrEqual(TSelf a, TSelf b);

    /// <summary>The mask of <paramref name="a"/> = <paramref name="b"/>; false with NaN.</summary>
    static abstract TSelf Equal(TSelf a, TSelf b);

    /// <summary>The mask of <paramref name="a"/> ≠ <paramref name="b"/>; true with NaN.</summary>
    static abstract TSelf NotEqual(TSelf a, TSelf b);

    /// <summary>Bitwise conjunction.</summary>
    static abstract TSelf And(TSelf a, TSelf b);

    /// <summary>Bitwise disjunction.</summary>
    static abstract TSelf Or(TSelf a, TSelf b);

    /// <summary>Bitwise exclusive disjunction.</summary>
    static abstract TSelf Xor(TSelf a, TSelf b);

    /// <summary>Bitwise exclusive disjunction of three.</summary>
    static abstract TSelf Xor(TSelf a, TSelf b, TSelf c);

    /// <summary>Bitwise complement.</summary>
    static abstract TSelf Not(TSelf value);

    /// <summary><paramref name="whenTrue"/> where the mask is all ones, <paramref name="whenFalse"/> where it is zero.</summary>
    static abstract TSelf Select(TSelf mask, TSelf whenTrue, TSelf whenFalse);

    /// <summary>Whether any lane of the mask is all ones.</summary>
    static abstract bool AnyLane(TSelf mask);

    /// <inheritdoc cref="VectorMath.Origin{TVector}"/>
    static abstract TSelf Origin(TSelf value);

    /// <inheritdoc cref="VectorMath.HalfDistance{TVector}"/>
    static abstract TSelf HalfDistance(TSelf value, TSelf negativeHalf);

    /// <inheritdoc cref="VectorMath.Mean{TVector}"/>
    static abstract TSelf Mean(TSelf origin, TSelf halfDistance);

    /// <summary>Lane 0.</summary>
    static abstract float FirstLane(TSelf value);

    /// <summary>
    /// The sum of the lanes: lanes i and i + half are added, then the same with the half that remains, down to one.
    /// </summary>
    static abstract float SumLanes(TSelf value);

    /// <summary>The largest lane, NaN if there is one.</summary>
    static abstract float MaxLanes(TSelf value);

    /// <summary>The smallest lane, NaN if there is one.</summary>
    static abstract float MinLanes(TSelf value);

    /// <summary>The first <paramref name="count"/> lanes; the others become <paramref name="fill"/>.</summary>
    static abstract TSelf KeepFirst(TSelf value, int count, float fill);

    /// <summary>All lanes with the given 32 bits.</summary>
    static abstract TSelf SplatBits(int bits);

    /// <summary>Reads <see cref="Count"/> consecutive integers of 16 bits as the lower bits of the lanes; the upper ones are 0.</summary>
    static abstract TSelf LoadBits16(ushort* source);

    /// <summary>As <see cref="LoadBits16"/>, for the first <paramref name="count"/> lanes only; the others are 0, and no memory after them is touched.</summary>
    static abstract TSelf LoadBits16Partial(ushort* source, int count);

    /// <summary>Writes the lower 16 bits of the lanes; the upper ones are 0.</summary>
    static abstract void StoreBits16(ushort* destination, TSelf value);

    /// <summary>As <see cref="StoreBits16"/>, for the first <paramref name="count"/> lanes only; no memory after them is touched.</summary>
    static abstract void StoreBits16Partial(ushort* destination, int count, TSelf value);

    /// <summary>Reads <see cref="Count"/> consecutive bytes as the lowest bits of the lanes; the upper ones are 0.</summary>
    static abstract TSelf LoadBits8(byte* source);

    /// <summary>As <see cref="LoadBits8"/>, for the first <paramref name="count"/> lanes only; the others are 0, and no memory after them is touched.</summary>
    static abstract TSelf LoadBits8Partial(byte* source, int count);

    /// <summary>Writes the lowest 8 bits of the lanes, whatever the upper ones are.</summary>
    static abstract void StoreBits8(byte* destination, TSelf value);

    /// <summary>As <see cref="StoreBits8"/>, for the first <paramref name="count"/> lanes only; no memory after them is touched.</summary>
    static abstract void StoreBits8Partial(byte* destination, int count, TSelf value);

    /// <summary>Adds the lanes as 32-bit integers, wrapping.</summary>
    static abstract TSelf AddBits(TSelf a, TSelf b);

    /// <summary>Subtracts the lanes as 32-bit integers, wrapping.</summary>
    static abstract TSelf SubtractBits(TSelf a, TSelf b);

    /// <summary>Multiplies the lanes as 32-bit integers, wrapping.</summary>
    static abstract TSelf MultiplyBits(TSelf a, TSelf b);

    /// <summary>The smaller of the lanes as signed 32-bit integers.</summary>
    static abstract TSelf MinBits(TSelf a, TSelf b);

    /// <summary>The larger of the lanes as signed 32-bit integers.</summary>
    static abstract TSelf MaxBits(TSelf a, TSelf b);

    /// <summary>The integers <paramref name="first"/>, <paramref name="first"/> + 1, …</summary>
    static abstract TSelf IotaBits(int first);

    /// <summary>The mask of lanes with equal bits.</summary>
    static abstract TSelf EqualBits(TSelf a, TSelf b);

    /// <summary>The mask of <paramref name="a"/> &lt; <paramref name="b"/> as signed 32-bit integers.</summary>
    static abstract TSelf LessThanBits(TSelf a, TSelf b);

    /// <summary>Shifts the bits of every lane left by <paramref name="places"/>.</summary>
    static abstract TSelf ShiftBitsLeft(TSelf value, int places);

    /// <summary>Shifts the bits of every lane right by <paramref name="places"/>; zeros come in.</summary>
    static abstract TSelf ShiftBitsRight(TSelf value, int places);

    /// <summary>Shifts the bits of every lane right by <paramref name="places"/>; copies of the top bit come in.</summary>
    static abstract TSelf ShiftBitsRightSigned(TSelf value, int places);

    /// <summary>Reads each lane's bits as a signed 32-bit integer and converts that number to single precision.</summary>
    static abstract TSelf ConvertBitsToSingle(TSelf bits);

    /// <summary>
    /// The integer next to each lane towards 0, as a signed 32-bit integer's bits: the smallest or the largest there is where the lane is
    /// beyond them, and 0 for NaN.
    /// </summary>
    static abstract TSelf TruncateToBits(TSelf value);

    /// <summary>
    /// value * 2^exponent, for integers from -250 to 252 in the lanes of <paramref name="exponent"/>. Rounded once; where a
    /// magnitude is below 1/2 and the result subnormal, perhaps twice.
    /// </summary>
    static abstract TSelf ScaleByPowerOfTwo(TSelf value, TSelf exponent);

    /// <summary>Shifts the 64 bits of lanes 2i (the lower half) and 2i + 1 left by <paramref name="places"/>.</summary>
    static abstract TSelf ShiftPairsLeft(TSelf value, int places);

    /// <summary>Shifts the 64 bits of lanes 2i (the lower half) and 2i + 1 right; zeros come in.</summary>
    static abstract TSelf ShiftPairsRight(TSelf value, int places);

    /// <summary>
    /// The 64-bit products, in lanes 2i (the lower half) and 2i + 1, of the unsigned 32-bit integers in lanes 2i.
    /// </summary>
    static abstract TSelf MultiplyPairs(TSelf a, TSelf b);
}
