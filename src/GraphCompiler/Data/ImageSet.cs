namespace GraphCompiler.Data;

/// <summary>
/// Labelled images in memory: bytes as they came, turned into floats when a batch is filled, a quarter of the memory
/// and of the traffic. A value a model sees is (byte/255 - mean)/deviation; with the initial mean 0 and deviation 1
/// that is [0, 1]. Immutable: subsets and other normalizations share the pixels, and threads may share a set.
/// </summary>
public sealed class ImageSet
{
    readonly byte[] pixels;
    readonly int[] labels;

    // Where an example of this set stands in the shared pixels and labels.
    readonly int[] members;

    ImageSet(byte[] pixels, int[] labels, int[] members, ImageShape shape, float mean, float deviation)
    {
        this.pixels = pixels;
        this.labels = labels;
        this.members = members;
        Shape = shape;
        Mean = mean;
        Deviation = deviation;
        foreach (int member in members)
            ClassCount = Math.Max(ClassCount, labels[member] + 1);
    }

    /// <summary>A set of images given as bytes.</summary>
    /// <param name="pixels">The images one after the other, each [channels, height, width]. Kept, not copied.</param>
    /// <param name="labels">A label an image, from 0. Kept, not copied.</param>
    /// <param name="shape">The shape of one image.</param>
    /// <exception cref="ArgumentException">The lengths do not belong together, or a label is negative.</exception>
    public ImageSet(byte[] pixels, int[] labels, ImageShape shape)
        : this(Checked(pixels, labels, shape), labels, AllOf(labels), shape, mean: 0, deviation: 1)
    {
    }

    /// <summary>The number of examples.</summary>
    public int Count => members.Length;

    /// <summary>The shape of one image.</summary>
    public ImageShape Shape { get; }

    /// <summary>One more than the largest label; 0 for an empty set.</summary>
    public int ClassCount { get; }

    /// <summary>What is subtracted from pixels in [0, 1].</summary>
    public float Mean { get; }

    /// <summary>What they are divided by after that.</summary>
    public float Deviation { get; }

    /// <summary>Reads a set from a file of images and a file of labels, plain or gzip.</summary>
    /// <param name="imagesPath">Unsigned bytes: [count, height, width], [count, channels, height, width] or
    /// [count, features].</param>
    /// <param name="labelsPath">Integers, at least 0: [count].</param>
    /// <param name="maximumBytes">Files with more bytes of elements than this are refused.</param>
    /// <exception cref="IdxFormatException">A file is malformed, or the two do not belong together.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ImageSet Load(string imagesPath, string labelsPath, int maximumBytes = IdxFile.DefaultMaximumBytes)
    {
        IdxArray images = IdxFile.Read(imagesPath, maximumBytes);
        ImageShape shape = ShapeOf(images, imagesPath);
        int count = images.Dimensions[0];
        IdxArray labelBytes = IdxFile.Read(labelsPath, maximumBytes);
        if (labelBytes.Dimensions.Length != 1)
            throw new IdxFormatException(
                $"{labelsPath}: labels have 1 dimension; the file has {labelBytes.Dimensions.Length}.");
        if (labelBytes.ElementType is IdxElementType.Single or IdxElementType.Double)
            throw new IdxFormatException($"{labelsPath}: labels are integers; the file has {labelBytes.ElementType}.");
        if (labelBytes.Length != count)
            throw new IdxFormatException(
                $"{imagesPath} has {count} images, but {labelsPath} has {labelBytes.Length} labels.");
        int[] labels = new int[count];
        labelBytes.CopyTo(labels.AsSpan());
        int negative = labels.AsSpan().IndexOfAnyInRange(int.MinValue, -1);
        if (negative >= 0)
            throw new IdxFormatException($"{labelsPath}: label {negative} is {labels[negative]}; labels start at 0.");
        return new ImageSet(images.ByteArray, labels, shape);
    }

    /// <summary>Reads a set from a folder with MNIST's file names, with or without <c>.gz</c>:
    /// <c>PART-images-idx3-ubyte</c> and <c>PART-labels-idx1-ubyte</c>.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="part"><c>train</c> or <c>t10k</c>.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="IdxFormatException">A file is malformed, or the two do not belong together.</exception>
    public static ImageSet LoadMnist(string directory, string part)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(part);
        return Load(Find(directory, $"{part}-images-idx3-ubyte"), Find(directory, $"{part}-labels-idx1-ubyte"));
    }

    /// <summary>The label of an example.</summary>
    public int Label(int example) => labels[members[example]];

    /// <summary>The bytes of an example, [channels, height, width].</summary>
    public ReadOnlySpan<byte> Bytes(int example) => pixels.AsSpan(members[example] * Shape.Size, Shape.Size);

    /// <summary>The values a model sees of an example.</summary>
    /// <param name="example">The number of the example.</param>
    /// <param name="destination">Takes the <see cref="ImageShape.Size"/> of an image.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another length.</exception>
    public void CopyTo(int example, Span<float> destination)
    {
        if (destination.Length != Shape.Size)
            throw new ArgumentException(
                $"An image of shape {Shape} has {Shape.Size} values, not {destination.Length}.", nameof(destination));
        (float scale, float offset) = Normalization();
        PixelConversion.Convert(Bytes(example), destination, scale, offset);
    }

    /// <summary>The same images, seen as (pixel - mean)/deviation with pixels in [0, 1].</summary>
    /// <param name="mean">What is subtracted.</param>
    /// <param name="deviation">What it is divided by, greater than 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value that is not finite, or a deviation not above 0.</exception>
    public ImageSet Normalize(float mean, float deviation)
    {
        if (!float.IsFinite(mean))
            throw new ArgumentOutOfRangeException(nameof(mean), mean, "Must be finite.");
        if (!(deviation > 0) || !float.IsFinite(deviation))
            throw new ArgumentOutOfRangeException(nameof(deviation), deviation, "Must be finite and above 0.");
        return new ImageSet(pixels, labels, members, Shape, mean, deviation);
    }

    /// <summary>The mean and standard deviation of all pixels in [0, 1]: what to give <see cref="Normalize"/>.</summary>
    /// <exception cref="InvalidOperationException">The set is empty.</exception>
    public (float Mean, float Deviation) MeasureNormalization()
    {
        if (Count == 0)
            throw new InvalidOperationException("An empty set has no mean.");
        long sum = 0, sumOfSquares = 0;
        for (int example = 0; example < Count; example++)
        {
            foreach (byte value in Bytes(example))
            {
                sum += value;
                sumOfSquares += value * value;
            }
        }

        double total = (double)Count * Shape.Size, mean = sum / total;
        double variance = Math.Max(0, sumOfSquares / total - mean * mean);
        return ((float)(mean / 255), (float)(Math.Sqrt(variance) / 255));
    }

    /// <summary>The examples with the given numbers, in that order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is not that of an example.</exception>
    public ImageSet Select(ReadOnlySpan<int> examples)
    {
        int[] chosen = new int[examples.Length];
        for (int i = 0; i < chosen.Length; i++)
        {
            if ((uint)examples[i] >= (uint)Count)
                throw new ArgumentOutOfRangeException(nameof(examples), examples[i], $"The set has {Count} examples.");
            chosen[i] = members[examples[i]];
        }

        return new ImageSet(pixels, labels, chosen, Shape, Mean, Deviation);
    }

    /// <summary>Divides the set at random into one to train on and one to validate with.</summary>
    /// <param name="validationCount">How many examples go to validation, from 0 to <see cref="Count"/>.</param>
    /// <param name="seed">The same seed divides in the same way.</param>
    public (ImageSet Training, ImageSet Validation) Split(int validationCount, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(validationCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(validationCount, Count);
        int[] order = new int[Count];
        ExampleRandom.Permute(order, seed, epoch: 0, ExampleRandom.SplitStream);
        return (Select(order.AsSpan(validationCount)), Select(order.AsSpan(0, validationCount)));
    }

    /// <summary>Divides the set at random into one to train on and one to validate with.</summary>
    /// <param name="validationFraction">The part that goes to validation, from 0 to 1; rounded to whole examples.</param>
    /// <param name="seed">The same seed divides in the same way.</param>
    public (ImageSet Training, ImageSet Validation) Split(double validationFraction, ulong seed)
    {
        if (!(validationFraction >= 0 && validationFraction <= 1))
            throw new ArgumentOutOfRangeException(
                nameof(validationFraction), validationFraction, "Must be from 0 to 1.");
        return Split((int)Math.Round(validationFraction * Count), seed);
    }

    /// <summary>The examples in an order drawn anew for every epoch.</summary>
    /// <param name="seed">The same seed and epoch give the same order on every machine.</param>
    public ImageSequence Shuffle(ulong seed) => new ImageSequence(this).Shuffle(seed);

    /// <summary>The examples in their own order, in batches.</summary>
    /// <param name="size">Examples per batch.</param>
    /// <param name="last">What becomes of the last examples when they do not fill a batch.</param>
    public ImageBatches Batches(int size, LastBatch last = LastBatch.Wrap) => new ImageSequence(this).Batches(size, last);

    /// <summary>The factor and the term that turn a byte into the value a model sees.</summary>
    internal (float Scale, float Offset) Normalization() => ((float)(1 / (255.0 * Deviation)), -Mean / Deviation);

    static byte[] Checked(byte[] pixels, int[] labels, ImageShape shape)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        if (shape.Size == 0)
            throw new ArgumentException("The shape was never set.", nameof(shape));
        if (pixels.Length != (long)labels.Length * shape.Size)
            throw new ArgumentException(
                $"{labels.Length} images of shape {shape} have {(long)labels.Length * shape.Size} pixels, "
                + $"not {pixels.Length}.",
                nameof(pixels));
        int negative = labels.AsSpan().IndexOfAnyInRange(int.MinValue, -1);
        if (negative >= 0)
            throw new ArgumentException($"Label {negative} is {labels[negative]}; labels start at 0.", nameof(labels));
        return pixels;
    }

    static int[] AllOf(int[] labels)
    {
        int[] all = new int[labels.Length];
        for (int i = 0; i < all.Length; i++)
            all[i] = i;
        return all;
    }

    static ImageShape ShapeOf(IdxArray images, string path)
    {
        if (images.ElementType != IdxElementType.UnsignedByte)
            throw new IdxFormatException($"{path}: images are unsigned bytes; the file has {images.ElementType}.");
        ReadOnlySpan<int> dimensions = images.Dimensions;
        (int channels, int height, int width) = dimensions.Length switch
        {
            2 => (1, 1, dimensions[1]),
            3 => (1, dimensions[1], dimensions[2]),
            4 => (dimensions[1], dimensions[2], dimensions[3]),
            _ => throw new IdxFormatException(
                $"{path}: images have 2, 3 or 4 dimensions; the file has {dimensions.Length}."),
        };
        if (channels == 0 || height == 0 || width == 0)
            throw new IdxFormatException($"{path}: images of {channels} x {height} x {width} have no pixels.");
        return new ImageShape(channels, height, width);
    }

    static string Find(string directory, string name)
    {
        string plain = Path.Combine(directory, name);
        string compressed = plain + ".gz";
        if (File.Exists(plain))
            return plain;
        if (File.Exists(compressed))
            return compressed;
        throw new FileNotFoundException($"There is neither {name} nor {name}.gz in {directory}.", plain);
    }
}
